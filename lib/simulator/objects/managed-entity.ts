import type { World } from "../core/world";
import type { Reference } from "../value";
import { ManagedObject, type Properties } from "./managed-object";

/** An object of the inventory: it has a name and a parent. */
export abstract class ManagedEntity extends ManagedObject {
  parent?: ManagedEntity;

  constructor(
    world: World,
    type: string,
    id: string,
    public name: string,
  ) {
    super(world, type, id);
  }

  /** What the search by inventory path and the views see below it. */
  get children(): readonly ManagedEntity[] {
    return [];
  }

  protected get entityProperties(): Properties {
    return {
      // Percent, slash and backslash are escaped (vSphere API reference, ManagedEntity.name).
      name: () => this.name.replace(/%/g, "%25").replace(/\//g, "%2f").replace(/\\/g, "%5c"),
      parent: () => this.parent?.ref,
      overallStatus: () => "green",
      configStatus: () => "green",
      configIssue: () => [],
      triggeredAlarmState: () => [],
      declaredAlarmState: () => [],
      alarmActionsEnabled: () => true,
      permission: () => [],
      effectiveRole: () => [-1],
      disabledMethod: () => [],
      recentTask: () => this.world.tasks.recent(this).map((task) => task.ref),
      tag: () => [],
      customValue: () => [],
      availableField: () => [],
      value: () => [],
    };
  }

  /** "/DC0/vm/db" */
  get path(): string {
    return this.parent ? `${this.parent.path}/${this.name}` : "";
  }
}

export const refs = (objects: readonly ManagedObject[]): Reference[] => objects.map((object) => object.ref);
