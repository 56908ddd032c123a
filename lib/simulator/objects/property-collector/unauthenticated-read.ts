import type { Arguments } from "../../core/operation";
import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import { type DataObject, listOf, type Reference, type Value } from "../../value";

const READS = new Set(["RetrieveProperties", "RetrievePropertiesEx"]);

/**
 * What a property collector answers to a client that isn't logged in, or no longer: as if all went well, with
 * NotAuthenticated for each property of the objects that the read starts from, and nothing that lies beyond them.
 * As reported of vCenter and ESXi (https://github.com/evoila/meho/issues/3773), and as govmomi's simulator does.
 * Undefined for other calls, which fault with NotAuthenticated themselves.
 */
export function unauthenticatedRead(method: string, { specSet }: Arguments): { result?: Value } | undefined {
  if (!READS.has(method)) return undefined;
  const objects = (listOf(specSet) as DataObject[]).flatMap((spec) => {
    const starts = (listOf(spec["objectSet"]) as DataObject[]).filter(({ skip }) => skip !== true);
    return starts.map(({ obj }) => missingAll(obj as Reference, listOf(spec["propSet"]) as DataObject[]));
  });
  if (method === "RetrieveProperties") return { result: objects };
  return objects.length === 0 ? {} : { result: { objects } };
}

function missingAll(obj: Reference, propSets: readonly DataObject[]): DataObject {
  // Who asks a session manager for its session learns from the answer that there is none.
  if (obj.type === "SessionManager") return { obj };
  const paths = propSets
    .filter(({ type }) => schema.isA(obj.type, type as string))
    .flatMap(({ all, pathSet }) =>
      all === true ? schema.fields(obj.type).map(({ name }) => name) : (listOf(pathSet) as string[]),
    );
  const fault = new Fault("NotAuthenticated", "The session is not authenticated", {
    object: obj,
    privilegeId: "System.Read",
  }).localized();
  return { obj, missingSet: [...new Set(paths)].map((path) => ({ path, fault })) };
}
