import { isNvme, type AttachedBacking, type DeviceFacts, type DeviceIdentity, type HostDevice } from "./facts";
import type { PciAddress } from "./pci-address";

// An attached device names its address, its model and its system. ESXi starts a virtual machine only where all of them
// are what it finds there, and says which ones to look at (a report in VMware's PowerCLI forum of July 2017).

/** What of a backing is not what is at its address; `spelling`: a device id in decimal digits, read as hexadecimal. */
type BackingFault = "model" | "spelling" | "system";

/** A system id that fits every system: the one of SR-IOV functions. */
const ANY_SYSTEM = "BYPASS";

/** Why ESXi will not start a virtual machine with this device, as far as it is known. */
export function backingFault(backing: AttachedBacking, onHost: DeviceIdentity): BackingFault | undefined {
  const isSame = backing.vendorId === onHost.vendorId && idAsRead(backing) === onHost.deviceId;
  if (!isSame) return namesModel(backing, onHost) ? "spelling" : "model";
  const { systemId, hostSystemId } = backing;
  const isElsewhere =
    systemId !== undefined &&
    hostSystemId !== undefined &&
    systemId !== ANY_SYSTEM &&
    systemId.toLowerCase() !== hostSystemId.toLowerCase();
  return isElsewhere ? "system" : undefined;
}

/** Whether whoever wrote a backing meant this model: by the ids as they are read, or as decimal digits. */
export function namesModel(
  { vendorId, deviceId, writtenDeviceId = "" }: AttachedBacking,
  model: DeviceIdentity,
): boolean {
  const isDecimal = /^\d+$/.test(writtenDeviceId) && Number(writtenDeviceId) === model.deviceId;
  return vendorId === model.vendorId && (deviceId === model.deviceId || isDecimal);
}

/** The device id as ESXi reads it: up to four hexadecimal digits, also behind 0x, or signed as govc writes them. */
function idAsRead({ deviceId, writtenDeviceId }: AttachedBacking): number | undefined {
  if (writtenDeviceId === undefined) return deviceId;
  const [, sign, digits] = /^(-?)(?:0x)?([0-9a-f]{1,4})$/i.exec(writtenDeviceId.trim()) ?? [];
  return digits === undefined ? undefined : Number.parseInt(`${sign}${digits}`, 16) & 0xffff;
}

interface Attached extends AttachedBacking {
  address: PciAddress;
  label: string;
}

/** An attached device beside what its host shows at its address. */
export function attachedDeviceFacts(
  { address, label, vendorId, deviceId, writtenDeviceId, systemId }: Attached,
  { hostDevices, hostSystemId }: { hostDevices: Iterable<HostDevice>; hostSystemId?: string },
): DeviceFacts {
  const devices = [...hostDevices];
  const backing = { vendorId, deviceId, writtenDeviceId, systemId, hostSystemId };
  const sameModelAt = devices.filter((device) => namesModel(backing, device)).map((device) => device.address);
  return {
    address,
    onHost: devices.find((device) => device.address === address) ?? null,
    attachedAs: label,
    backing: { ...backing, sameModelAt },
  };
}

/** Whether it is a device of another class than NVMe, and all is well with it: nothing that hot plug is about. */
export function isOtherClass({ onHost, backing }: DeviceFacts): boolean {
  return !!onHost && !isNvme(onHost) && !!backing && backingFault(backing, onHost) === undefined;
}
