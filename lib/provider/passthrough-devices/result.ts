import type { Change, Outcome } from "../../hotplug/devices/execute";
import { titleOf } from "../../hotplug/observed-facts";
import { formatStep, type Step } from "../../hotplug/devices/steps";
import { classify } from "../../hotplug/devices/target";
import type { ApplyResponse } from "../../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { attachedValue, remember, writeMemory, type Memory } from "./model";
import { problemDiagnostics } from "./problems";
import type { VimDevicesObservation } from "./target";

export interface Applied {
  operation: "create" | "update" | "delete";
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  planned: Step[];
  memory: Memory;
  change: Change;
  outcome: Outcome;
  reference: ManagedObjectReference;
}

/** What an apply answers: the planned state where all went well, and else what is true, beside what went wrong. */
export function resultOf({
  operation,
  priorState,
  plannedState,
  planned,
  memory,
  change,
  outcome,
  reference,
}: Applied): ApplyResponse {
  const observed = outcome.observation as VimDevicesObservation | undefined;
  const nvme = observed ? classify(observed, outcome.known).nvme : [];
  const attached = nvme.map(({ address }) => address).sort();
  const virtualMachine = observed ? titleOf(observed.virtualMachine) : reference.value;
  const diagnostics = problemDiagnostics(outcome, { virtualMachine, operation, planned, attached });
  const failed = diagnostics.length > 0;
  if (operation === "delete" && !failed) return { state: null };
  // Any state would be tainted, and the next apply would detach what works to attach it again.
  if (operation === "create" && failed) return { state: null, diagnostics };
  if (!observed) return { state: priorState, private: writeMemory(memory), diagnostics };

  const found = observed.host.reference.value;
  const base = !failed
    ? plannedState!
    : {
        ...(plannedState ?? priorState!),
        host_id: priorState!.host_id!,
        devices: attached,
        attached: attachedValue(nvme),
      };
  const keep = failed ? [...Object.keys(memory.devices), ...attached] : change.declared;
  return {
    state: {
      ...base,
      host_id: isUnknown(base.host_id) ? found : base.host_id!,
      attached: isUnknown(base.attached) ? attachedValue(nvme) : base.attached!,
      steps: planned.map(formatStep),
    },
    private: writeMemory({
      ...(memory.vcenter !== undefined && { vcenter: memory.vcenter }),
      virtualMachine: reference.value,
      // A change that succeeded was made on the host that was meant, or on another that was accepted.
      host: failed && !change.allowDeviceChange ? (memory.host ?? found) : found,
      devices: remember(
        outcome.known,
        { nvme, hostDevices: observed.hostDevices },
        { keep, overwrite: change.allowDeviceChange },
      ),
    }),
    diagnostics,
  };
}
