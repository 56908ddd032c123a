import type { InventoryDevice, InventoryHostDevice } from "../inventory/inventory";
import type { DataObject } from "../value";

/** A PCI device and what its host does with it. */
export interface HostDevice {
  readonly description: InventoryDevice;
  /** It is in its slot. */
  present: boolean;
  /** The host shows it. */
  known: boolean;
  /** Passthrough is set for its address, and in force. */
  enabled: boolean;
  active: boolean;
}

export function hostDevice({ pulled = false, known = !pulled, ...given }: InventoryHostDevice): HostDevice {
  const description = isBehindVmd(given) ? { ...given, passthrough: "unsupported" as const } : given;
  const passthrough = description.passthrough ?? "active";
  return {
    description,
    present: !pulled,
    known,
    enabled: passthrough === "active" || passthrough === "enabled",
    active: passthrough === "active" || passthrough === "disabledAfterRestart",
  };
}

/** Intel VMD takes drives together in a domain of its own, beyond four digits; none of them can be passed through. */
const isBehindVmd = ({ address }: InventoryDevice): boolean => address.indexOf(":") > 4;

/** The way back. */
export function inventoryDevice({ description, present, known, enabled, active }: HostDevice): InventoryHostDevice {
  const setting = enabled ? (active ? "active" : "enabled") : active ? "disabledAfterRestart" : "disabled";
  return {
    ...description,
    passthrough: description.passthrough === "unsupported" ? "unsupported" : setting,
    pulled: present ? undefined : true,
    known: known === present ? undefined : known,
  };
}

/** PCI ids are signed 16-bit numbers on the wire: 8086 reads -32634. */
export const signedShort = (hex: string): number => (Number.parseInt(hex, 16) << 16) >> 16;

export const classOf = (device: HostDevice): string => device.description.class ?? "0108";
export const isNvme = (device: HostDevice): boolean => classOf(device) === "0108";

/** As vCenter names it. */
export const deviceName = ({ description }: HostDevice): string => description.name ?? `Device ${description.device}`;

/** The HostPciDevice. */
export function pciDevice(device: HostDevice): DataObject {
  const { description: d } = device;
  const match = /^[0-9a-f]{4,8}:([0-9a-f]{2}):([0-9a-f]{2})\.([0-7])$/.exec(d.address)!;
  const [bus, slot, fn] = match.slice(1).map((part) => Number.parseInt(part, 16));
  return {
    id: d.address,
    classId: signedShort(classOf(device)),
    bus: (bus! << 24) >> 24,
    slot: slot!,
    physicalSlot: d.slot,
    function: fn!,
    vendorId: signedShort(d.vendor),
    subVendorId: signedShort(d.subsystemVendor ?? d.vendor),
    vendorName: d.vendorName ?? `Vendor ${d.vendor}`,
    deviceId: signedShort(d.device),
    subDeviceId: signedShort(d.subsystemDevice ?? "0000"),
    deviceName: deviceName(device),
  };
}

/** The HostPciPassthruInfo. */
export const passthruInfo = (device: HostDevice): DataObject => ({
  id: device.description.address,
  dependentDevice: device.description.dependentDevice ?? device.description.address,
  passthruEnabled: device.enabled,
  passthruCapable: device.description.passthrough !== "unsupported",
  passthruActive: device.active,
});
