import type { DataObject } from "../../value";
import type { DeviceChange } from "./device-change";
import { withAddresses } from "./devices/assign-addresses";
import { changedDevices } from "./devices/change-devices";
import { fileOf } from "./devices/disk-files";
import { isPassthrough } from "./passthrough-change";
import type { VirtualMachine } from "./virtual-machine";

/** The devices after a specification's changes of all but passthrough; throws what forbids one. */
export const changedHardware = (
  vm: VirtualMachine,
  changes: readonly DeviceChange[],
  creating = false,
): readonly DataObject[] =>
  changedDevices(
    vm,
    changes.filter((change) => !isPassthrough(change)),
    { others: vm.devices.filter(({ $type }) => $type === "VirtualPCIPassthrough"), creating },
  );

/** Carries out what changedHardware let pass. */
export function changeHardware(vm: VirtualMachine, changes: readonly DeviceChange[], creating = false): void {
  const before = vm.hardware;
  vm.hardware = withAddresses(vm.world, changedHardware(vm, changes, creating));
  const destroyed = new Set(
    changes.flatMap(({ fileOperation, device }) => (fileOperation === "destroy" ? device["key"] : [])),
  );
  leaveDisks(
    vm,
    before.filter((device) => !destroyed.has(device["key"])),
  );
}

/** What it had of disks and has no more stays on its datastore; what it has now lies about no longer. */
export function leaveDisks(vm: VirtualMachine, before: readonly DataObject[]): void {
  const now = new Set(vm.diskFiles);
  for (const { looseDisks } of vm.host.datastores) for (const file of now) looseDisks.delete(file);
  for (const disk of before) {
    if (disk.$type !== "VirtualDisk" || now.has(fileOf(disk))) continue;
    const datastore = vm.host.datastores.find(({ name }) => fileOf(disk).startsWith(`[${name}] `));
    datastore?.looseDisks.set(fileOf(disk), disk["capacityInKB"] as number);
  }
}
