import type { World } from "../../core/world";
import type { InventorySnapshot } from "../../inventory/inventory";
import { extensible, ManagedObject } from "../managed-object";

/** What a snapshot is called; where it isn't kept from before, it is numbered, and made now. */
export type SnapshotDescription = Pick<InventorySnapshot, "name" | "description"> & Partial<InventorySnapshot>;

/** A snapshot of a virtual machine. */
export class Snapshot extends ManagedObject {
  readonly name: string;
  readonly description: string;
  readonly created: Date;

  constructor(world: World, { name, description, id, created }: SnapshotDescription) {
    super(world, "VirtualMachineSnapshot", id ?? `snapshot-${world.number("snapshot") + 1000}`);
    this.name = name;
    this.description = description;
    this.created = new Date(created ?? world.now());
    this.properties = extensible;
  }
}
