import { isOlder } from "../../compare-versions";
import { isFault } from "../wire/fault";
import { badAnswer } from "../wire/http-errors";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { parseField } from "../wire/schema";
import type { ToVim } from "../wire/types";
import { pickInOrder, type PropertyTable, type RawObject } from "./answers";
import { objectQuery, type ObjectQuery } from "./object-query";
import type { Abortable, CallOptions, Session } from "./session";

export interface RetrieveOptions extends Abortable {
  /** Objects that are gone are left out of the answer instead of failing the call. */
  allowGone?: boolean;
}

/** Objects in one answer; more comes page by page, since a long answer holds up all else while it is parsed. */
const pageObjects = 100;
/** Twice the virtual machines and hosts that a vCenter takes. */
const mostPages = 1_000;

/** Paths that a server turned out not to have; vCenter always has them, others may not. */
const lacking = new WeakMap<Session, Set<string>>();

/**
 * Reads `table` of objects of one type, in the order of `references`. Rejects with a VimFault ManagedObjectNotFound for
 * one that is gone, unless `allowGone` leaves it out.
 */
export async function retrieveInOrder(
  session: Session,
  references: readonly ManagedObjectReference[],
  table: PropertyTable,
  options: RetrieveOptions = {},
): Promise<RawObject[]> {
  if (references.length === 0) return [];
  return pickInOrder(await retrieve(session, [objectQuery(references, table)], options), references, options);
}

/** Reads what `queries` describe by one RetrievePropertiesEx, and its continuations if the answer is long. */
export async function retrieve(
  session: Session,
  queries: readonly ObjectQuery[],
  { signal, allowGone }: RetrieveOptions = {},
): Promise<RawObject[]> {
  const { propertyCollector } = await session.content(signal);
  // One limit for all pages: each for itself a server could answer in time, and for ever.
  const limited = { signal, startedAt: session.now() };
  for (;;) {
    const key = await session.sessionKey(signal);
    const objects = await knownPathsOnly(session, queries, { allowGone }, async (specSet) => {
      const args = { specSet: [...specSet], options: { maxObjects: pageObjects } };
      const found: RawObject[] = [];
      let page = await session.call("RetrievePropertiesEx", propertyCollector, args, limited);
      for (let pages = 1; page; pages++) {
        found.push(...page.objects);
        const { token } = page;
        if (!token) break;
        if (page.objects.length === 0) throw unusable("it promises more and holds nothing");
        if (pages === mostPages) throw unusable(`it has more than ${mostPages} pages`);
        page = await session.call("ContinueRetrievePropertiesEx", propertyCollector, { token }, limited);
      }
      return found;
    });
    if (objects.length > 0 || !queries.every(startsUnread) || !(await hadExpired(session, { key, ...limited })))
      return merged(objects);
  }
}

/** Calls with what `queries` describe, and again without each path that the server turns out not to have. */
export async function knownPathsOnly<T>(
  session: Session,
  queries: readonly ObjectQuery[],
  { allowGone }: Pick<RetrieveOptions, "allowGone">,
  call: (specSet: readonly ToVim<"PropertyFilterSpec">[]) => Promise<T>,
): Promise<T> {
  const unknown = lacking.get(session) ?? new Set<string>();
  lacking.set(session, unknown);
  for (;;) {
    const specSet = queries.map((query) => filterSpec(query, { apiVersion: session.apiVersion, unknown, allowGone }));
    try {
      return await call(specSet);
    } catch (error) {
      const path = isFault(error, "InvalidProperty") ? error.properties.name : undefined;
      if (!specSet.some(({ propSet }) => propSet.some(({ pathSet }) => pathSet?.includes(path as string)))) throw error;
      unknown.add(path as string);
    }
  }
}

function unusable(why: string): Error {
  return badAnswer({ operation: "RetrievePropertiesEx", writes: false }, why);
}

const startsUnread = ({ objects }: ObjectQuery): boolean => objects.every(({ skip }) => skip);

/** An expired session finds nothing on its way from an object that isn't read itself; reading one renews it. */
async function hadExpired(session: Session, { key, ...limited }: CallOptions & { key: string }): Promise<boolean> {
  const { propertyCollector, rootFolder } = await session.content(limited.signal);
  const specSet = [{ objectSet: [{ obj: rootFolder }], propSet: [{ type: "Folder", pathSet: ["name"] }] }];
  await session.call("RetrievePropertiesEx", propertyCollector, { specSet, options: {} }, limited);
  return (await session.sessionKey(limited.signal)) !== key;
}

interface FilterSpecOptions {
  apiVersion: string;
  unknown: ReadonlySet<string>;
  allowGone?: boolean;
}

export function filterSpec(
  { objects, properties }: ObjectQuery,
  { apiVersion, unknown, allowGone }: FilterSpecOptions,
): ToVim<"PropertyFilterSpec"> {
  return {
    propSet: Object.entries(properties).map(([type, table]) => ({
      type,
      all: false,
      pathSet: Object.keys(table).filter((path) => {
        const { since } = parseField(path, table[path]!);
        return !unknown.has(path) && !(since && isOlder(apiVersion, since));
      }),
    })),
    objectSet: [...objects],
    ...(allowGone && { reportMissingObjectsInResults: true }),
  };
}

/** One object that several queries reached is one object. */
function merged(objects: readonly RawObject[]): RawObject[] {
  const byReference = new Map<string, RawObject>();
  for (const object of objects) {
    const key = `${object.obj.type}:${object.obj.value}`;
    const known = byReference.get(key);
    const propSet = [...(known?.propSet ?? []), ...object.propSet];
    const missingSet = [...(known?.missingSet ?? []), ...object.missingSet];
    byReference.set(key, { ...object, propSet, missingSet });
  }
  return [...byReference.values()];
}
