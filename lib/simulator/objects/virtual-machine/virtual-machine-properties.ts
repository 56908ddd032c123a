import type { Properties } from "../../core/operation";
import { filled } from "../../core/defaults";
import type { DataObject } from "../../value";
import { type ManagedObject, refs } from "../managed-object";
import { configInfo, vmxPath } from "./config-info";
import { guestInfo, guestRuns, guestSummary } from "./guest-info";
import { guestFullName } from "../compute-resource/guest-os";
import type { Snapshot } from "./snapshot";
import type { VirtualMachine } from "./virtual-machine";

/** What a virtual machine answers to those who read it. */
export const virtualMachineProperties = (
  vm: VirtualMachine,
  { environmentBrowser }: { environmentBrowser: ManagedObject },
): Properties => ({
  capability: () =>
    filled("VirtualMachineCapability", { bootOptionsSupported: true, memoryReservationLockSupported: true }),
  config: () => (readable(vm) ? configInfo(vm) : undefined),
  environmentBrowser: () => environmentBrowser.ref,
  resourcePool: () => (vm.template ? undefined : vm.host.compute.poolOf(vm).ref),
  runtime: () => runtime(vm),
  guest: () => guestInfo(vm),
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

function summary(vm: VirtualMachine): DataObject {
  const { settings } = vm;
  return {
    vm: vm.ref,
    runtime: runtime(vm),
    guest: guestSummary(vm),
    overallStatus: "green",
    config: {
      name: settings.name,
      template: vm.template,
      vmPathName: vmxPath(vm),
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
