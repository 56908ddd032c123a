import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { type DataObject, Reference } from "../../value";
import type { Folder } from "../datacenter/folder";
import { apply, check } from "./reconfigure";
import { VirtualMachine } from "./virtual-machine";

export function requireFreeName(folder: Folder, name: string): void {
  const other = folder.entries.find((entry) => entry.name === name);
  if (other) throw new Fault("DuplicateName", `${folder.name} holds a ${name} already`, { name, object: other.ref });
}

/** A new virtual machine with its configuration; where that can't be, there is no virtual machine either. */
export function configured(vm: VirtualMachine, spec: DataObject): void {
  try {
    check(vm, spec, true);
    apply(vm, spec, true);
  } catch (error) {
    vm.takeOut();
    throw error;
  }
}

/** db, db_1, db_2, … */
export function freeDirectory(world: World, datastore: string | undefined, wanted: string): string {
  const taken = new Set(
    world.all(VirtualMachine).flatMap(({ home, directory }) => (home?.name === datastore ? directory : [])),
  );
  let directory = wanted;
  for (let number = 1; taken.has(directory); number++) directory = `${wanted}_${number}`;
  return directory;
}

export function newId(world: World): string {
  const id = `vm-${1000 + world.number("vm")}`;
  return world.find(new Reference("VirtualMachine", id)) ? newId(world) : id;
}
