import { isNvme } from "../../core/host-device";
import { backingOf, fixedBacking, isDynamic, namesDevice } from "../../core/passthrough";
import { Fault } from "../../fault";
import type { DataObject } from "../../value";
import { nestedBesidePassthrough } from "./config-spec";
import { type DeviceChange, deviceFields } from "./device-change";
import type { VirtualMachine } from "./virtual-machine";

const MAXIMUM_NVME_DEVICES = 32;

export const isPassthrough = ({ device }: DeviceChange): boolean => device.$type === "VirtualPCIPassthrough";

/** Throws what forbids changes of passthrough devices, cold or hot. */
export function checkPassthrough(vm: VirtualMachine, changes: readonly DeviceChange[]): void {
  for (const change of changes) checkDevice(vm, change);
  checkCount(vm, changes);
}

/** Carries out what checkPassthrough let pass. */
export function applyPassthrough(vm: VirtualMachine, { operation, device }: DeviceChange): void {
  if (operation === "remove") vm.detach(device["key"] as number);
  if (operation === "add") vm.attach(attachedBacking(vm, device));
}

function checkDevice(vm: VirtualMachine, change: DeviceChange): void {
  const { assumptions } = vm.world;
  const refuse = (type: string, why: string): Fault => new Fault(type, why, deviceFields(type, change.index));
  if (change.operation === "edit") throw refuse("InvalidDeviceSpec", "A passthrough device can't be edited");
  const key = change.device["key"] as number;
  if (change.operation === "remove") {
    const there = vm.devices.find((device) => device["key"] === key);
    if (there?.$type !== "VirtualPCIPassthrough")
      throw refuse("DeviceNotFound", `${vm.name} has no passthrough device with the key ${key}`);
    return;
  }
  if (vm.settings.nestedHVEnabled) throw nestedBesidePassthrough(vm);
  // Zero is what govc's device.pci.add sends.
  if (key > 0) throw refuse("InvalidDeviceSpec", "The key of a device to add is negative");
  if (change.device["slotInfo"] !== undefined)
    throw refuse("InvalidDeviceSpec", "The slot of a device to add is vCenter's to choose");
  if (isDynamic(change.device["backing"])) return;
  const backing = fixedBacking(change.device);
  if (!backing) throw refuse("InvalidDeviceBacking", "This backing is not known");
  const device = vm.host.offered.find(({ description }) => description.address === backing.id);
  if (!device)
    throw refuse(assumptions.deviceUnavailable, `${vm.host.name} offers no passthrough device ${backing.id}`);
  if (backing.systemId !== vm.host.systemId)
    throw refuse(assumptions.deviceUnavailable, `The system id of ${backing.id} is not that of ${vm.host.name}`);
  // On a machine that is off, wrong ids are taken in silence; it then fails to power on.
  if (vm.powerState === "poweredOn" && !namesDevice(backing, device)) {
    throw refuse(assumptions.deviceUnavailable, `${backing.id} is not ${backing.vendorId} ${backing.deviceId}`);
  }
  if (vm.passthroughAddresses.includes(backing.id))
    throw refuse(assumptions.deviceInUse, `${vm.name} has ${backing.id} already`);
  const user = vm.host.users(backing.id).find((one) => one !== vm && one.powerState !== "poweredOff");
  if (user && vm.powerState === "poweredOn") throw refuse(assumptions.deviceInUse, `${user.name} uses ${backing.id}`);
}

/** L4, cold or hot. */
function checkCount(vm: VirtualMachine, changes: readonly DeviceChange[]): void {
  const removed = new Set(changes.filter(({ operation }) => operation === "remove").map(({ device }) => device["key"]));
  const left = vm.devices.filter((device) => !removed.has(device["key"]) && isNvmeDevice(vm, device)).length;
  const added = changes.filter(({ operation, device }) => operation === "add" && isNvmeDevice(vm, device));
  if (added.length > 0 && left + added.length > MAXIMUM_NVME_DEVICES) {
    const type = vm.world.assumptions.tooManyDevices;
    throw new Fault(
      type,
      `${vm.name} would have more than ${MAXIMUM_NVME_DEVICES} NVMe passthrough devices`,
      deviceFields(type, added[0]!.index),
    );
  }
}

function isNvmeDevice(vm: VirtualMachine, device: DataObject): boolean {
  const backing = fixedBacking(device);
  const known = backing && vm.host.device(backing.id);
  return known !== undefined && isNvme(known);
}

/** The backing as given, with the name that vCenter knows. */
function attachedBacking(vm: VirtualMachine, device: DataObject): DataObject {
  const backing = device["backing"] as DataObject;
  const fixed = fixedBacking(device);
  const known = fixed && vm.host.device(fixed.id);
  return known && namesDevice(fixed, known) ? backingOf(known, vm.host.systemId) : backing;
}
