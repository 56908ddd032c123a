import type { Properties } from "../core/operation";
import type { World } from "../core/world";
import { extensible, ManagedObject } from "./managed-object";

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
    this.properties = entityProperties(this);
  }

  /** What the search by inventory path and the views see below it. */
  get children(): readonly ManagedEntity[] {
    return [];
  }
}

const entityProperties = (entity: ManagedEntity): Properties => ({
  ...extensible,
  // Percent, slash and backslash are escaped (vSphere API reference, ManagedEntity.name).
  name: () => entity.name.replace(/%/g, "%25").replace(/\//g, "%2f").replace(/\\/g, "%5c"),
  parent: () => entity.parent?.ref,
  overallStatus: () => "green",
  configStatus: () => "green",
  configIssue: () => [],
  triggeredAlarmState: () => [],
  declaredAlarmState: () => [],
  alarmActionsEnabled: () => true,
  permission: () => [],
  effectiveRole: () => [-1],
  disabledMethod: () => [],
  recentTask: () => entity.world.tasks.recent(entity),
  tag: () => [],
  customValue: () => [],
});
