/**
 * What nothing public tells about vCenter and the embedded one had to decide, in this one place.
 * No client should depend on any of it: tests can start the embedded vCenter with other values.
 */
const TABLE = {
  twoDevicesInOneCall: {
    value: "DeviceHotPlugNotSupported",
    meaning: "The fault for more than one passthrough device in one ReconfigVM_Task on a running VM (L1, L2, L3).",
  },
  changeBesideDevice: {
    value: "InvalidArgument",
    meaning: "The fault for another change beside a hot-added or hot-removed passthrough device (L3).",
  },
  tooManyDevices: { value: "TooManyDevices", meaning: "The fault for a 33rd NVMe passthrough device (L4)." },
  hotPlugRefused: {
    value: "DeviceHotPlugNotSupported",
    meaning:
      "The fault for a hot-add or hot-remove that the versions, the class, the VM or its settings rule out " +
      "(V1, V2, N1 to N5, M1 to M5).",
  },
  deviceUnavailable: {
    value: "InvalidDeviceBacking",
    meaning:
      "The fault for a device that isn't on the VM's host, isn't enabled or isn't active, or for wrong ids in " +
      "its backing.",
  },
  deviceInUse: { value: "ResourceInUse", meaning: "The fault for adding a device that another running VM uses." },
  busyVmFaultsAt: {
    value: "call" as "call" | "task",
    meaning:
      "A second change of a VM that has one under way faults with TaskInProgress at the call, or as its task's error.",
  },
  reconfigureFaultsAt: {
    value: "task" as "call" | "task",
    meaning: "A ReconfigVM_Task that the rules refuse faults at the call, or answers with a task that fails.",
  },
  pulledDeviceLeavesHost: {
    value: "at once" as "at once" | "at refresh",
    meaning: "When a host stops showing a device that was pulled out (C3).",
  },
  pulledDeviceLeavesVm: {
    value: "at once" as "at once" | "at refresh",
    meaning: "When a VM stops showing a device that was pulled out (V6, C3).",
  },
  // None of the event types that vCenter 8.0 U1 to U3 lists is made for it (lamw/vcenter-event-mapping).
  pulledDeviceEvent: {
    value: "VmReconfiguredEvent" as "VmReconfiguredEvent" | "VmMessageWarningEvent" | "none",
    meaning:
      "What events tell when a running VM loses a pulled device (V6): a reconfiguration that nobody asked for, a " +
      "message, or nothing.",
  },
  replacementInPassthroughSlot: {
    value: "active at once" as "active at once" | "at refresh",
    meaning:
      "A device put into a slot whose former device had passthrough enabled: its passthrough setting goes by " +
      "address and holds.",
  },
  hotPlugConflictAtPowerOn: {
    value: "refused" as "refused" | "accepted",
    meaning:
      "A machine with fixedPassthruHotPlugEnabled and something that hot plug can't be with (N1 to N5) powers " +
      "on, or not.",
  },
  foreignSystemAtPowerOn: {
    value: "refused" as "refused" | "accepted",
    meaning:
      "A machine whose passthrough device names another system than its host's powers on, or not. That it doesn't " +
      "is reported; the fault, GenericVmConfigFault as for wrong ids, is not.",
  },
  nestedBesidePassthrough: {
    value: "InvalidVmConfig",
    meaning:
      "The fault for nested virtualization and a passthrough device on one machine, whichever comes second (N8). " +
      "That they exclude each other is documented; a machine that has both all the same powers on.",
  },
  memoryLockWhileRunning: {
    value: true,
    meaning: "memoryReservationLockedToMax can be set while the VM runs, if the host has the memory (M2).",
  },
  hotAddBelowIntrCookies: {
    value: "refused" as "refused" | "accepted",
    meaning: "A hot-add on a host whose kernel runs with maxIntrCookies below 4096, whatever the count (H2).",
  },
  esxcliPrivilege: {
    value: "Host.Config.Settings",
    meaning: "The privilege that esxcli by ExecuteSoap takes on the host (H2).",
  },
  endedTasksInHistory: {
    value: "on its latest page at once" as "on its latest page at once" | "when read",
    meaning:
      "What a TaskHistoryCollector for tasks that have ended shows, and tells of, when one ends. Documented is that " +
      "a task comes onto the page when it is created and matches the filter.",
  },
  secondWaitOnCollector: {
    value: "both are answered" as "both are answered" | "RequestCanceled",
    meaning: "A wait that is under way when the same property collector gets another one, as clients on govmomi do.",
  },
  foreignSessionObject: {
    value: "ManagedObjectNotFound",
    meaning: "The fault for using another session's property collector, filter or view.",
  },
};

type Table = typeof TABLE;

/** Every assumption by its name. */
export type Assumptions = { readonly [Name in keyof Table]: Table[Name]["value"] };

/** What each assumption means, for the documentation. */
export const assumptionTable: Readonly<Record<keyof Table, { value: unknown; meaning: string }>> = TABLE;

export const defaultAssumptions = Object.fromEntries(
  Object.entries(TABLE).map(([name, { value }]) => [name, value]),
) as Assumptions;
