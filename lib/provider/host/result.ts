import type { HostOutcome } from "../../hotplug/host/prepare";
import { hasError } from "../../tfplugin6/diagnostic";
import type * as tf from "../../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import { observedValues, wantedAddresses, writeMemory, type Memory } from "./model";
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
  const diagnostics = diagnosticsOf(outcome);
  const failed = hasError(diagnostics);
  if (operation === "delete" && !failed) return { state: null, diagnostics };
  // A state would be tainted, and its replacement would take passthrough from devices only to give it back.
  if (operation === "create" && failed) return { state: null, diagnostics };
  const { configuredIntrCookies = memory.configuredIntrCookies } = observed?.facts ?? {};
  const enabled = [...new Set([...memory.enabled, ...outcome.enabled])]
    .filter((address) => !outcome.released.includes(address))
    .sort();
  const bytes = writeMemory({ ...memory, enabled, configuredIntrCookies });
  if (!observed) return { state: priorState, private: bytes, diagnostics };
  if (failed) {
    const declared = new Set([...wantedAddresses(priorState), ...wantedAddresses(plannedState)]);
    const state = {
      ...priorState!,
      passthrough_devices: [...declared]
        .filter((address) => observed.devices.get(address)?.passthroughEnabled === true)
        .sort(),
    };
    return { state: { ...state, ...observedValues(observed, state) }, private: bytes, diagnostics };
  }
  const known = Object.fromEntries(Object.entries(plannedState!).filter(([, value]) => !isUnknown(value)));
  return { state: { ...observedValues(observed, plannedState!), ...known }, private: bytes, diagnostics };
}
