import {
  activeDevices,
  DEFAULT_INTR_COOKIES,
  planHost,
  type RebootPolicy,
  type WantedHost,
} from "../../hotplug/host/plan";
import type { HostObservation } from "../../hotplug/host/target";
import type { PrivateState } from "../../tfplugin6/provider";
import { containsUnknown, type ObjectValue } from "../../tfplugin6/value";
import { limitSeconds, secondsOf } from "../attributes/durations";
import { readPrivate, writePrivate } from "../attributes/memory";
import { number, text } from "../attributes/values";
import { LIMITS } from "./schema";

/** What is remembered beside the state. */
export interface Memory {
  /** Instance UUID of the vCenter, which the id below belongs to. */
  vcenter?: string;
  /** Managed object id. */
  host?: string;
  /** Devices whose passthrough this resource itself enabled. */
  enabled: string[];
  /** The value of maxIntrCookies that the next boot will have, as the last refresh saw it. */
  configuredIntrCookies?: number;
}

export function readMemory(bytes: PrivateState | undefined): Memory {
  return { enabled: [], ...readPrivate<Memory>(bytes) };
}

export function writeMemory(memory: Memory): PrivateState {
  return writePrivate(memory);
}

export function wantedAddresses(object: ObjectValue | null): string[] {
  return containsUnknown(object?.passthrough_devices) ? [] : ((object?.passthrough_devices ?? []) as string[]);
}

/**
 * What a configuration or a state asks of the host. `before`: what was declared until now, to be given back where this
 * resource enabled it.
 */
export function wantedOf(
  object: ObjectValue,
  { memory, before = [] }: { memory: Memory; before?: readonly string[] },
): WantedHost {
  const devices = new Set(wantedAddresses(object));
  return {
    devices,
    minIntrCookies: number(object.min_intr_cookies) ?? DEFAULT_INTR_COOKIES,
    reboot: (text(object.reboot) ?? "never") as RebootPolicy,
    release: new Set(before.filter((address) => memory.enabled.includes(address) && !devices.has(address))),
  };
}

export function limitsOf(
  object: ObjectValue,
  operation: "create" | "update" | "delete",
): { changeTimeoutSeconds: number; waitForDeviceSeconds: number } {
  return {
    changeTimeoutSeconds: limitSeconds(object, LIMITS, operation),
    waitForDeviceSeconds: secondsOf(object.wait_for_device, "0s"),
  };
}

/** The computed attributes, from a look. */
export function observedValues(observed: HostObservation, object: ObjectValue): ObjectValue {
  const wanted = wantedOf(object, { memory: { enabled: [] } });
  return {
    active_devices: activeDevices(observed, wanted.devices),
    running_intr_cookies: observed.facts.runningIntrCookies ?? null,
    reboot_required: planHost(observed, wanted).restartReasons.length > 0,
  };
}
