import type { FromVim } from "../wire/types";
import { canonicalName } from "./storage-paths";

export interface DiskUse {
  use: "datastore" | "vsan" | "coredump" | "boot" | "memory tiering";
  /** For people: `datastore "db1", partition 1`. */
  detail: string;
}

/** What of a host's storage says what its disks are for. */
interface DiskOwners {
  "config.storageDevice.scsiLun": readonly FromVim<"ScsiLun">[];
  "config.fileSystemVolume.mountInfo": readonly FromVim<"HostFileSystemMountInfo">[];
  "config.vsanHostConfig.storageInfo.diskMapping": readonly FromVim<"VsanHostDiskMapping">[];
  "config.activeDiagnosticPartition"?: FromVim<"HostDiagnosticPartition">;
}

/** What the host uses each disk for, by the disk's canonical name. */
export function usesByDisk(p: DiskOwners): Map<string, DiskUse[]> {
  const uses = new Map<string, DiskUse[]>();
  const note = (lun: string, use: DiskUse): void => void uses.set(lun, [...(uses.get(lun) ?? []), use]);
  for (const { volume } of p["config.fileSystemVolume.mountInfo"]) {
    if (!("extent" in volume)) continue;
    const { name, type, extent } = volume as FromVim<"HostVmfsVolume">;
    for (const { diskName, partition } of extent) note(diskName, volumeUse(name, type, partition));
  }
  for (const { ssd, nonSsd } of p["config.vsanHostConfig.storageInfo.diskMapping"]) {
    for (const disk of [ssd, ...nonSsd]) note(canonicalName(disk), { use: "vsan", detail: "a vSAN disk group" });
  }
  for (const lun of p["config.storageDevice.scsiLun"]) {
    const { vsanDiskInfo, usedByMemoryTiering } = lun as Partial<FromVim<"HostScsiDisk">>;
    const name = canonicalName(lun);
    if (vsanDiskInfo && !uses.get(name)?.some(({ use }) => use === "vsan"))
      note(name, { use: "vsan", detail: `vSAN disk ${vsanDiskInfo.vsanUuid}` });
    if (usedByMemoryTiering) note(name, { use: "memory tiering", detail: "memory tiering" });
  }
  const coredump = p["config.activeDiagnosticPartition"]?.id;
  if (coredump) note(coredump.diskName, { use: "coredump", detail: `the coredump partition ${coredump.partition}` });
  return uses;
}

/** Since ESXi 7.0 the system boots from and keeps its data on volumes of its own, listed among the datastores. */
function volumeUse(name: string, type: string, partition: number): DiskUse {
  const system = /^(OSDATA|BOOTBANK[12]|LOCKER)-/.test(name) || type === "VMFSOS";
  return {
    use: system ? "boot" : "datastore",
    detail: `${system ? "the system's volume" : "datastore"} ${JSON.stringify(name)}, partition ${partition}`,
  };
}
