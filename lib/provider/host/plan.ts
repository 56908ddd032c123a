import { UNKNOWN, type ObjectValue, type Value } from "../../tfplugin6/value";
import { configuredNames, number, sameConfiguration } from "../attributes/values";
import { wantedOf, type Memory } from "./model";
import { hostSchema } from "./schema";

const COMPUTED = Object.keys(hostSchema.attributes).filter((name) => !configuredNames(hostSchema).includes(name));

/**
 * What a plan says, from the prior state and the configuration alone. A drive whose passthrough was switched off by
 * somebody has left the state at the refresh, so that its return shows as a change of `passthrough_devices`.
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
  const wanted = wantedOf(proposedNewState, { memory });
  const tooLow = (value: Value | undefined): boolean => (number(value) ?? Infinity) < wanted.minIntrCookies;
  const toWrite = tooLow(priorState?.running_intr_cookies) && tooLow(memory.configuredIntrCookies);
  const toRestart = priorState?.reboot_required === true && wanted.reboot === "if_needed";
  const isToDo = priorState === null || toWrite || toRestart;
  if (!isToDo && sameConfiguration(hostSchema, priorState, proposedNewState)) {
    return { plannedState: priorState, changed: false };
  }
  // Another name of the same host changes nothing; another host replaces the resource.
  const keeps =
    !isToDo &&
    sameConfiguration(hostSchema, priorState, proposedNewState, {
      except: ["host_id", "reboot", "wait_for_device", "timeouts"],
    });
  const computed = COMPUTED.map((name) => [name, keeps ? priorState[name]! : UNKNOWN]);
  return { plannedState: { ...proposedNewState, ...Object.fromEntries(computed) }, changed: true };
}
