import type { Properties } from "../core/operation";
import type { World } from "../core/world";
import { Fault } from "../fault";
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

  /** Ends it, with all that is in it: what can't go stays, and what went before it is gone. */
  destroy(): void {
    throw new Fault("NotSupported", `The embedded vCenter deletes folders and virtual machines, not ${this.name}`);
  }
}

const entityProperties = (entity: ManagedEntity): Properties => ({
  ...extensible,
  // Percent, slash and backslash are escaped (vSphere API reference, ManagedEntity.name).
  name: () => escapedName(entity.name),
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

/** A name as paths and properties have it. */
export const escapedName = (name: string): string =>
  name.replace(/%/g, "%25").replace(/\//g, "%2f").replace(/\\/g, "%5c");

/** The way back. */
export const plainName = (name: string): string =>
  name.replace(/%(2f|5c|25)/gi, (escape) => decodeURIComponent(escape));

/** A name that a request gives, if nothing beside has it. */
export function freeName(given: string, beside: readonly ManagedEntity[]): string {
  const name = plainName(given);
  if (name === "" || name.length > 80)
    throw new Fault("InvalidName", `"${given}" is no name: 1 to 80 characters are`, { name: given });
  const other = beside.find((entity) => entity.name === name);
  if (other) throw new Fault("DuplicateName", `There is a ${name} already`, { name, object: other.ref });
  return name;
}
