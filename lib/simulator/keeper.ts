import type { World } from "./core/world";
import { currentInventory } from "./inventory/current-inventory";
import type { Inventory } from "./inventory/inventory";

/** Hands on what is there whenever it may have changed. */
export class Keeper {
  private changed = true;

  constructor(
    private readonly world: World,
    private readonly origin: Inventory,
    private readonly write: (inventory: Inventory) => void,
  ) {
    world.changes.listen(() => {
      this.changed = true;
      // Once the change is whole, and before anything leaves the process that tells of it.
      queueMicrotask(() => this.saveSilently());
    });
  }

  /** @throws what `write` throws; the next save tries again */
  save(): void {
    if (!this.changed || this.world.end.signal.aborted) return;
    this.write(currentInventory(this.world, this.origin));
    this.changed = false;
  }

  /** Nobody asked for this change just now: the next call is told. */
  private saveSilently(): void {
    try {
      this.save();
    } catch {
      // It is still unsaved.
    }
  }
}
