import type { FromVim } from "../wire/types";
import { canonicalName } from "./storage-paths";

export interface DiskUse {
  use:
    | "datastore"
    | "host cache"
    | "scratch"
    | "vsan"
    | "coredump"
    | "boot"
    | "memory tiering"
    | "flash"
    | "raw device mapping";
  /** For people: `datastore "db1", partition 1`. */
  detail: string;
}

/** What of a host's storage says what its disks are for. */
interface DiskOwners {
  "config.storageDevice.scsiLun": readonly FromVim<"ScsiLun">[];
  "config.fileSystemVolume.mountInfo": readonly FromVim<"HostFileSystemMountInfo">[];
  "config.vsanHostConfig.storageInfo.diskMapping": readonly FromVim<"VsanHostDiskMapping">[];
  "config.vsanHostConfig.vsanEsaEnabled"?: boolean;
  "config.cacheConfigurationInfo": readonly FromVim<"HostCacheConfigurationInfo">[];
  "config.option": readonly FromVim<"OptionValue">[];
  /** By their ids, which the host cache names its own by. */
  datastoreNames: ReadonlyMap<string, string | undefined>;
  "config.activeDiagnosticPartition"?: FromVim<"HostDiagnosticPartition">;
  "config.vFlashConfigInfo.vFlashResourceConfigInfo.vffs"?: FromVim<"HostVffsVolume">;
}

/** A virtual machine's devices, and the virtual machine as a person knows it. */
interface DiskUser {
  title: string;
  devices: readonly FromVim<"VirtualDevice">[];
}

/** What the host and its virtual machines use each disk for, by the disk's canonical name. */
export function usesByDisk(p: DiskOwners, users: readonly DiskUser[]): Map<string, DiskUse[]> {
  const uses = new Map<string, DiskUse[]>();
  const note = (lun: string, use: DiskUse): void => void uses.set(lun, [...(uses.get(lun) ?? []), use]);
  for (const { volume, mountInfo } of p["config.fileSystemVolume.mountInfo"]) {
    if (!("extent" in volume)) continue;
    const { name, type, extent } = volume as FromVim<"HostVmfsVolume">;
    const also = usesOfVolume({ name, path: mountInfo.path }, p);
    for (const { diskName, partition } of extent)
      for (const use of [volumeUse(name, type, partition), ...also]) note(diskName, use);
  }
  for (const { ssd, nonSsd } of p["config.vsanHostConfig.storageInfo.diskMapping"]) {
    for (const disk of [ssd, ...nonSsd]) note(canonicalName(disk), { use: "vsan", detail: "a vSAN disk group" });
  }
  const isEsa = p["config.vsanHostConfig.vsanEsaEnabled"] === true;
  for (const lun of p["config.storageDevice.scsiLun"]) {
    const { vsanDiskInfo, usedByMemoryTiering } = lun as Partial<FromVim<"HostScsiDisk">>;
    const name = canonicalName(lun);
    if (vsanDiskInfo && !uses.get(name)?.some(({ use }) => use === "vsan"))
      note(name, {
        use: "vsan",
        detail: `${isEsa ? "vSAN ESA's storage pool, disk" : "vSAN disk"} ${vsanDiskInfo.vsanUuid}`,
      });
    if (usedByMemoryTiering) note(name, { use: "memory tiering", detail: "memory tiering" });
  }
  const coredump = p["config.activeDiagnosticPartition"]?.id;
  if (coredump) note(coredump.diskName, { use: "coredump", detail: `the coredump partition ${coredump.partition}` });
  for (const { diskName, partition } of p["config.vFlashConfigInfo.vFlashResourceConfigInfo.vffs"]?.extent ?? [])
    if (!uses.has(diskName))
      note(diskName, { use: "flash", detail: `the virtual flash resource, partition ${partition}` });
  for (const { title, devices } of users) {
    for (const { label, mode, disk } of rawDisks(devices)) {
      for (const lun of p["config.storageDevice.scsiLun"].filter((one) => isMapped(disk, one)))
        note(canonicalName(lun), { use: "raw device mapping", detail: `${mode} ${label} of virtual machine ${title}` });
    }
  }
  return uses;
}

type RawDisk = FromVim<"VirtualDiskRawDiskMappingVer1BackingInfo">;

/** Disks of a virtual machine that are a disk of the host, in virtual or in physical compatibility mode. */
function rawDisks(devices: readonly FromVim<"VirtualDevice">[]): { label: string; mode: string; disk: RawDisk }[] {
  return devices.flatMap(({ key, deviceInfo, backing }) => {
    if (backing?.$type !== "VirtualDiskRawDiskMappingVer1BackingInfo") return [];
    const disk = backing as RawDisk;
    const mode = disk.compatibilityMode === "physicalMode" ? "the physical" : "the virtual";
    return [{ label: `raw device mapping ${JSON.stringify(deviceInfo?.label ?? String(key))}`, mode, disk }];
  });
}

/** By the LUN's UUID, or by a name of its device: `vml.` with that UUID behind it, or the canonical name. */
function isMapped({ lunUuid, deviceName = "" }: RawDisk, lun: FromVim<"ScsiLun">): boolean {
  const name = deviceName.slice(deviceName.lastIndexOf("/") + 1);
  return lunUuid?.toLowerCase() === lun.uuid.toLowerCase() || [canonicalName(lun), `vml.${lun.uuid}`].includes(name);
}

/** The advanced option of the scratch location, a folder on a volume: "/vmfs/volumes/UUID/.locker" (KB 1033696). */
const SCRATCH = "ScratchConfig.ConfiguredScratchLocation";

/**
 * What else a volume is for: the host cache, which HostConfigInfo.cacheConfigurationInfo has by datastore, and the
 * scratch location, which is named by the volume's path or its label.
 */
function usesOfVolume({ name, path }: { name: string; path: string | undefined }, p: DiskOwners): DiskUse[] {
  const scratch = p["config.option"].find(({ key }) => key === SCRATCH)?.value;
  const isBelow = (folder: string | undefined): boolean =>
    folder !== undefined && typeof scratch === "string" && `${scratch}/`.startsWith(`${folder.replace(/\/+$/, "")}/`);
  return [
    ...p["config.cacheConfigurationInfo"]
      .filter(({ key, swapSize }) => swapSize > 0 && p.datastoreNames.get(key.value) === name)
      .map(({ swapSize }): DiskUse => ({ use: "host cache", detail: `the host cache of ${swapSize} MB` })),
    ...([path, `/vmfs/volumes/${name}`].some(isBelow)
      ? [{ use: "scratch" as const, detail: `the scratch location ${String(scratch)}` }]
      : []),
  ];
}

/** Since ESXi 7.0 the system boots from and keeps its data on volumes of its own, listed among the datastores. */
function volumeUse(name: string, type: string, partition: number): DiskUse {
  const system = /^(OSDATA|BOOTBANK[12]|LOCKER)-/.test(name) || type === "VMFSOS";
  return {
    use: system ? "boot" : "datastore",
    detail: `${system ? "the system's volume" : "datastore"} ${JSON.stringify(name)}, partition ${partition}`,
  };
}
