import { checkRules } from "../../hotplug/rules/rules";
import { formatStep, parseStep, peakCount, planSteps, type Step } from "../../hotplug/devices/plan";
import type { Violation } from "../../hotplug/rules/violation";
import { isUnknown, UNKNOWN, type ObjectValue } from "../../tfplugin6/value";
import { isSet, sameConfiguration } from "../attributes/values";
import { attachedAddresses, awaitsGuest, declaredDevices, orderOf, type Memory } from "./model";
import { passthroughDevicesSchema } from "./schema";

interface PlannedState {
  plannedState: ObjectValue;
  /** Undefined while `devices` is unknown, or `order` where it matters. */
  steps?: Step[];
  changed: boolean;
  violations: Violation[];
}

/**
 * What a plan says, from the prior state and the configuration alone: Terraform plans again at apply and compares, so
 * nothing that may change in between, such as what the virtual machine has, may decide here.
 */
export function planState({
  priorState,
  proposedNewState,
  config,
  memory,
}: {
  priorState: ObjectValue | null;
  proposedNewState: ObjectValue;
  config: ObjectValue;
  memory: Memory;
}): PlannedState {
  const declared = declaredDevices(proposedNewState);
  const attached = attachedAddresses(priorState);
  const inOrder = declared && planSteps({ attached, declared, order: orderOf(proposedNewState) });
  const isMixed = new Set(inOrder?.map(({ operation }) => operation)).size > 1;
  const steps = isMixed && isUnknown(proposedNewState.order) ? undefined : inOrder;
  const mayAccept = proposedNewState.allow_device_change === true || isUnknown(proposedNewState.allow_device_change);
  const acceptsOtherHost = memory.foundOnHost !== undefined && mayAccept && config.host_id === null;
  const asksGuest =
    priorState !== null && isSet(proposedNewState.guest) && awaitsGuest(priorState, proposedNewState, memory);
  if (
    priorState &&
    steps?.length === 0 &&
    !acceptsOtherHost &&
    !asksGuest &&
    sameConfiguration(passthroughDevicesSchema, priorState, proposedNewState)
  ) {
    return { plannedState: priorState, steps, changed: false, violations: [] };
  }
  return {
    plannedState: {
      ...proposedNewState,
      host_id: acceptsOtherHost || proposedNewState.host_id === null ? UNKNOWN : proposedNewState.host_id!,
      attached: steps?.length === 0 && !asksGuest ? (priorState?.attached ?? {}) : UNKNOWN,
      steps: steps ? steps.map(formatStep) : UNKNOWN,
    },
    ...(steps && { steps }),
    changed: true,
    violations: checkRules({ peakCount: peakCount(attached.length, steps ?? []) }),
  };
}

/** The steps of a plan, at apply: as it wrote them; for a destroy, every device of the state. */
export function plannedSteps(priorState: ObjectValue | null, plannedState: ObjectValue | null): Step[] {
  if (plannedState) return (plannedState.steps as string[]).map(parseStep);
  return planSteps({ attached: attachedAddresses(priorState), declared: [], order: "remove_first" });
}
