import type { VimClient } from "../session/client";
import type { FindOptions } from "../find";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { PassthroughDeviceBacking } from "./passthrough-device";
import { fromSignedShort } from "../wire/pci-id";

export interface PassthroughTarget extends PassthroughDeviceBacking {
  /** 0x0108 is NVMe. */
  classId: number;
}

/** The devices that `host` offers to a VM for fixed passthrough, with the system id that a backing needs. */
export async function queryPassthroughTargets(
  client: VimClient,
  environmentBrowser: ManagedObjectReference,
  host: ManagedObjectReference,
  { signal }: FindOptions = {},
): Promise<PassthroughTarget[]> {
  const target = await client.call("QueryConfigTarget", environmentBrowser, { host }, signal ? { signal } : {});
  return (target?.pciPassthrough ?? []).map(({ pciDevice, systemId }) => ({
    address: pciDevice.id.toLowerCase(),
    classId: fromSignedShort(pciDevice.classId),
    vendorId: fromSignedShort(pciDevice.vendorId),
    deviceId: fromSignedShort(pciDevice.deviceId),
    deviceName: pciDevice.deviceName,
    systemId,
  }));
}
