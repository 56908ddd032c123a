import { isAllowed, type Session } from "../../core/session";
import type { WorldObject } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject } from "../../value";

export const noPermission = (object: WorldObject, privilegeId: string): Fault =>
  new Fault("NoPermission", `${privilegeId} on ${String(object.ref)} is missing`, { object: object.ref, privilegeId });

/** What a session that may not read an object gets instead of its properties; undefined if it may. */
export function missingProperties(
  object: WorldObject,
  paths: readonly string[],
  session?: Session,
): DataObject[] | undefined {
  if (!session || isAllowed(session, object, "System.Read")) return undefined;
  return paths.map((path) => ({ path, fault: noPermission(object, "System.Read").localized() }));
}
