import { type DataObject, isDataObject, type Value } from "../../value";
import { shares } from "./devices/shares";
import type { VirtualMachineSettings } from "./settings";

interface KeptField {
  /** What it is called where it is read. */
  readonly readAs?: string;
  /** What reads where nobody set it. */
  readonly initially?: Value;
  /** Changed only while the machine is off. */
  readonly off?: boolean;
}

/** Fields of a VirtualMachineConfigSpec that are kept as they are given, field by field, and read again. */
export const KEPT: Readonly<Record<string, KeptField>> = {
  alternateGuestName: { initially: "" },
  locationId: {},
  npivTemporaryDisabled: { initially: true },
  tools: {
    initially: {
      afterPowerOn: true,
      afterResume: true,
      beforeGuestStandby: true,
      beforeGuestShutdown: true,
      beforeGuestReboot: false,
      toolsUpgradePolicy: "manual",
      syncTimeWithHostAllowed: true,
      syncTimeWithHost: false,
    },
  },
  flags: {
    initially: {
      disableAcceleration: false,
      enableLogging: true,
      useToe: false,
      runWithDebugInfo: false,
      monitorType: "release",
      htSharing: "any",
      snapshotDisabled: false,
      snapshotLocked: false,
      diskUuidEnabled: false,
      snapshotPowerOffBehavior: "powerOff",
      recordReplayEnabled: false,
      faultToleranceType: "unset",
      cbrcCacheEnabled: false,
      vbsEnabled: false,
    },
  },
  consolePreferences: {},
  powerOpInfo: {
    readAs: "defaultPowerOps",
    initially: {
      powerOffType: "soft",
      suspendType: "hard",
      resetType: "soft",
      defaultPowerOffType: "soft",
      defaultSuspendType: "hard",
      defaultResetType: "soft",
      standbyAction: "checkpoint",
    },
  },
  rebootPowerOff: { initially: false },
  cpuAllocation: { initially: { reservation: 0, expandableReservation: false, limit: -1 } },
  memoryAllocation: { initially: { expandableReservation: false, limit: -1 } },
  latencySensitivity: { initially: { level: "normal" } },
  cpuAffinity: {},
  memoryAffinity: {},
  swapPlacement: { initially: "inherit" },
  bootOptions: {
    initially: {
      bootDelay: 0,
      enterBIOSSetup: false,
      efiSecureBootEnabled: false,
      bootRetryEnabled: false,
      bootRetryDelay: 10_000,
      networkBootProtocol: "ipv4",
    },
  },
  vAssertsEnabled: { initially: false },
  changeTrackingEnabled: { initially: false },
  maxMksConnections: { initially: 40 },
  guestAutoLockEnabled: { initially: false },
  managedBy: {},
  nestedHVEnabled: { initially: false, off: true },
  vPMCEnabled: { initially: false, off: true },
  messageBusTunnelEnabled: { initially: false },
  migrateEncryption: { initially: "opportunistic" },
  ftEncryptionMode: { initially: "ftEncryptionOpportunistic" },
  sevEnabled: { initially: false, off: true },
  pmemFailoverEnabled: { initially: false },
  vmxStatsCollectionEnabled: { initially: true },
  vmOpNotificationToAppEnabled: { initially: false },
};

/** A field's value, what is left open in a data object filled in from before. */
const merged = (before: Value | undefined, given: Value | undefined): Value | undefined =>
  isDataObject(before) && isDataObject(given) ? { ...before, ...given } : (given ?? before);

const valueOf = ({ kept }: VirtualMachineSettings, name: string): Value | undefined =>
  merged(KEPT[name]!.initially, kept[name]);

/** What a specification makes of the fields that are kept. */
export const keptAfter = ({ kept }: VirtualMachineSettings, spec: DataObject): DataObject =>
  Object.fromEntries(
    Object.keys(KEPT).flatMap((name) => {
      const value = merged(kept[name], spec[name]);
      // An extension that is none manages nothing.
      const gone = name === "managedBy" && isDataObject(value) && value["extensionKey"] === "";
      return value === undefined || gone ? [] : [[name, value]];
    }),
  );

/** Whether a specification would make another value of it than it has. */
export function changesKept(settings: VirtualMachineSettings, name: string, spec: DataObject): boolean {
  const before = valueOf(settings, name);
  return JSON.stringify(merged(before, spec[name])) !== JSON.stringify(before);
}

/** The kept fields of a VirtualMachineConfigInfo. */
export function keptInfo(settings: VirtualMachineSettings): DataObject {
  const info = Object.fromEntries(
    Object.entries(KEPT).flatMap(([name, { readAs = name }]) => {
      const value = valueOf(settings, name);
      return value === undefined ? [] : [[readAs, value]];
    }),
  );
  const { cpuAllocation, memoryAllocation, flags, latencySensitivity } = info as Record<string, DataObject>;
  return {
    ...info,
    flags: { ...flags, vvtdEnabled: settings.vvtdEnabled },
    latencySensitivity: { ...latencySensitivity, $type: "LatencySensitivity" },
    cpuAllocation: { ...cpuAllocation, shares: shares(cpuAllocation!["shares"], 1000 * settings.numCpus) },
    memoryAllocation: {
      ...memoryAllocation,
      reservation: settings.memoryReservationMiB,
      shares: shares(memoryAllocation!["shares"], 10 * settings.memoryMiB),
    },
  };
}
