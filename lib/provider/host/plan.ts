import { containsUnknown, UNKNOWN, type ObjectValue, type Value } from "../../tfplugin6/value";
import { configuredNames, number, sameConfiguration } from "../attributes/values";
import { wantedAddresses, wantedOf, type Memory } from "./model";
import { hostSchema } from "./schema";

const COMPUTED = Object.keys(hostSchema.attributes).filter((name) => !configuredNames(hostSchema).includes(name));

/**
 * What a plan says, from the prior state and the configuration alone. A drive whose passthrough was switched off by
 * somebody, or that was pulled out, has left the state at the refresh, so that its return shows as a change of
 * `passthrough_devices`; one that this resource enabled and nobody declares has come into it, so that its end does.
 */
export function planState({
  priorState,
  proposedNewState,
  memory,
}: {
  priorState: ObjectValue | null;
  proposedNewState: ObjectValue;
  memory: Memory;
}): { plannedState: ObjectValue; changed: boolean } {
  const wanted = wantedOf(proposedNewState, memory);
  const tooLow = (value: Value | undefined): boolean => (number(value) ?? Infinity) < wanted.minIntrCookies;
  const toWrite = tooLow(priorState?.running_intr_cookies) && tooLow(memory.configuredIntrCookies);
  const toRestart = priorState?.reboot_required === true && wanted.reboot === "if_needed";
  const toBind = memory.toBind.some((address) => wanted.devices.has(address));
  const isToDo = priorState === null || toWrite || toRestart || toBind;
  if (!isToDo && sameConfiguration(hostSchema, priorState, proposedNewState)) {
    return { plannedState: priorState, changed: false };
  }
  const computed = isToDo ? UNKNOWN_VALUES : (valuesAfter({ priorState, proposedNewState, memory }) ?? UNKNOWN_VALUES);
  return { plannedState: { ...proposedNewState, ...computed }, changed: true };
}

const UNKNOWN_VALUES: ObjectValue = Object.fromEntries(COMPUTED.map((name) => [name, UNKNOWN]));

/**
 * The computed values where they are known before: what virtual machines make of `active_devices` is then among their
 * plans' steps. Another name of the same host changes nothing (another host replaces the resource), what leaves the
 * list leaves `active_devices`, and a drive that the host doesn't show doesn't get active, unless it is waited for.
 */
function valuesAfter({
  priorState,
  proposedNewState,
  memory,
}: {
  priorState: ObjectValue;
  proposedNewState: ObjectValue;
  memory: Memory;
}): ObjectValue | undefined {
  const except = ["host_id", "reboot", "wait_for_device", "timeouts", "passthrough_devices"];
  if (!sameConfiguration(hostSchema, priorState, proposedNewState, { except })) return undefined;
  if (containsUnknown(proposedNewState.passthrough_devices)) return undefined;
  const [before, after] = [priorState, proposedNewState].map(wantedAddresses) as [string[], string[]];
  const isAwaited = proposedNewState.wait_for_device !== null;
  const isMissing = (address: string): boolean => memory.missing.includes(address) && !isAwaited;
  if (!after.every((address) => before.includes(address) || isMissing(address))) return undefined;
  const isLess = before.some((address) => !after.includes(address));
  return {
    active_devices: ((priorState.active_devices ?? []) as string[]).filter((address) => after.includes(address)),
    running_intr_cookies: priorState.running_intr_cookies!,
    reboot_required: isLess && priorState.reboot_required !== false ? UNKNOWN : priorState.reboot_required!,
  };
}
