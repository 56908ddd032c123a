import type { Call, Operations } from "../../core/operation";
import { Fault } from "../../fault";
import { listOf, Reference } from "../../value";
import { freeName, ManagedEntity } from "../managed-entity";
import { Datacenter } from "./datacenter";
import { Folder } from "./folder";

/** What can be done to a folder, whatever it holds. `make` puts a new one of its kind into it. */
export const folderOperations = (
  folder: Folder,
  make: (parent: Folder, id: string, name: string) => Folder,
): Operations => ({
  CreateFolder: {
    privilege: "Folder.Create",
    run: ({ name }) => {
      const made = make(folder, newId(folder), freeName(name as string, folder.entries));
      folder.world.changes.announce();
      return made.ref;
    },
  },
  Rename_Task: {
    privilege: "Folder.Rename",
    run: ({ newName }, call) => {
      requireOwn(folder);
      return start(folder, call, "rename", () => {
        folder.name = freeName(newName as string, beside(folder));
        folder.world.changes.announce();
      });
    },
  },
  Destroy_Task: {
    privilege: () => ["Folder.Delete", ...(holdsVirtualMachine(folder) ? ["VirtualMachine.Inventory.Delete"] : [])],
    run: (_args, call) => {
      requireOwn(folder);
      return start(folder, call, "destroy", () => folder.destroy());
    },
  },
  MoveIntoFolder_Task: {
    privilege: "Folder.Move",
    run: ({ list }, call) => {
      const moved = (listOf(list) as Reference[]).map((ref) => folder.world.get(ref));
      return start(folder, call, "moveIntoFolder", () => {
        for (const entity of moved) checkMove(folder, entity);
        for (const entity of moved as ManagedEntity[]) {
          (entity.parent as Folder).take(entity);
          folder.put(entity);
        }
        folder.world.changes.announce();
      });
    },
  },
});

const start = (folder: Folder, call: Call, name: string, work: () => void): Reference =>
  folder.world.tasks.start({
    descriptionId: `Folder.${name}`,
    entity: folder,
    call,
    durationMs: folder.world.timings.reconfigureMs,
    work,
  });

const holdsVirtualMachine = (folder: Folder): boolean =>
  folder.entries.some((entity) =>
    entity instanceof Folder ? holdsVirtualMachine(entity) : entity.ref.type === "VirtualMachine",
  );

const beside = (folder: Folder): ManagedEntity[] =>
  (folder.parent as Folder).entries.filter((other) => other !== folder);

/** The root folder and a datacenter's own are there as long as what they belong to. */
function requireOwn(folder: Folder): void {
  if (!(folder.parent instanceof Folder)) throw new Fault("NotSupported", `${folder.name} can't be changed`);
}

function checkMove(folder: Folder, entity: unknown): asserts entity is ManagedEntity {
  if (entity instanceof ManagedEntity && !MOVED.includes(entity.ref.type))
    throw new Fault("NotSupported", `The embedded vCenter moves folders and virtual machines, not ${entity.name}`);
  if (!(entity instanceof ManagedEntity) || !(entity.parent instanceof Folder) || rootOf(folder) !== rootOf(entity))
    throw new Fault("InvalidFolder", `${folder.name} doesn't hold this`, { target: folder.ref });
  for (let above: ManagedEntity | undefined = folder; above; above = above.parent)
    if (above === entity)
      throw new Fault("InvalidFolder", "A folder can't be moved into itself", { target: folder.ref });
  if (entity.parent !== folder) freeName(entity.name, folder.entries);
}

const MOVED = ["Folder", "VirtualMachine"];

/** A datacenter's own folder of the kind, or the root folder: nothing goes from below one to below another. */
function rootOf(entity: ManagedEntity): ManagedEntity {
  return entity.parent && !(entity.parent instanceof Datacenter) ? rootOf(entity.parent) : entity;
}

/** "group-v1001": the letter tells what a folder holds. */
function newId(folder: Folder): string {
  const { world, ref } = folder;
  const id = `${ref.id.replace(/\d+$/, "")}${1000 + world.number("folder")}`;
  return world.find(new Reference("Folder", id)) ? newId(folder) : id;
}
