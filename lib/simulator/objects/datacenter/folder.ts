import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";

/** A folder of one kind of objects; the root folder holds the datacenter. */
export class Folder extends ManagedEntity {
  readonly entries: ManagedEntity[] = [];

  constructor(
    world: World,
    id: string,
    name: string,
    readonly childType: readonly string[],
  ) {
    super(world, "Folder", id, name);
    this.offer({ properties: { childType: () => this.childType, childEntity: () => refs(this.entries) } });
  }

  override get children(): readonly ManagedEntity[] {
    return this.entries;
  }

  put<T extends ManagedEntity>(entity: T): T {
    entity.parent = this;
    this.entries.push(entity);
    return entity;
  }

  /** It goes with what it holds, one after the other, virtual machines from disk (vim.Folder on Destroy_Task). */
  override destroy(): void {
    for (const entity of [...this.entries]) {
      const task = this.world.tasks.busy(entity);
      if (task) throw new Fault("TaskInProgress", `A task is under way on ${entity.name}: ${task.id}`, { task });
      entity.destroy();
    }
    (this.parent as Folder).take(this);
    this.discard();
  }

  take(entity: ManagedEntity): void {
    this.entries.splice(this.entries.indexOf(entity), 1);
  }
}
