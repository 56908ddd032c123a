import {
  activeDevices,
  DEFAULT_INTR_COOKIES,
  planHost,
  REBOOT_POLICIES,
  type RebootPolicy,
  type WantedHost,
} from "../../hotplug/host/plan";
import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type { PrivateState } from "../../tfplugin6/provider";
import { containsUnknown, isUnknown, UNKNOWN, type ObjectValue, type Value } from "../../tfplugin6/value";
import { parseDurationSeconds } from "../attributes/duration";
import { DEFAULT_HOST_TIMEOUT } from "./schema";
import type { HostObservation } from "../../hotplug/host/target";
import { readPrivate, writePrivate } from "../attributes/memory";

/** What is remembered beside the state. */
export interface HostMemory {
  /** Instance UUID of the vCenter, which the id below belongs to. */
  vcenter?: string;
  /** Managed object id. */
  host?: string;
  /** Devices whose passthrough this resource itself enabled. */
  enabled: string[];
  /** The value of maxIntrCookies that the next boot will have, as the last refresh saw it. */
  configuredIntrCookies?: number;
}

export function readHostMemory(bytes: PrivateState | undefined): HostMemory {
  return { enabled: [], ...readPrivate<HostMemory>(bytes) };
}

export function writeHostMemory(memory: HostMemory): PrivateState {
  return writePrivate(memory);
}

export function declaredDevices(object: ObjectValue | null): string[] {
  return containsUnknown(object?.passthrough_devices) ? [] : ((object?.passthrough_devices ?? []) as string[]);
}

/**
 * What a configuration or a state asks of the host. `before`: what was declared until now, to be given back where this
 * resource enabled it.
 */
export function wantedOf(
  object: ObjectValue,
  { memory, before = [] }: { memory: HostMemory; before?: readonly string[] },
): WantedHost {
  const devices = new Set(declaredDevices(object));
  return {
    devices,
    minIntrCookies: isSet(object.min_intr_cookies) ? Number(object.min_intr_cookies) : DEFAULT_INTR_COOKIES,
    reboot: (isSet(object.reboot) ? object.reboot : "never") as RebootPolicy,
    release: new Set(before.filter((address) => memory.enabled.includes(address) && !devices.has(address))),
  };
}

export function hostLimitsOf(
  object: ObjectValue,
  operation: "create" | "update" | "delete",
): { changeTimeoutSeconds: number; waitForDeviceSeconds: number } {
  const timeouts = (object.timeouts ?? {}) as ObjectValue;
  return {
    changeTimeoutSeconds: parseDurationSeconds(String(timeouts[operation] ?? DEFAULT_HOST_TIMEOUT))!,
    waitForDeviceSeconds: parseDurationSeconds(String(object.wait_for_device ?? "0s"))!,
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

const CONFIGURED = [
  "host_id",
  "passthrough_devices",
  "min_intr_cookies",
  "reboot",
  "wait_for_device",
  "timeouts",
] as const;
const COMPUTED = ["active_devices", "running_intr_cookies", "reboot_required"] as const;

/**
 * What a plan says, from the prior state and the configuration alone. A drive whose passthrough was switched off by
 * somebody has left the state at the refresh, so that its return shows as a change of `passthrough_devices`.
 */
export function planHostState({
  priorState,
  proposedNewState,
  memory,
}: {
  priorState: ObjectValue | null;
  proposedNewState: ObjectValue;
  memory: HostMemory;
}): { plannedState: ObjectValue; changed: boolean } {
  const same = (attribute: (typeof CONFIGURED)[number]): boolean =>
    priorState !== null && canonical(priorState[attribute]) === canonical(proposedNewState[attribute]);
  const wanted = wantedOf(proposedNewState, { memory });
  const tooLow = (value: Value | undefined): boolean => isSet(value) && Number(value) < wanted.minIntrCookies;
  const toWrite = tooLow(priorState?.running_intr_cookies) && tooLow(memory.configuredIntrCookies);
  const toRestart = priorState?.reboot_required === true && wanted.reboot === "if_needed";
  if (priorState && CONFIGURED.every(same) && !toWrite && !toRestart)
    return { plannedState: priorState, changed: false };
  // Another name of the same host changes nothing; another host replaces the resource.
  const keeps =
    priorState !== null && same("passthrough_devices") && same("min_intr_cookies") && !toWrite && !toRestart;
  return {
    plannedState: {
      ...proposedNewState,
      ...Object.fromEntries(COMPUTED.map((name) => [name, keeps ? priorState[name]! : UNKNOWN])),
    },
    changed: true,
  };
}

/** What is wrong with a configuration by itself. What is unknown or null is not judged. */
export function validateHost(config: ObjectValue): Diagnostic[] {
  const { host_id: name, passthrough_devices: devices, min_intr_cookies: cookies, reboot } = config;
  const known = (Array.isArray(devices) ? devices : []).filter(
    (device): device is string => typeof device === "string",
  );
  const violations = checkRules({ devices: known.map((address) => ({ address })) });
  const timeouts = isUnknown(config.timeouts) ? {} : ((config.timeouts ?? {}) as ObjectValue);
  return [
    ...complain(
      typeof name === "string" && name.trim() === "",
      "host_id is empty",
      "It has to name one host of vCenter's inventory.",
      ["host_id"],
    ),
    ...complain(
      Array.isArray(devices) && devices.includes(null),
      "passthrough_devices has an element that is null",
      "Each element has to be a PCI address such as 0000:3b:00.0.",
      ["passthrough_devices"],
    ),
    ...violations.map((violation) => errorDiagnostic(violation.summary, explain(violation), ["passthrough_devices"])),
    ...complain(
      isSet(cookies) && !(Number.isInteger(Number(cookies)) && Number(cookies) >= DEFAULT_INTR_COOKIES),
      `min_intr_cookies is ${String(cookies)}, and hot plug needs at least ${DEFAULT_INTR_COOKIES}`,
      `Leave it out for ${DEFAULT_INTR_COOKIES}, or give a greater whole number. (rule H2)`,
      ["min_intr_cookies"],
    ),
    ...complain(
      isSet(reboot) && !REBOOT_POLICIES.includes(reboot as RebootPolicy),
      `reboot is neither ${REBOOT_POLICIES.map((one) => `"${one}"`).join(" nor ")}: ${JSON.stringify(reboot)}`,
      "It says when the host may be restarted.",
      ["reboot"],
    ),
    ...[
      ["wait_for_device", config.wait_for_device] as const,
      ...Object.entries(timeouts).map(([key, value]) => [`timeouts.${key}`, value] as const),
    ].flatMap(([path, value]) =>
      complain(
        typeof value === "string" && parseDurationSeconds(value) === undefined,
        `${path} is not a duration: ${JSON.stringify(value)}`,
        'Write it like "90s", "10m" or "1h30m".',
        path.split("."),
      ),
    ),
  ];
}

/** The text of a value, whatever the order of a set and the form of a number. */
function canonical(value: Value | undefined): string {
  if (containsUnknown(value)) return "unknown";
  if (Array.isArray(value)) return JSON.stringify(value.map(canonical).sort());
  if (isSet(value) && typeof value === "object")
    return JSON.stringify(
      Object.entries(value as ObjectValue)
        .filter(([, inner]) => isSet(inner))
        .map(([key, inner]) => [key, canonical(inner)])
        .sort(),
    );
  return isSet(value) ? String(value) : "null";
}

function isSet(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null && !isUnknown(value);
}

function complain(isWrong: boolean, summary: string, detail: string, path: string[]): Diagnostic[] {
  return isWrong ? [errorDiagnostic(summary, detail, path)] : [];
}
