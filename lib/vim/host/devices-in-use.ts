import { pickInOrder, readObject, readVisible, type Properties, type RawObject } from "../session/answers";
import { retrieve } from "../session/property-collector";
import type { Abortable, Session } from "../session/session";
import { datastoresOfHost, virtualMachinesOfHost } from "../session/traversals";
import { isFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { usesByDisk, type DiskUse } from "./disk-uses";
import { esxcli, ifPermitted, type PrivilegedReadOptions } from "./esxcli";
import { addressesOf, disksBehind, isFabric, mayBeLocalNvme } from "./storage-paths";

/** A PCI device that the host itself needs, and what for. */
interface DeviceInUse extends DiskUse {
  address: string;
  /** The host bus adapter on that address: `vmhba2`. */
  adapter: string;
  /** The disk behind it: `t10.NVMe____…`; the adapter's own name where a use is not of one disk. */
  lun: string;
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
  "config.vsanHostConfig.enabled": "boolean?",
  "config.vsanHostConfig.vsanEsaEnabled": "boolean? since 8.0.0.1",
  "config.cacheConfigurationInfo": "HostCacheConfigurationInfo[]?",
  "config.option": "OptionValue[]?",
  "config.activeDiagnosticPartition": "HostDiagnosticPartition?",
  "config.vFlashConfigInfo.vFlashResourceConfigInfo.vffs": "HostVffsVolume?",
} as const;
const datastoreProperties = { name: "string" } as const;
const diskUserProperties = { name: "string", "config.hardware.device": "VirtualDevice[]?" } as const;
type StorageProperties = Properties<typeof hostStorageProperties> & {
  datastoreNames: ReadonlyMap<string, string | undefined>;
};

interface DevicesInUseOptions extends Abortable {
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
 * What the host stores on which PCI device: datastores, with the host cache and the scratch location where they lie on
 * one, vSAN of both architectures, the boot disk and the system's own volumes, the coredump partition, memory tiering,
 * the virtual flash resource, raw device mappings of its virtual machines. Rejects with an IncompleteAnswerError where
 * the answer leaves open which device a disk in use is on, and the host has NVMe devices that aren't passed through:
 * none of them may be taken for unused by that.
 */
export async function hostDevicesInUse(
  session: Session,
  host: ManagedObjectReference,
  { askForBootDisk = true, signal }: DevicesInUseOptions = {},
): Promise<DeviceInUse[]> {
  const query = {
    objects: [{ obj: host, selectSet: [virtualMachinesOfHost, datastoresOfHost] }],
    properties: {
      HostSystem: hostStorageProperties,
      VirtualMachine: diskUserProperties,
      Datastore: datastoreProperties,
    },
  };
  const objects = await retrieve(session, [query], { signal });
  const read = readObject(pickInOrder(objects, [host])[0]!, hostStorageProperties);
  const users = objects.filter(({ obj }) => obj.type === "VirtualMachine").map(diskUser);
  const datastores = objects.filter(({ obj }) => obj.type === "Datastore").map(nameById);
  const p = { ...read.properties, datastoreNames: new Map(datastores) };
  const incomplete = (property: string, open: string): Error => read.incomplete(property, `${open} ${WAY_OUT}`);
  const isAtStake = !read.has("hardware.pciDevice") || hasOwnNvme(p);
  // A host boots from a disk behind some adapter: a list of none is no list.
  const missing =
    p["config.storageDevice.hostBusAdapter"].length === 0
      ? "config.storageDevice.hostBusAdapter"
      : NEEDED.find((path) => !read.has(path));
  if (missing && isAtStake)
    throw incomplete(missing, "So it can't be told which drives the host uses itself, and none is taken for free.");
  const { placed, unplaced } = devicesInUse(p, users, askForBootDisk ? await bootDisks(session, host, { signal }) : []);
  if (unplaced.length > 0 && isAtStake)
    throw incomplete(
      `the PCI device behind ${unplaced.join(", ")}`,
      "So it can be any NVMe drive of the host, and none is taken for free.",
    );
  return placed;
}

/** What the host itself uses devices for, by address: use, adapter and disk by name. */
export async function readUsesByAddress(
  session: Session,
  host: ManagedObjectReference,
  { readOnly, ...options }: PrivilegedReadOptions = {},
): Promise<ReadonlyMap<string, readonly string[]>> {
  const uses = new Map<string, string[]>();
  const inUse = await ifPermitted(hostDevicesInUse(session, host, options), {
    readOnly,
    otherwise: () => hostDevicesInUse(session, host, { ...options, askForBootDisk: false }),
  });
  for (const { address, adapter, lun, detail } of inUse) {
    uses.set(address, [...(uses.get(address) ?? []), `${detail} (${adapter}, ${lun})`]);
  }
  return uses;
}

/** One that can't be read shows no disks: what it may have mapped is not known. */
function diskUser(object: RawObject): Parameters<typeof usesByDisk>[1][number] {
  const { reference, properties } = readVisible(object, diskUserProperties);
  const title = `${properties.name ?? reference.value} (${reference.value})`;
  return { title, devices: properties["config.hardware.device"] };
}

function nameById(object: RawObject): [string, string | undefined] {
  const { reference, properties } = readVisible(object, datastoreProperties);
  return [reference.value, properties.name];
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

async function bootDisks(session: Session, host: ManagedObjectReference, options: Abortable): Promise<string[]> {
  try {
    const rows = await esxcli(session, host, ["storage", "core", "device", "list"], options);
    return rows.filter(({ IsBootDevice }) => IsBootDevice === "true").flatMap(({ Device }) => Device ?? []);
  } catch (error) {
    // Older hosts, and servers that aren't VMware's, don't know the command.
    if (["MethodNotFound", "NotSupported", "NotFound", "CLIFault"].some((type) => isFault(error, type))) return [];
    throw error;
  }
}

/**
 * vSAN's Express Storage Architecture has no disk groups (VsanHostConfigInfo.storageInfo.diskMapping): its disks are
 * told by HostScsiDisk.vsanDiskInfo, "current vSAN disk info if in use by vSAN" (vSphere Web Services API).
 */
function hidesItsDisks(p: StorageProperties, uses: ReadonlyMap<string, readonly DiskUse[]>): boolean {
  return (
    p["config.vsanHostConfig.enabled"] === true &&
    p["config.vsanHostConfig.vsanEsaEnabled"] === true &&
    ![...uses.values()].flat().some(({ use }) => use === "vsan")
  );
}

/** The uses by device, and those that may be on any NVMe drive, in words. */
function devicesInUse(
  p: StorageProperties,
  users: Parameters<typeof usesByDisk>[1],
  bootDiskNames: readonly string[],
): { placed: DeviceInUse[]; unplaced: string[] } {
  const uses = usesByDisk(p, users);
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
    unplaced: [
      ...(hidesItsDisks(p, uses) ? ["the storage pool of vSAN ESA, whose disks it doesn't name"] : []),
      ...[...uses]
        .filter(([lun]) => mayBeLocalNvme(lun, p["config.storageDevice.scsiLun"]) && !isPlaced(lun))
        .map(([lun, on]) => `${lun} (${on.map(({ detail }) => detail).join(", ")})`),
    ],
  };
}
