import type { HostOutcome } from "../../hotplug/host/outcome";
import { hasError } from "../../tfplugin6/diagnostic";
import type * as tf from "../../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import { observedValues, remember, wantedAddresses, writeMemory, type Memory } from "./model";
import { diagnosticsOf } from "./report";

/** What an apply answers: the planned state where all went well, and else what is true, beside what went wrong. */
export function resultOf(applied: {
  operation: "create" | "update" | "delete";
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  memory: Memory;
  outcome: HostOutcome;
}): tf.ApplyResponse {
  const { operation, priorState, plannedState, memory, outcome } = applied;
  const { observed } = outcome;
  const diagnostics = diagnosticsOf(outcome, { operation, planned: plannedState });
  const failed = hasError(diagnostics);
  if (operation === "delete" && !failed) return { state: null, diagnostics };
  // A state would be tainted, and its replacement would take passthrough from devices only to give it back.
  if (operation === "create" && failed) return { state: null, diagnostics };
  const enabled = [...new Set([...memory.enabled, ...outcome.enabled])]
    .filter((address) => !outcome.released.includes(address))
    .sort();
  const boundInVain = [...new Set([...memory.boundInVain, ...outcome.boundInVain])].sort();
  const known = { ...memory, enabled, boundInVain };
  if (!observed) return { state: priorState, private: writeMemory(known), diagnostics };
  const after = remember(known, observed, plannedState ?? priorState!);
  const bytes = writeMemory(after);
  if (failed) {
    const declared = new Set([...wantedAddresses(priorState), ...wantedAddresses(plannedState)]);
    const state = {
      ...priorState!,
      passthrough_devices: [...declared]
        .filter((address) => observed.devices.get(address)?.passthroughEnabled === true)
        .sort(),
    };
    return { state: { ...state, ...observedValues(observed, state, after) }, private: bytes, diagnostics };
  }
  const planned = Object.fromEntries(Object.entries(plannedState!).filter(([, value]) => !isUnknown(value)));
  return { state: { ...observedValues(observed, plannedState!, after), ...planned }, private: bytes, diagnostics };
}
