import type { VimClient } from "./client";
import { esxcli } from "./esxcli";
import { isFault } from "./fault";
import { IncompleteAnswerError } from "./incomplete-answer-error";
import type { FindOptions } from "./find";
import type { ManagedObjectReference } from "./managed-object-reference";
import { readObject, requireAll, retrieve, type Properties } from "./property-collector";
import type { FromVim } from "./vim25-types";
import { pickInOrder } from "./virtual-machine";

/** A PCI device that the host itself needs, and what for. */
export interface DeviceInUse {
  address: string;
  /** The host bus adapter on that address: `vmhba2`. */
  adapter: string;
  /** The disk behind it: `t10.NVMe____…`; the adapter's own name where a use is not of one disk. */
  lun: string;
  use: "datastore" | "vsan" | "coredump" | "boot" | "memory tiering";
  /** For people: `datastore "db1", partition 1`. */
  detail: string;
}

export const hostStorageProperties = {
  "runtime.connectionState": "string",
  "config.storageDevice.hostBusAdapter": "HostHostBusAdapter[]?",
  "config.storageDevice.scsiLun": "ScsiLun[]?",
  "config.storageDevice.multipathInfo.lun": "HostMultipathInfoLogicalUnit[]?",
  "config.storageDevice.scsiTopology.adapter": "HostScsiTopologyInterface[]?",
  "config.storageDevice.nvmeTopology.adapter": "HostNvmeTopologyInterface[]? since 7.0",
  "config.fileSystemVolume.mountInfo": "HostFileSystemMountInfo[]?",
  "config.vsanHostConfig.storageInfo.diskMapping": "VsanHostDiskMapping[]?",
  "config.activeDiagnosticPartition": "HostDiagnosticPartition?",
} as const;
type StorageProperties = Properties<typeof hostStorageProperties>;
type Use = Pick<DeviceInUse, "use" | "detail">;

export interface DevicesInUseOptions extends FindOptions {
  /**
   * Ask the host by esxcli which disk it booted from, which takes more than the right to read. Default true; without
   * it, the boot disk is still told by the system's volumes on it.
   */
  askForBootDisk?: boolean;
}

/**
 * What the host stores on which PCI device: datastores, vSAN, the boot disk and the system's own volumes, the coredump
 * partition, memory tiering. Rejects with an IncompleteAnswerError for a host that doesn't tell its adapters: nothing
 * may be taken for unused by that.
 */
export async function hostDevicesInUse(client: VimClient, host: ManagedObjectReference, { askForBootDisk = true, signal }: DevicesInUseOptions = {}): Promise<DeviceInUse[]> {
  const objects = await retrieve(client, [{ objects: [{ obj: host }], properties: { HostSystem: hostStorageProperties } }], { signal });
  const read = readObject(pickInOrder(objects, [host], {})[0]!, hostStorageProperties);
  requireAll(read);
  if (!read.has("config.storageDevice.hostBusAdapter")) {
    throw new IncompleteAnswerError(host, "config.storageDevice.hostBusAdapter", read.properties["runtime.connectionState"]);
  }
  return devicesInUse(read.properties, askForBootDisk ? await bootDisks(client, host, { signal }) : []);
}

async function bootDisks(client: VimClient, host: ManagedObjectReference, options: FindOptions): Promise<string[]> {
  try {
    const rows = await esxcli(client, host, ["storage", "core", "device", "list"], options);
    return rows.filter(({ IsBootDevice }) => IsBootDevice === "true").flatMap(({ Device }) => Device ?? []);
  } catch (error) {
    // Older hosts, and servers that aren't VMware's, don't know the command.
    if (["MethodNotFound", "NotSupported", "NotFound", "CLIFault"].some((type) => isFault(error, type))) return [];
    throw error;
  }
}

function devicesInUse(p: StorageProperties, bootDiskNames: readonly string[]): DeviceInUse[] {
  const uses = usesByLun(p);
  for (const lun of bootDiskNames) uses.set(lun, [...(uses.get(lun) ?? []), { use: "boot", detail: "the disk that the host booted from" }]);
  return p["config.storageDevice.hostBusAdapter"].flatMap(({ key, device: adapter, pci }) => {
    if (!pci) return [];
    const luns = [...lunsBehind(p, key ?? "")];
    return luns.flatMap((lun) => (uses.get(lun) ?? []).map((use) => ({ address: pci.toLowerCase(), adapter, lun, ...use })));
  });
}

/** The canonical names of the disks that an adapter leads to, by whichever of the topologies names them. */
function lunsBehind(p: StorageProperties, adapterKey: string): Set<string> {
  const names = new Map(p["config.storageDevice.scsiLun"].map((lun) => [lun.key, nameOf(lun)]));
  const keys = [
    ...p["config.storageDevice.multipathInfo.lun"].filter(({ path }) => path.some(({ adapter }) => adapter === adapterKey)).map(({ lun }) => lun),
    ...p["config.storageDevice.scsiTopology.adapter"]
      .filter(({ adapter }) => adapter === adapterKey)
      .flatMap(({ target }) => target.flatMap(({ lun }) => lun.map(({ scsiLun }) => scsiLun))),
  ];
  const namespaces = p["config.storageDevice.nvmeTopology.adapter"]
    .filter(({ adapter }) => adapter === adapterKey)
    .flatMap(({ connectedController }) => connectedController.flatMap(({ attachedNamespace }) => attachedNamespace.flatMap(({ name }) => name ?? [])));
  return new Set([...keys.flatMap((key) => names.get(key) ?? []), ...namespaces]);
}

function usesByLun(p: StorageProperties): Map<string, Use[]> {
  const uses = new Map<string, Use[]>();
  const note = (lun: string, use: Use): void => void uses.set(lun, [...(uses.get(lun) ?? []), use]);
  for (const { volume } of p["config.fileSystemVolume.mountInfo"]) {
    if (!("extent" in volume)) continue;
    const { name, type, extent } = volume as FromVim<"HostVmfsVolume">;
    for (const { diskName, partition } of extent) note(diskName, volumeUse(name, type, partition));
  }
  for (const { ssd, nonSsd } of p["config.vsanHostConfig.storageInfo.diskMapping"]) {
    for (const disk of [ssd, ...nonSsd]) note(nameOf(disk), { use: "vsan", detail: "a vSAN disk group" });
  }
  for (const lun of p["config.storageDevice.scsiLun"]) {
    const { vsanDiskInfo, usedByMemoryTiering } = lun as Partial<FromVim<"HostScsiDisk">>;
    const name = nameOf(lun);
    if (vsanDiskInfo && !uses.get(name)?.some(({ use }) => use === "vsan")) note(name, { use: "vsan", detail: `vSAN disk ${vsanDiskInfo.vsanUuid}` });
    if (usedByMemoryTiering) note(name, { use: "memory tiering", detail: "memory tiering" });
  }
  const coredump = p["config.activeDiagnosticPartition"]?.id;
  if (coredump) note(coredump.diskName, { use: "coredump", detail: `the coredump partition ${coredump.partition}` });
  return uses;
}

/** Since ESXi 7.0 the system boots from and keeps its data on volumes of its own, which are listed among the datastores. */
function volumeUse(name: string, type: string, partition: number): Use {
  const system = /^(OSDATA|BOOTBANK[12]|LOCKER)-/.test(name) || type === "VMFSOS";
  return { use: system ? "boot" : "datastore", detail: `${system ? "the system's volume" : "datastore"} ${JSON.stringify(name)}, partition ${partition}` };
}

function nameOf({ canonicalName, uuid }: FromVim<"ScsiLun">): string {
  return canonicalName ?? uuid;
}
