import type { Properties } from "../../core/operation";
import { filled } from "../../core/defaults";
import type { DataObject } from "../../value";
import { refs } from "../managed-object";
import { guestFullName } from "../compute-resource/guest-os";
import type { Snapshot } from "./snapshot";
import type { VirtualMachine } from "./virtual-machine";

/** What a virtual machine answers to those who read it. */
export const virtualMachineProperties = (vm: VirtualMachine): Properties => ({
  capability: () =>
    filled("VirtualMachineCapability", { bootOptionsSupported: true, memoryReservationLockSupported: true }),
  config: () => (readable(vm) ? config(vm) : undefined),
  environmentBrowser: () => vm.host.compute.environmentBrowser.ref,
  resourcePool: () => (vm.template ? undefined : vm.host.compute.poolOf(vm).ref),
  runtime: () => runtime(vm),
  guest: () => guest(vm),
  summary: () => summary(vm),
  datastore: () => refs(vm.datastores),
  network: () => refs(vm.networks),
  snapshot: () =>
    vm.snapshots.length === 0
      ? undefined
      : { currentSnapshot: vm.snapshots.at(-1)!.ref, rootSnapshotList: vm.snapshots.map((one) => tree(vm, one)) },
  rootSnapshot: () => refs(vm.snapshots),
  guestHeartbeatStatus: () => (guestRuns(vm) ? "green" : "gray"),
  layoutEx: () => ({ file: [], timestamp: vm.modified }),
  storage: () => ({ perDatastoreUsage: [], timestamp: vm.modified }),
});

const readable = (vm: VirtualMachine): boolean =>
  !["invalid", "inaccessible"].includes(vm.description.connectionState ?? "connected");

/** The guest runs, and tells of itself. */
const guestRuns = (vm: VirtualMachine): boolean => vm.powerState === "poweredOn" && vm.hasTools;

const path = (vm: VirtualMachine): string => `[${vm.home?.name ?? ""}] ${vm.directory}/${vm.directory}.vmx`;

function config(vm: VirtualMachine): DataObject {
  const { settings } = vm;
  const directory = path(vm).replace(/[^/]*$/, "");
  return {
    changeVersion: vm.changeVersion,
    modified: vm.modified,
    name: settings.name,
    guestFullName: guestFullName(settings.guestId),
    version: `vmx-${vm.hardwareVersion}`,
    uuid: vm.uuid,
    instanceUuid: vm.instanceUuid,
    template: vm.template,
    guestId: settings.guestId,
    alternateGuestName: "",
    annotation: settings.annotation,
    files: { vmPathName: path(vm), snapshotDirectory: directory, suspendDirectory: directory, logDirectory: directory },
    tools: {
      toolsVersion: vm.description.tools === "notInstalled" ? 0 : 12389,
      afterPowerOn: true,
      beforeGuestShutdown: true,
    },
    flags: { vvtdEnabled: settings.vvtdEnabled, vbsEnabled: false, enableLogging: true },
    defaultPowerOps: { powerOffType: "soft", suspendType: "hard", resetType: "soft", standbyAction: "checkpoint" },
    hardware: {
      numCPU: settings.numCpus,
      numCoresPerSocket: settings.coresPerSocket,
      memoryMB: settings.memoryMiB,
      device: vm.devices,
      motherboardLayout: settings.motherboardLayout,
    },
    cpuAllocation: allocation(0),
    memoryAllocation: allocation(settings.memoryReservationMiB),
    memoryHotAddEnabled: settings.memoryHotAddEnabled,
    cpuHotAddEnabled: settings.cpuHotAddEnabled,
    cpuHotRemoveEnabled: settings.cpuHotRemoveEnabled,
    extraConfig: [...settings.extraConfig].map(([key, value]) => ({ key, value: { $type: "string", value } })),
    datastoreUrl: vm.datastores.map(({ name, url }) => ({ name, url })),
    firmware: settings.firmware,
    memoryReservationLockedToMax: settings.memoryReservationLockedToMax,
    // While the machine runs, this reads as what held before this power-on.
    fixedPassthruHotPlugEnabled:
      vm.powerState === "poweredOn" ? vm.hotPlugAtPowerOn : settings.fixedPassthruHotPlugEnabled,
  };
}

const allocation = (reservation: number): DataObject => ({
  reservation,
  expandableReservation: false,
  limit: -1,
  shares: { shares: 4000, level: "normal" },
});

function runtime(vm: VirtualMachine): DataObject {
  return {
    host: vm.host.ref,
    connectionState: connectionState(vm),
    powerState: vm.powerState,
    faultToleranceState: "notConfigured",
    toolsInstallerMounted: false,
    bootTime: vm.powerState === "poweredOn" ? vm.bootTime : undefined,
    numMksConnections: 0,
    recordReplayState: "inactive",
    onlineStandby: false,
    consolidationNeeded: false,
    maxCpuUsage: vm.settings.numCpus * 2500,
    maxMemoryUsage: vm.settings.memoryMiB,
  };
}

const tree = (vm: VirtualMachine, { ref, name, description, created }: Snapshot): DataObject => ({
  snapshot: ref,
  vm: vm.ref,
  name,
  description,
  id: 1,
  createTime: created,
  state: vm.powerState,
  quiesced: false,
  replaySupported: false,
});

/** A host that doesn't answer takes its virtual machines along. */
const connectionState = (vm: VirtualMachine): string =>
  vm.host.connectionState === "connected" ? (vm.description.connectionState ?? "connected") : "disconnected";

function toolsFields(vm: VirtualMachine): DataObject {
  const installed = vm.description.tools !== "notInstalled";
  const running = guestRuns(vm);
  return {
    toolsStatus: running ? "toolsOk" : installed ? "toolsNotRunning" : "toolsNotInstalled",
    toolsVersionStatus: installed ? "guestToolsCurrent" : "guestToolsNotInstalled",
    toolsVersionStatus2: installed ? "guestToolsCurrent" : "guestToolsNotInstalled",
    toolsRunningStatus: running ? "guestToolsRunning" : "guestToolsNotRunning",
  };
}

function guest(vm: VirtualMachine): DataObject {
  const running = guestRuns(vm);
  return {
    ...toolsFields(vm),
    guestState: running ? "running" : "notRunning",
    ...(running
      ? {
          guestId: vm.settings.guestId,
          guestFullName: guestFullName(vm.settings.guestId),
          guestFamily: "linuxGuest",
          hostName: vm.name,
        }
      : {}),
    guestOperationsReady: false,
    guestStateChangeSupported: running,
  };
}

function summary(vm: VirtualMachine): DataObject {
  const { settings } = vm;
  return {
    vm: vm.ref,
    runtime: runtime(vm),
    guest: toolsFields(vm),
    overallStatus: "green",
    config: {
      name: settings.name,
      template: vm.template,
      vmPathName: path(vm),
      memorySizeMB: settings.memoryMiB,
      memoryReservation: settings.memoryReservationMiB,
      numCpu: settings.numCpus,
      numEthernetCards: vm.hardware.filter((device) => "macAddress" in device).length,
      numVirtualDisks: vm.diskFiles.length,
      uuid: vm.uuid,
      instanceUuid: vm.instanceUuid,
      guestId: settings.guestId,
      guestFullName: guestFullName(settings.guestId),
      annotation: settings.annotation,
      hwVersion: `vmx-${vm.hardwareVersion}`,
    },
    storage: { committed: 42_949_672_960, uncommitted: 0, unshared: 42_949_672_960, timestamp: vm.modified },
    quickStats: {
      guestHeartbeatStatus: guestRuns(vm) ? "green" : "gray",
      overallCpuUsage: 0,
      guestMemoryUsage: 0,
      hostMemoryUsage: 0,
      uptimeSeconds: 0,
    },
  };
}
