import { Fault } from "../../../fault";
import { type DataObject, isDataObject, listOf, type Reference } from "../../../value";
import { Datastore } from "../../datacenter/datastore";
import type { HostSystem } from "../../host/host-system";
import { type DeviceOwner, deviceOwner } from "./device-owner";
import { diskFile, freePath } from "./disk-files";
import { placed } from "./disks";

/** Where a virtual machine and its disks are to be. */
export interface Placement {
  readonly host: HostSystem;
  readonly home?: Datastore;
  /** Its devices there. */
  readonly hardware: readonly DataObject[];
}

/** Ways to move disks that leave each its own file; the others make children of disks. */
const WHOLE = ["moveAllDiskBackingsAndAllowSharing", "moveAllDiskBackingsAndDisallowSharing"];

/** Fields of a RelocateSpec that are taken; for another one it is refused. */
const TAKEN = ["$type", "folder", "datastore", "diskMoveType", "pool", "host", "disk", "transform", "deviceChange"];

/**
 * The placement that a VirtualMachineRelocateSpec asks for. What it leaves open stays where it is, or goes to the
 * host's first datastore where the host doesn't have the one that it is on (assumed: that is storage moved along).
 * `copy`: who the disks are then, copies with files of their own.
 */
export function placementOf(
  owner: DeviceOwner,
  host: HostSystem,
  { spec = {}, copy }: { spec?: DataObject; copy?: Pick<DeviceOwner, "uuid" | "directory"> } = {},
): Placement {
  checkFields(spec);
  const locators = listOf(spec["disk"]) as DataObject[];
  const stranger = locators.find(({ diskId }) => !disksOf(owner).some(({ key }) => key === diskId));
  if (stranger)
    throw invalid("spec.disk.diskId", `${owner.name} has no disk with the key ${String(stranger["diskId"])}`);
  const all = spec["datastore"] && datastoreOf(host, spec["datastore"] as Reference);
  const home = all || (owner.home && host.datastores.find((one) => one === owner.home)) || host.datastores[0];
  const there: DeviceOwner = { ...deviceOwner(owner), ...copy, host, home };
  const hardware: DataObject[] = [];
  for (const device of owner.hardware) {
    if (device.$type !== "VirtualDisk") {
      hardware.push(device);
      continue;
    }
    const locator = locators.find(({ diskId }) => diskId === device["key"]);
    const { datastore: now } = device["backing"] as { datastore: Reference };
    const to = locator
      ? datastoreOf(host, locator["datastore"] as Reference)
      : all || host.datastores.find(({ ref }) => ref.id === now.id) || home;
    if (!to) throw new Fault("InvalidDatastore", `${host.name} has no datastore`, {});
    const backing = { ...(device["backing"] as DataObject), ...laidDown(locator) };
    if (!copy && to.ref.id === now.id) hardware.push({ ...device, backing });
    else {
      const fileName = diskFile(to, freePath(to, { owner: there, devices: hardware }));
      const file = placed(backing, { fileName, datastore: to, uuid: there.uuid });
      hardware.push({ ...device, backing: copy ? file : { ...file, uuid: backing["uuid"] } });
    }
  }
  return { host, home, hardware };
}

const invalid = (invalidProperty: string, why: string): Fault => new Fault("InvalidArgument", why, { invalidProperty });

const disksOf = ({ hardware }: DeviceOwner): DataObject[] => hardware.filter(({ $type }) => $type === "VirtualDisk");

function datastoreOf(host: HostSystem, ref: Reference): Datastore {
  const datastore = host.datastores.find((one) => one.ref.id === ref.id);
  if (datastore) return datastore;
  const elsewhere = host.world.find(ref);
  throw new Fault(
    "InvalidDatastore",
    `${host.name} has no datastore ${elsewhere instanceof Datastore ? elsewhere.name : ref.id}`,
    { datastore: ref },
  );
}

function checkFields(spec: DataObject): void {
  const locators = listOf(spec["disk"]) as DataObject[];
  const other =
    Object.keys(spec).find((name) => spec[name] !== undefined && !TAKEN.includes(name)) ??
    locators.flatMap((one) => Object.keys(one)).find((name) => ["profile", "backing", "filterSpec"].includes(name));
  if (other)
    throw new Fault("NotSupported", `The embedded vCenter takes no ${other} where a virtual machine is placed`);
  if (spec["transform"] === "sparse") throw new Fault("NotSupported", "The embedded vCenter makes no sparse disks");
  for (const { diskMoveType } of [spec, ...locators])
    if (diskMoveType !== undefined && !WHOLE.includes(diskMoveType as string))
      throw new Fault(
        "NotSupported",
        `The embedded vCenter makes no linked disks: diskMoveType ${String(diskMoveType)}`,
      );
}

/** How the copy of a disk is laid down. */
function laidDown(locator?: DataObject): DataObject {
  const backing = locator?.["diskBackingInfo"];
  if (!isDataObject(backing)) return {};
  if (backing.$type !== "VirtualDiskFlatVer2BackingInfo")
    throw new Fault("NotSupported", `The embedded vCenter makes no disk on ${String(backing.$type)}`);
  const names = ["diskMode", "thinProvisioned", "eagerlyScrub", "writeThrough", "sharing"];
  return Object.fromEntries(names.flatMap((name) => (backing[name] === undefined ? [] : [[name, backing[name]]])));
}
