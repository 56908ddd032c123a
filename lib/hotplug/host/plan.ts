import type { DeviceFacts, HostDevice, HostFacts } from "../facts";
import { isPciAddress } from "../pci-address";
import { MIN_INTR_COOKIES } from "../rules/host";

/** When a host may be restarted. */
export const REBOOT_POLICIES = ["never", "if_needed"] as const;
export type RebootPolicy = (typeof REBOOT_POLICIES)[number];

/** What a host is to be like. */
export interface WantedHost {
  /** Addresses whose passthrough is to be enabled. */
  devices: ReadonlySet<string>;
  minIntrCookies: number;
}

/** One look at a host, as a preparation needs it. */
export interface SeenHost {
  facts: HostFacts;
  devices: ReadonlyMap<string, PreparableDevice>;
}

export interface PreparableDevice extends Omit<HostDevice, "address"> {
  /**
   * The id that the host gives it: for most a PCI address. One that has none can't be named, and is lost all the same.
   */
  address: string;
  /** The device that has to go along with this one; a bridge, often, or the device itself. */
  dependentDevice?: string;
}

/** What is still to be written on a host, and what only a restart brings into force. */
export interface HostPlan {
  enable: string[];
  /** The value of maxIntrCookies to write; never lower than what is there. */
  intrCookies?: number;
  /** Why a restart is due for what is written already, as sentences. */
  restartReasons: string[];
}

export const DEFAULT_INTR_COOKIES = MIN_INTR_COOKIES;

export function planHost({ facts, devices }: SeenHost, wanted: WantedHost): HostPlan {
  const there = [...wanted.devices].sort().flatMap((address) => devices.get(address) ?? []);
  const { configuredIntrCookies: configured, runningIntrCookies: running } = facts;
  const tooLow = running !== undefined && running < wanted.minIntrCookies;
  const write = (configured ?? running ?? Infinity) < wanted.minIntrCookies;
  return {
    enable: there.filter(({ passthroughEnabled }) => passthroughEnabled !== true).map(({ address }) => address),
    ...(write && { intrCookies: wanted.minIntrCookies }),
    restartReasons: [
      ...there
        .filter(
          ({ passthroughEnabled, passthroughActive }) => passthroughEnabled === true && passthroughActive === false,
        )
        .map(({ address }) => `passthrough of ${address} is enabled and not active`),
      ...(tooLow && !write
        ? [`the kernel runs with maxIntrCookies ${running}, and ${configured ?? "a higher value"} is set`]
        : []),
    ],
  };
}

/**
 * Whether a host that is prepared so has to restart in the end. `canRebind`: it can make passthrough active without.
 */
export function needsRestart(
  { enable, intrCookies, restartReasons }: HostPlan,
  { facts, canRebind, wanted }: { facts: HostFacts; canRebind: boolean; wanted: WantedHost },
): boolean {
  const tooLow = intrCookies !== undefined && (facts.runningIntrCookies ?? 0) < wanted.minIntrCookies;
  return restartReasons.length > 0 || tooLow || (enable.length > 0 && !canRebind);
}

/** Each thing that will be written, as a person reads it. */
export function describeHostPlan({ facts }: SeenHost, { enable, intrCookies }: HostPlan): string[] {
  return [
    ...(enable.length > 0 ? [`passthrough enabled for ${enable.join(", ")} (H4)`] : []),
    ...(intrCookies === undefined
      ? []
      : [`maxIntrCookies set from ${facts.configuredIntrCookies ?? facts.runningIntrCookies} to ${intrCookies} (H2)`]),
  ];
}

/** Of the wanted devices, those whose passthrough is in force. */
export function activeDevices({ devices }: SeenHost, wanted: Iterable<string>): string[] {
  return [...wanted]
    .filter((address) => {
      const device = devices.get(address);
      return device?.passthroughEnabled === true && device.passthroughActive === true;
    })
    .sort();
}

/**
 * The facts of devices that are to be enabled, for the rules: whether passthrough is on is what the preparation itself
 * changes, so nothing is said of it.
 */
export function devicesToEnable({ devices }: SeenHost, wanted: ReadonlySet<string>): DeviceFacts[] {
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
        other.address !== device.address &&
        !named.has(other.address) &&
        other.classId >> 8 !== BRIDGE_CLASS &&
        other.passthroughActive !== true,
    )
    .filter((other) => other.address === shared || other.dependentDevice === shared)
    .map(titleWithUse);
}

/** Devices that the host gives up at its next restart, whoever enabled them. */
export function devicesDueAtRestart({ devices }: SeenHost): PreparableDevice[] {
  return [...devices.values()].filter(
    ({ passthroughEnabled, passthroughActive }) => passthroughEnabled === true && passthroughActive !== true,
  );
}

/** Those of them that it uses itself. */
export function devicesLostByRestart(observed: SeenHost): string[] {
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
