import { orUnknown } from "../session/answers";
import type { Abortable, Session } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { fromSignedShort } from "../wire/pci-id";
import type { PassthroughDeviceBacking } from "./passthrough-device";

// What a VM's environment browser says of what is to be had.

interface PassthroughTarget extends PassthroughDeviceBacking {
  /** 0x0108 is NVMe. */
  classId: number;
}

/** The devices that `host` offers to a VM for fixed passthrough, with the system id that a backing needs. */
export async function queryPassthroughTargets(
  session: Session,
  environmentBrowser: ManagedObjectReference,
  host: ManagedObjectReference,
  { signal }: Abortable = {},
): Promise<PassthroughTarget[]> {
  const target = await session.call("QueryConfigTarget", environmentBrowser, { host }, { signal });
  return (target?.pciPassthrough ?? []).map(({ pciDevice, systemId }) => ({
    address: pciDevice.id.toLowerCase(),
    classId: fromSignedShort(pciDevice.classId),
    vendorId: fromSignedShort(pciDevice.vendorId),
    deviceId: fromSignedShort(pciDevice.deviceId),
    deviceName: pciDevice.deviceName,
    systemId,
  }));
}

/**
 * What the backings of `host`'s devices have for their system: ESXi compares it at power-on. The same for all devices
 * of a host; undefined where it offers none.
 */
async function querySystemId(...asked: Parameters<typeof queryPassthroughTargets>): Promise<string | undefined> {
  return (await queryPassthroughTargets(...asked))[0]?.systemId;
}

/** The same for virtual machines of a host, where one of them has a device to compare with it and the host answers. */
export async function readSystemId(
  session: Session,
  { reference, connectionState }: { reference: ManagedObjectReference; connectionState: string },
  virtualMachines: readonly { environmentBrowser: ManagedObjectReference; passthroughDevices: readonly unknown[] }[],
  options: Abortable,
): Promise<string | undefined> {
  const having = virtualMachines.find(({ passthroughDevices }) => passthroughDevices.length > 0);
  if (!having || connectionState !== "connected") return undefined;
  return orUnknown(querySystemId(session, having.environmentBrowser, reference, options));
}

interface GuestOsQuery extends Abortable {
  guestId: string;
  host?: ManagedObjectReference;
  /** 20 of `vmx-20`; the host's default if left out. */
  hardwareVersion?: number;
}

/** Whether VMware says that the guest OS supports hot plug of PCI devices; undefined if it says nothing. */
export async function guestSupportsHotPlugPci(
  session: Session,
  environmentBrowser: ManagedObjectReference,
  { guestId, host, hardwareVersion, signal }: GuestOsQuery,
): Promise<boolean | undefined> {
  const spec = { key: hardwareVersion === undefined ? undefined : `vmx-${hardwareVersion}`, host, guestId: [guestId] };
  const option = await session.call("QueryConfigOptionEx", environmentBrowser, { spec }, { signal });
  return option?.guestOSDescriptor.find(({ id }) => id === guestId)?.supportsHotPlugPCI;
}
