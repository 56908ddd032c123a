import {
  activeDevices,
  DEFAULT_INTR_COOKIES,
  planHost,
  type RebootPolicy,
  type WantedHost,
} from "../../hotplug/host/plan";
import type { HostObservation } from "../../hotplug/host/target";
import { identityOf, isNvme, type DeviceIdentity } from "../../hotplug/facts";
import type { PrivateState } from "../../tfplugin6/provider";
import { containsUnknown, type ObjectValue, type Value } from "../../tfplugin6/value";
import { limitSeconds, secondsOf } from "../attributes/durations";
import {
  aNumber,
  anIdentity,
  aText,
  readPrivate,
  recordOf,
  texts,
  writePrivate,
  type Checks,
} from "../attributes/memory";
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
  /** What the last refresh, or the last apply, saw at each declared address. */
  devices: Record<string, DeviceIdentity>;
  /** Declared devices that the last refresh did not find on the host. */
  missing: string[];
  /** Devices that are enabled and not active, as the last refresh saw, and that may get active without a restart. */
  toBind: string[];
  /** Those for which that was tried since the host's last start. */
  boundInVain: string[];
  /** The value of maxIntrCookies that the next boot will have, as the last refresh saw it. */
  configuredIntrCookies?: number;
}

export const NO_MEMORY: Memory = { enabled: [], devices: {}, missing: [], toBind: [], boundInVain: [] };

const MEMORY: Checks<Memory> = {
  vcenter: aText,
  host: aText,
  enabled: texts,
  devices: recordOf(anIdentity),
  missing: texts,
  toBind: texts,
  boundInVain: texts,
  configuredIntrCookies: aNumber,
};

export function readMemory(bytes: PrivateState | undefined): Memory {
  return { ...NO_MEMORY, ...readPrivate(bytes, MEMORY) };
}

export function writeMemory(memory: Memory): PrivateState {
  return writePrivate(memory);
}

export function wantedAddresses(object: ObjectValue | null): string[] {
  if (containsUnknown(object?.passthrough_devices)) return [];
  return ((object?.passthrough_devices ?? []) as Value[]).filter((address) => typeof address === "string");
}

/** What a configuration or a state asks of the host: what this resource enabled and nobody declares is given back. */
export function wantedOf(object: ObjectValue, memory: Memory): WantedHost {
  const devices = new Set(wantedAddresses(object));
  return {
    devices,
    minIntrCookies: number(object.min_intr_cookies) ?? DEFAULT_INTR_COOKIES,
    reboot: (text(object.reboot) ?? "never") as RebootPolicy,
    release: new Set(memory.enabled.filter((address) => !devices.has(address))),
    remembered: new Map(Object.entries(memory.devices)),
    boundInVain: new Set(memory.boundInVain),
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

/** What is remembered after a look, of the addresses that `object` declares. */
export function remember(before: Memory, observed: HostObservation, object: ObjectValue): Memory {
  const wanted = wantedOf(object, before);
  const { devices } = observed;
  const isOn = (address: string): boolean => devices.get(address)?.passthroughEnabled === true;
  const identities = [...wanted.devices].flatMap((address) => {
    // What is no drive now doesn't make the drive forgotten.
    const identity = [devices.get(address)].find((now) => now && isNvme(now)) ?? before.devices[address];
    return identity ? [[address, identityOf(identity)] as const] : [];
  });
  return {
    ...before,
    // What somebody switched off since, or what is no drive now, is no longer this resource's doing.
    enabled: before.enabled.filter((address) => {
      const device = devices.get(address);
      return !device || (isNvme(device) && isOn(address));
    }),
    devices: Object.fromEntries(identities),
    missing: [...new Set([...wanted.devices, ...before.missing])].filter((address) => !devices.has(address)).sort(),
    toBind: planHost(observed, wanted).bind,
    boundInVain: before.boundInVain.filter(
      (address) => isOn(address) && devices.get(address)!.passthroughActive === false,
    ),
    ...(observed.facts.configuredIntrCookies !== undefined && {
      configuredIntrCookies: observed.facts.configuredIntrCookies,
    }),
  };
}

/** The computed attributes, from a look. */
export function observedValues(observed: HostObservation, object: ObjectValue, memory: Memory): ObjectValue {
  const wanted = wantedOf(object, memory);
  return {
    active_devices: activeDevices(observed, wanted.devices),
    running_intr_cookies: observed.facts.runningIntrCookies ?? null,
    reboot_required: planHost(observed, wanted).restartReasons.length > 0,
  };
}
