import { UNKNOWN, type ObjectValue } from "../../tfplugin6/value";
import { sameConfiguration, sameValue } from "../attributes/values";
import { virtualMachineSettingsSchema as schema } from "./schema";

/** What a plan says, from the prior state and the configuration alone. */
export function planState({
  priorState,
  proposedNewState,
}: {
  priorState: ObjectValue | null;
  proposedNewState: ObjectValue;
}): { plannedState: ObjectValue; changed: boolean } {
  const isReady = priorState?.ready === true;
  if (isReady && sameConfiguration(schema, priorState, proposedNewState)) {
    return { plannedState: priorState, changed: false };
  }
  const same = (name: string): boolean =>
    priorState !== null && sameValue(priorState[name] ?? null, proposedNewState[name] ?? null);
  return {
    plannedState: {
      ...proposedNewState,
      ready: isReady && same("virtual_machine_id") && same("hardware_version") ? true : UNKNOWN,
      moid: same("virtual_machine_id") ? priorState!.moid! : UNKNOWN,
    },
    changed: true,
  };
}
