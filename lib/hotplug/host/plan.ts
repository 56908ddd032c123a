import { isNvme, type DeviceFacts, type DeviceIdentity } from "../facts";
import { isPciAddress } from "../pci-address";
import { MIN_INTR_COOKIES } from "../rules/host";
import { checkRules } from "../rules/rules";
import type { Violation } from "../rules/violation";
import type { HostObservation, PreparableDevice } from "./target";

/** When a host may be restarted. */
export const REBOOT_POLICIES = ["never", "if_needed"] as const;
export type RebootPolicy = (typeof REBOOT_POLICIES)[number];

/** What a host is to be like. */
export interface WantedHost {
  /** Addresses whose passthrough is to be enabled. */
  devices: ReadonlySet<string>;
  minIntrCookies: number;
  reboot: RebootPolicy;
  /** Devices to be given back to the host, unless a virtual machine has them. */
  release: ReadonlySet<string>;
  /** What was seen at each address before. */
  remembered?: ReadonlyMap<string, DeviceIdentity>;
  /** Devices that were bound anew without getting active: only a restart helps. */
  boundInVain?: ReadonlySet<string>;
}

type WantedSettings = Pick<WantedHost, "devices" | "minIntrCookies" | "remembered" | "boundInVain">;

/** What a plan goes by. */
export type PlannableHost = Pick<HostObservation, "facts" | "devices" | "canRebind">;

/** What is still to be written on a host, and what only a restart brings into force. */
export interface HostPlan {
  enable: string[];
  /** Devices that are enabled and not active, and may get active without a restart. */
  bind: string[];
  /** The value of maxIntrCookies to write; never lower than what is there. */
  intrCookies?: number;
  /** Why a restart is due for what is written already, as sentences. */
  restartReasons: string[];
}

export const DEFAULT_INTR_COOKIES = MIN_INTR_COOKIES;

export function planHost({ facts, devices, canRebind }: PlannableHost, wanted: WantedSettings): HostPlan {
  // What is no drive (any more), or can't be had any more, is told by the rules and left as it is.
  const heldUp = new Set(deviceObstacles({ facts, devices }, wanted).map(({ onlyDevice }) => onlyDevice));
  const there = [...wanted.devices]
    .sort()
    .flatMap((address) => devices.get(address) ?? [])
    .filter((device) => isNvme(device) && !heldUp.has(device.address));
  const { configuredIntrCookies: configured, runningIntrCookies: running } = facts;
  const tooLow = running !== undefined && running < wanted.minIntrCookies;
  const inactive = there
    .filter(({ passthroughEnabled, passthroughActive }) => passthroughEnabled === true && passthroughActive === false)
    .map(({ address }) => address);
  const mayBind = (address: string): boolean => canRebind && wanted.boundInVain?.has(address) !== true;
  const write = (configured ?? running ?? Infinity) < wanted.minIntrCookies;
  return {
    enable: there.filter(({ passthroughEnabled }) => passthroughEnabled !== true).map(({ address }) => address),
    bind: inactive.filter(mayBind),
    ...(write && { intrCookies: wanted.minIntrCookies }),
    restartReasons: [
      ...inactive
        .filter((address) => !mayBind(address))
        .map((address) => `passthrough of ${address} is enabled and not active`),
      ...(tooLow && !write
        ? [`the kernel runs with maxIntrCookies ${running}, and ${configured ?? "a higher value"} is set`]
        : []),
    ],
  };
}

/** Whether a host that is prepared so has to restart in the end. `canRebind`: passthrough gets active without. */
export function needsRestart(
  { enable, intrCookies, restartReasons }: HostPlan,
  { facts, canRebind, wanted }: Pick<HostObservation, "facts" | "canRebind"> & { wanted: WantedSettings },
): boolean {
  const tooLow = intrCookies !== undefined && (facts.runningIntrCookies ?? 0) < wanted.minIntrCookies;
  return restartReasons.length > 0 || tooLow || (enable.length > 0 && !canRebind);
}

/**
 * What stands against preparing this host as wanted; a missing device (`onlyDevice`) holds up itself alone.
 * `usesUnknown`: a drive is to be enabled, and it can't be told what the host itself uses.
 */
export function hostObstacles(
  observed: HostObservation,
  wanted: WantedSettings,
): { violations: Violation[]; usesUnknown?: Error } {
  const { usesUnknown, endpoint } = observed;
  // What the preparation itself brings up is no obstacle to it.
  const { runningIntrCookies: _, ...host } = observed.facts;
  const violations = [...checkRules({ endpoint, host }), ...deviceObstacles(observed, wanted)];
  const stops = violations.some(isBlocking);
  const { enable, bind } = planHost(observed, wanted);
  const takes = enable.length + bind.length > 0;
  return { violations, ...(!stops && usesUnknown && takes && { usesUnknown }) };
}

/** What stands against each wanted device; of one that was declared before, against it alone. */
function deviceObstacles(
  { facts: { title }, devices }: Pick<HostObservation, "facts" | "devices">,
  wanted: WantedSettings,
): Violation[] {
  const judged = devicesToEnable({ devices }, wanted.devices).map((device) => {
    const remembered = wanted.remembered?.get(device.address);
    // A drive of another model is as good for a host; it is told at the refresh.
    const isDrive = device.onHost && isNvme(device.onHost);
    return { ...device, ...(!isDrive && { remembered }), wasDeclared: remembered !== undefined };
  });
  return checkRules({ host: { title }, devices: judged });
}

/** Whether it stands against the change as a whole. */
export function isBlocking({ onlyDevice, weight }: Violation): boolean {
  return onlyDevice === undefined && weight !== "advice";
}

/** Of the wanted devices, those whose passthrough is in force. */
export function activeDevices({ devices }: Pick<HostObservation, "devices">, wanted: Iterable<string>): string[] {
  return [...wanted]
    .filter((address) => {
      const device = devices.get(address);
      return device && isNvme(device) && device.passthroughEnabled === true && device.passthroughActive === true;
    })
    .sort();
}

/**
 * The facts of devices that are to be enabled, for the rules: whether passthrough is on is what the preparation itself
 * changes, so nothing is said of it.
 */
export function devicesToEnable(
  { devices }: Pick<HostObservation, "devices">,
  wanted: ReadonlySet<string>,
): DeviceFacts[] {
  return [...wanted].sort().map((address): DeviceFacts => {
    const device = devices.get(address);
    if (!device || !isPciAddress(address)) return { address, onHost: null };
    const { passthroughEnabled, passthroughActive, ...rest } = device;
    const onHost = { ...rest, address };
    // What is passed through already is out of the host's hands; until it is active, the next restart would take it.
    const isTaken = passthroughEnabled === true && passthroughActive === true;
    return isTaken
      ? { address, onHost: { ...onHost, usedByHost: [] } }
      : { address, onHost, takesAlong: takenAlong(device, { devices, named: wanted }) };
  });
}

const BRIDGE_CLASS = 0x06;

/**
 * The devices that share a `dependentDevice` with this one, or are it, and that nobody named. A bridge is no device
 * that somebody could miss, and what is passed through already is not taken.
 */
function takenAlong(
  device: PreparableDevice,
  { devices, named }: { devices: ReadonlyMap<string, PreparableDevice>; named: ReadonlySet<string> },
): string[] {
  const shared = device.dependentDevice ?? device.address;
  return [...devices.values()]
    .filter(
      (other) =>
        !named.has(other.address) &&
        other.classId >> 8 !== BRIDGE_CLASS &&
        other.passthroughEnabled !== true &&
        other.passthroughActive !== true,
    )
    .filter((other) => other.address === shared || other.dependentDevice === shared)
    .map(titleWithUse);
}

/** Devices that the host gives up at its next restart, whoever enabled them. */
export function devicesDueAtRestart({ devices }: Pick<HostObservation, "devices">): PreparableDevice[] {
  return [...devices.values()].filter(
    ({ passthroughEnabled, passthroughActive }) => passthroughEnabled === true && passthroughActive !== true,
  );
}

/** Those of them that it uses itself. */
export function devicesLostByRestart(observed: Pick<HostObservation, "devices">): string[] {
  return devicesDueAtRestart(observed)
    .filter(({ usedByHost }) => (usedByHost?.length ?? 0) > 0)
    .map(titleWithUse);
}

function titleWithUse({ address, vendorName, deviceName, usedByHost }: PreparableDevice): string {
  return (
    `${address} (${vendorName} ` +
    `${deviceName}${usedByHost?.length ? `, used by the host: ${usedByHost.join(", ")}` : ""})`
  );
}

/** The one place that decides whether a host may restart. */
export function mayReboot(policy: RebootPolicy): boolean {
  return policy === "if_needed";
}
