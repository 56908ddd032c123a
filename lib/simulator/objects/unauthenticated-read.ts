import type { World } from "../core/world";
import { Fault } from "../fault";
import { schema } from "../schema/schema";
import { listOf } from "../value";
import type { DataObject, Reference, Value } from "../value";
import type { Arguments } from "./managed-object";

const READS = new Set(["RetrieveProperties", "RetrievePropertiesEx"]);

/**
 * What a property collector answers to a client that isn't logged in, or no longer: as if all went well, with
 * NotAuthenticated for each property of the objects that the read starts from, and nothing that lies beyond them.
 * As reported of vCenter and ESXi (https://github.com/evoila/meho/issues/3773), and as govmomi's simulator does.
 * Undefined for other calls, which fault with NotAuthenticated themselves.
 */
export function unauthenticatedRead(method: string, { specSet }: Arguments): Value | undefined {
  if (!READS.has(method)) return undefined;
  const objects = (listOf(specSet) as DataObject[]).flatMap((spec) => {
    const starts = (listOf(spec["objectSet"]) as DataObject[]).filter(({ skip }) => skip !== true);
    return starts.map(({ obj }) => missingAll(obj as Reference, listOf(spec["propSet"]) as DataObject[]));
  });
  if (method === "RetrieveProperties") return objects;
  return objects.length === 0 ? undefined : { objects };
}
