import type { AttachedDevice } from "../inventory/inventory";
import { type DataObject, isDataObject, type Value } from "../value";
import { deviceName, type HostDevice, signedShort } from "./host-device";

/** A fixed passthrough device's backing, as a request gives it. */
interface PassthroughBacking {
  readonly id: string;
  readonly deviceId: string;
  readonly systemId: string;
  readonly vendorId: number;
}

/** Such a backing; undefined for every other, that of dynamic passthrough included. */
export const asFixed = (backing: Value | undefined): PassthroughBacking | undefined =>
  isDataObject(backing) && backing.$type === "VirtualPCIPassthroughDeviceBackingInfo"
    ? (backing as unknown as PassthroughBacking)
    : undefined;

/** The backing of a fixed passthrough device; undefined for every other device. */
export const fixedBacking = (device: DataObject): PassthroughBacking | undefined =>
  device.$type === "VirtualPCIPassthrough" ? asFixed(device["backing"]) : undefined;

export const isDynamic = (backing: Value | undefined): boolean =>
  isDataObject(backing) && backing.$type === "VirtualPCIPassthroughDynamicBackingInfo";

/**
 * Whether a backing's ids are the device's. The device id is hexadecimal text: "a824", "0xa824", or signed as
 * govc writes it, "-57dc". https://github.com/vmware/govmomi/blob/main/object/virtual_device_list.go
 */
export function namesDevice(backing: PassthroughBacking, { description }: HostDevice): boolean {
  const match = /^(-?)(?:0x)?([0-9a-f]{1,4})$/i.exec(backing.deviceId);
  const deviceId = match ? Number.parseInt(match[1]! + match[2]!, 16) & 0xffff : -1;
  return deviceId === Number.parseInt(description.device, 16) && backing.vendorId === signedShort(description.vendor);
}

/** The backing that a host offers for a device. */
export function backingOf(device: HostDevice, systemId: string): DataObject {
  const { address, vendor, device: deviceId } = device.description;
  return {
    $type: "VirtualPCIPassthroughDeviceBackingInfo",
    deviceName: deviceName(device),
    id: address,
    deviceId: Number.parseInt(deviceId, 16).toString(16),
    systemId,
    vendorId: signedShort(vendor),
  };
}

/** The device as vCenter shows it. */
export const passthroughDevice = ({ key, ordinal, backing, slot }: AttachedDevice): DataObject => ({
  $type: "VirtualPCIPassthrough",
  key,
  deviceInfo: {
    label: `PCI device ${ordinal}`,
    summary: (backing["deviceName"] as string | undefined) || "DirectPath I/O",
  },
  backing,
  ...(slot === undefined ? {} : { slotInfo: { $type: "VirtualDevicePciBusSlotInfo", pciSlotNumber: slot } }),
  controllerKey: 100,
  unitNumber: key - 13000 + 17,
});

/** A dynamic device, as an inventory asks for one. */
export const dynamicDevice = ({ vendor, device }: { vendor: string; device: string }): AttachedDevice => ({
  key: 13900,
  ordinal: 100,
  backing: {
    $type: "VirtualPCIPassthroughDynamicBackingInfo",
    deviceName: "",
    allowedDevice: [{ vendorId: Number.parseInt(vendor, 16), deviceId: Number.parseInt(device, 16) }],
  },
});
