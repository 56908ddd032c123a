import { stableUuid } from "../../../core/random";
import { type DataObject, isDataObject, type Reference } from "../../../value";
import type { Datastore } from "../../datacenter/datastore";
import { datastorePath } from "./datastore-path";
import type { DeviceContext, DeviceFamily } from "./device-family";
import { diskFile, freePath, isAttached } from "./disk-files";
import { ideUnits, nvmeUnits, sataUnits, scsiUnits } from "./places";
import { shares } from "./shares";

const FLAT = "VirtualDiskFlatVer2BackingInfo";

/** What is laid down when a disk is made. */
const LAID_DOWN = ["thinProvisioned", "eagerlyScrub", "split"];

export const disks: DeviceFamily = {
  types: ["VirtualDisk"],
  carriers: {
    VirtualSCSIController: scsiUnits,
    VirtualSATAController: sataUnits,
    VirtualNVMEController: nvmeUnits,
    VirtualIDEController: ideUnits,
  },
  hotPlug: ({ $type }) => $type !== "VirtualIDEController",
  label: (index) => `Hard disk ${index + 1}`,
  summary: (disk) => `${(disk["capacityInKB"] as number).toLocaleString("en-US")} KB`,
  complete(disk, context) {
    const backing = backingOf(disk, context);
    const { datastore, fileName } = backing as { datastore: Reference; fileName: string };
    const loose = context.owner.host.datastores.find(({ ref }) => ref.id === datastore.id)?.looseDisks.get(fileName);
    return {
      ...disk,
      ...(loose === undefined ? capacityOf(disk, context) : capacity(loose)),
      backing,
      shares: shares(disk["shares"], 1000),
      storageIOAllocation: allocation(disk["storageIOAllocation"]),
      diskObjectId: `1-${disk["key"] as number}`,
    };
  },
};

function allocation(given: DataObject[string]): DataObject {
  const { limit = -1, reservation = 0, shares: part } = isDataObject(given) ? given : {};
  return { limit, reservation, shares: shares(part, 1000) };
}

function capacityOf(disk: DataObject, { former, refuse }: DeviceContext): DataObject {
  const { capacityInKB: kb, capacityInBytes: bytes } = disk as { capacityInKB: number; capacityInBytes?: number };
  const before = former?.["capacityInKB"] as number | undefined;
  // Who changes one of the two may leave the other as it was.
  const byKb = !bytes || (kb !== before && bytes === former?.["capacityInBytes"]);
  const wanted = byKb ? kb : Math.ceil(bytes / 1024);
  if (wanted <= 0) throw refuse("InvalidDeviceSpec", "A disk needs a capacity above zero");
  if (before !== undefined && wanted < before)
    throw refuse("InvalidDeviceSpec", `A disk can't shrink, from ${before} KB to ${wanted} KB`);
  return byKb ? capacity(wanted) : { capacityInKB: wanted, capacityInBytes: bytes };
}

const capacity = (capacityInKB: number): DataObject => ({ capacityInKB, capacityInBytes: capacityInKB * 1024 });

function backingOf(disk: DataObject, context: DeviceContext): DataObject {
  const { former, owner, fileOperation, refuse } = context;
  const backing = disk["backing"];
  if (!isDataObject(backing) || backing.$type !== FLAT)
    throw refuse("InvalidDeviceBacking", `A disk is backed by ${FLAT}; the embedded vCenter knows no other`);
  if (backing["parent"] !== undefined)
    throw refuse("NotSupported", "The embedded vCenter makes no disk that is the child of another");
  if (former) return editedBacking(backing, former["backing"] as DataObject, context);
  const { datastore, path } = datastorePath(backing, context);
  const fileName = diskFile(datastore, path === "" ? freePath(datastore, context) : path);
  const there = isAttached(owner, fileName) || datastore.looseDisks.has(fileName);
  if (fileOperation === "create" && there)
    throw refuse("FileAlreadyExists", `${fileName} is there already`, { file: fileName });
  if (fileOperation === undefined && !there)
    throw refuse("FileNotFound", `There is no disk ${fileName}: one that is to be made needs fileOperation create`, {
      file: fileName,
    });
  if (fileOperation === undefined && isAttached(owner, fileName))
    throw refuse("NotSupported", `${fileName} belongs to a virtual machine; the embedded vCenter shares no disk`);
  return placed(
    { thinProvisioned: false, sharing: "sharingNone", ...backing },
    { fileName, datastore, uuid: owner.uuid },
  );
}

/** A disk's file, and who it is by it. */
export const placed = (
  backing: DataObject,
  { fileName, datastore, uuid }: { fileName: string; datastore: Datastore; uuid: string },
): DataObject => ({
  ...backing,
  fileName,
  datastore: datastore.ref,
  uuid: `6000C29${stableUuid(`disk ${uuid} ${fileName}`).slice(7)}`,
});

function editedBacking(backing: DataObject, kept: DataObject, { refuse }: DeviceContext): DataObject {
  const given = backing["fileName"] as string;
  const datastore = backing["datastore"] as Reference | undefined;
  if (
    (given !== "" && given !== kept["fileName"]) ||
    (datastore && datastore.id !== (kept["datastore"] as Reference).id)
  )
    throw refuse("NotSupported", `A reconfiguration moves no disk: ${kept["fileName"] as string} stays where it is`);
  const other = LAID_DOWN.find((name) => backing[name] !== undefined && backing[name] !== (kept[name] ?? false));
  if (other) throw refuse("InvalidDeviceBacking", `${other} of a disk that is there can't be changed`);
  return { ...kept, ...backing, fileName: kept["fileName"], datastore: kept["datastore"], uuid: kept["uuid"] };
}
