import type { Arguments, Call, Operation, Result } from "./core/operation";
import { isAllowed } from "./core/session";
import type { WorldObject } from "./core/world";
import { Fault } from "./fault";
import { noPermission } from "./objects/property-collector/no-permission";
import { readPath } from "./objects/property-collector/property-path";

/** Carries an operation out, if the session may. */
export function invoke(target: WorldObject, name: string, args: Arguments, call: Call): Result {
  const operation = name === "Fetch" ? fetchOf(target) : target.operations[name];
  if (!operation)
    throw new Fault("NotSupported", `The embedded vCenter doesn't carry out ${name} on ${target.ref.type}`);
  const needed = operation.privilege ?? "System.View";
  for (const privilege of typeof needed === "string" ? [needed] : needed(args)) {
    if (call.session && !isAllowed(call.session, target, privilege)) throw noPermission(target, privilege);
  }
  return operation.run(args, call);
}

/** What every object can be asked: one of its properties. */
const fetchOf = (target: WorldObject): Operation => ({
  privilege: "System.Read",
  run: ({ prop }, { log, session }) => {
    log.read.push({ type: target.ref.type, value: target.ref.id, paths: [prop as string] });
    return readPath(target, prop as string, session);
  },
});
