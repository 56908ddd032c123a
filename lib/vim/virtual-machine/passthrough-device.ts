import { formatDeviceId, fromSignedShort, parseDeviceId, toSignedShort } from "../wire/pci-id";
import type { FromVim, ToVim } from "../wire/types";

/** A passthrough device of the host as a VM names it, enough to add it. Ids are unsigned, 0 to 65535. */
export interface PassthroughDeviceBacking {
  /** PCI address on the host, `0000:3b:00.0`. */
  address: string;
  vendorId: number;
  deviceId: number;
  /** From the environment browser's QueryConfigTarget; not the host's BIOS UUID. */
  systemId: string;
  deviceName: string;
}

/** A fixed passthrough device of a VM. */
export interface PassthroughDevice extends PassthroughDeviceBacking {
  key: number;
  label: string;
  /** The device id as it stands in the backing: ESXi reads it as hexadecimal, whatever was meant. */
  writtenDeviceId: string;
}

const fixedBacking = "VirtualPCIPassthroughDeviceBackingInfo";
/** What PCI itself answers where there is no device: for a backing whose device id is no number. */
const noSuchId = 0xffff;
const dynamicBacking = "VirtualPCIPassthroughDynamicBackingInfo";

/** The fixed passthrough devices among a VM's devices: no vGPUs, no dynamic ones, no plug-in ones. */
export function fixedPassthroughDevices(devices: readonly FromVim<"VirtualDevice">[]): PassthroughDevice[] {
  return devices
    .filter(({ $type, backing }) => $type === "VirtualPCIPassthrough" && backing?.$type === fixedBacking)
    .map(({ key, deviceInfo, backing }) => {
      const { id, vendorId, deviceId, systemId, deviceName } = backing as FromVim<typeof fixedBacking>;
      return {
        key,
        label: deviceInfo?.label ?? `PCI device ${key}`,
        address: id.toLowerCase(),
        vendorId: fromSignedShort(vendorId),
        deviceId: parseDeviceId(deviceId) ?? noSuchId,
        writtenDeviceId: deviceId,
        systemId,
        deviceName,
      };
    });
}

export function dynamicPassthroughDevices(
  devices: readonly FromVim<"VirtualDevice">[],
): { key: number; label: string }[] {
  return devices
    .filter(({ $type, backing }) => $type === "VirtualPCIPassthrough" && backing?.$type === dynamicBacking)
    .map(({ key, deviceInfo }) => ({ key, label: deviceInfo?.label ?? `PCI device ${key}` }));
}

/** The device as ReconfigVM_Task takes it to add it. It gets its key from vCenter; this one only has to be negative. */
export function passthroughDeviceToAdd({
  address,
  vendorId,
  deviceId,
  systemId,
  deviceName,
}: PassthroughDeviceBacking): ToVim<"VirtualPCIPassthrough"> {
  const backing: ToVim<typeof fixedBacking> = {
    $type: fixedBacking,
    deviceName,
    id: address,
    deviceId: formatDeviceId(deviceId),
    systemId,
    vendorId: toSignedShort(vendorId),
  };
  return { $type: "VirtualPCIPassthrough", key: -1, backing };
}
