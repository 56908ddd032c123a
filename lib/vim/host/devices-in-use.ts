import type { VimClient } from "../session/client";
import { esxcli } from "./esxcli";
import { isFault } from "../wire/fault";
import { IncompleteAnswerError } from "../session/incomplete-answer-error";
import type { FindOptions } from "../find";
import { addressesOf, disksBehind, isFabric, mayBeLocalNvme, nameOf } from "./storage-paths";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readObject, requireAll, retrieve, type Properties } from "../session/property-collector";
import type { FromVim } from "../wire/types";
import { pickInOrder } from "../virtual-machine/virtual-machine";

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
  "hardware.pciDevice": "HostPciDevice[]?",
  "config.pciPassthruInfo": "HostPciPassthruInfo[]?",
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

/** What a connected host always has: without one of these it can't be told what it uses. */
const NEEDED = [
  "hardware.pciDevice",
  "config.storageDevice.hostBusAdapter",
  "config.storageDevice.scsiLun",
  "config.fileSystemVolume.mountInfo",
] as const;

/**
 * What the host stores on which PCI device: datastores, vSAN, the boot disk and the system's own volumes, the coredump
 * partition, memory tiering. Rejects with an IncompleteAnswerError where the answer leaves open which device a disk in
 * use is on, and the host has NVMe devices that aren't passed through: none of them may be taken for unused by that.
 */
export async function hostDevicesInUse(
  client: VimClient,
  host: ManagedObjectReference,
  { askForBootDisk = true, signal }: DevicesInUseOptions = {},
): Promise<DeviceInUse[]> {
  const objects = await retrieve(
    client,
    [{ objects: [{ obj: host }], properties: { HostSystem: hostStorageProperties } }],
    { signal },
  );
  const read = readObject(pickInOrder(objects, [host], {})[0]!, hostStorageProperties);
  requireAll(read);
  const p = read.properties;
  const incomplete = (property: string, open: string): IncompleteAnswerError =>
    new IncompleteAnswerError(host, property, p["runtime.connectionState"], `${open} ${WAY_OUT}`);
  const isAtStake = !read.has("hardware.pciDevice") || hasOwnNvme(p);
  // A host boots from a disk behind some adapter: a list of none is no list.
  const missing =
    p["config.storageDevice.hostBusAdapter"].length === 0
      ? "config.storageDevice.hostBusAdapter"
      : NEEDED.find((path) => !read.has(path));
  if (missing && isAtStake)
    throw incomplete(missing, "So it can't be told which drives the host uses itself, and none is taken for free.");
  const { placed, unplaced } = devicesInUse(p, askForBootDisk ? await bootDisks(client, host, { signal }) : []);
  if (unplaced.length > 0 && isAtStake)
    throw incomplete(
      `the PCI device behind ${unplaced.join(", ")}`,
      "So it can be any NVMe drive of the host, and none is taken for free.",
    );
  return placed;
}

/** NVMe devices that are out of the host's hands already are nothing that it could use. */
function hasOwnNvme(p: StorageProperties): boolean {
  const passedThrough = new Set(
    p["config.pciPassthruInfo"].filter(({ passthruActive }) => passthruActive).map(({ id }) => id.toLowerCase()),
  );
  return p["hardware.pciDevice"].some(
    ({ id, classId }) => classId === NVME_CLASS && !passedThrough.has(id.toLowerCase()),
  );
}

const NVME_CLASS = 0x0108;

const WAY_OUT =
  "Look at the host in the vSphere Client (Configure, Storage Adapters), rescan its storage, and apply again " +
  "once each disk is shown behind an adapter. A drive that you know to be free can be enabled there by hand " +
  "(Configure, PCI Devices): one that is enabled already is not asked about.";

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

/** The uses by device, and those that may be on any NVMe drive, in words. */
function devicesInUse(
  p: StorageProperties,
  bootDiskNames: readonly string[],
): { placed: DeviceInUse[]; unplaced: string[] } {
  const uses = usesByLun(p);
  for (const lun of bootDiskNames)
    uses.set(lun, [...(uses.get(lun) ?? []), { use: "boot", detail: "the disk that the host booted from" }]);
  const adapters = p["config.storageDevice.hostBusAdapter"].map((adapter) => ({
    name: adapter.device,
    addresses: addressesOf(adapter.pci, p["hardware.pciDevice"]),
    disks: disksBehind(adapter, p),
    isElsewhere: isFabric(adapter),
  }));
  const isPlaced = (lun: string): boolean => {
    const leading = adapters.filter(({ disks }) => disks.has(lun));
    return leading.length > 0 && leading.every(({ addresses, isElsewhere }) => addresses.length > 0 || isElsewhere);
  };
  return {
    placed: adapters.flatMap(({ name, addresses, disks }) =>
      addresses.flatMap((address) =>
        [...disks].flatMap((lun) => (uses.get(lun) ?? []).map((use) => ({ address, adapter: name, lun, ...use }))),
      ),
    ),
    unplaced: [...uses]
      .filter(([lun]) => mayBeLocalNvme(lun, p["config.storageDevice.scsiLun"]) && !isPlaced(lun))
      .map(([lun, on]) => `${lun} (${on.map(({ detail }) => detail).join(", ")})`),
  };
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
    if (vsanDiskInfo && !uses.get(name)?.some(({ use }) => use === "vsan"))
      note(name, { use: "vsan", detail: `vSAN disk ${vsanDiskInfo.vsanUuid}` });
    if (usedByMemoryTiering) note(name, { use: "memory tiering", detail: "memory tiering" });
  }
  const coredump = p["config.activeDiagnosticPartition"]?.id;
  if (coredump) note(coredump.diskName, { use: "coredump", detail: `the coredump partition ${coredump.partition}` });
  return uses;
}

/**
 * Since ESXi 7.0 the system boots from and keeps its data on volumes of its own, which are listed among the datastores.
 */
function volumeUse(name: string, type: string, partition: number): Use {
  const system = /^(OSDATA|BOOTBANK[12]|LOCKER)-/.test(name) || type === "VMFSOS";
  return {
    use: system ? "boot" : "datastore",
    detail: `${system ? "the system's volume" : "datastore"} ${JSON.stringify(name)}, partition ${partition}`,
  };
}
