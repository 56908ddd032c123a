import type { DataObject } from "../../../value";
import type { Datastore } from "../../datacenter/datastore";
import { HostSystem } from "../../host/host-system";
import type { DeviceContext } from "./device-family";
import type { DeviceOwner } from "./device-owner";

export const diskFile = (datastore: Datastore, path: string): string => `[${datastore.name}] ${path}`;

/** The files of the disks in a list of devices. */
export const filesOf = (devices: readonly DataObject[]): string[] =>
  devices.filter(({ $type }) => $type === "VirtualDisk").map((disk) => fileOf(disk));

export const fileOf = (disk: DataObject): string => (disk["backing"] as DataObject)["fileName"] as string;

/** Some virtual machine has the file. */
export const isAttached = ({ world }: DeviceOwner, file: string): boolean =>
  world
    .all(HostSystem)
    .some(({ virtualMachines }) => virtualMachines.some(({ diskFiles }) => diskFiles.includes(file)));

/** A path for a new disk, in the folder of its virtual machine: db/db.vmdk, db/db_1.vmdk, … */
export function freePath(datastore: Datastore, { owner, devices }: Pick<DeviceContext, "owner" | "devices">): string {
  const { directory } = owner;
  const mine = filesOf(devices);
  for (let index = 0; ; index++) {
    const path = `${directory}/${directory}${index === 0 ? "" : `_${index}`}.vmdk`;
    const file = diskFile(datastore, path);
    if (!mine.includes(file) && !isAttached(owner, file) && !datastore.looseDisks.has(file)) return path;
  }
}
