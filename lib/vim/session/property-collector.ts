import type { CallOptions, VimClient } from "./client";
import { VimConnectionError } from "../wire/connection-error";
import { faultFrom, isFault, VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { parseField, type ReceivedFields } from "../wire/schema";
import { isOlder } from "../wire/version";
import type { FromVim, ToVim, Vim25Types } from "../wire/types";

/** Paths of properties to read, each with its type in the notation of the type table. */
export type PropertyTable = Readonly<Record<string, string>>;
export type Properties<T> = ReceivedFields<
  Vim25Types,
  { [K in keyof T]: T[K] extends `${infer B} since ${infer V}` ? `${Optional<B>} since ${V}` : Optional<T[K]> }
>;
type Optional<S> = S extends `${string}?` ? S : `${S & string}?`;

export interface ReadObject<T extends PropertyTable> {
  reference: ManagedObjectReference;
  /** What is unset is absent, and empty where it is a list: see `has` to tell an empty list from none. */
  properties: Properties<T>;
  has(path: keyof T): boolean;
  /** Why properties are missing that the object may have: a privilege, mostly. */
  faults: ReadonlyMap<string, VimFault>;
}

export interface ObjectQuery {
  objects: readonly ToVim<"ObjectSpec">[];
  /** What to read of the objects reached, by their type. */
  properties: Readonly<Record<string, PropertyTable>>;
}

export interface RetrieveOptions {
  signal?: AbortSignal;
  /** Objects that are gone are left out of the answer instead of failing the call. */
  allowGone?: boolean;
}

export type RawObject = FromVim<"ObjectContent">;

/**
 * Objects in one answer; what is more comes page by page, since a long answer holds up everything else while it is
 * parsed.
 */
const pageObjects = 100;

/** Paths that a server turned out not to have; vCenter always has them, others may not. */
const lacking = new WeakMap<VimClient, Set<string>>();

/** Reads what `queries` describe by one RetrievePropertiesEx, and its continuations if the answer is long. */
export async function retrieve(
  client: VimClient,
  queries: readonly ObjectQuery[],
  options: RetrieveOptions = {},
): Promise<RawObject[]> {
  const { propertyCollector } = await client.content(options.signal);
  const call = options.signal ? { signal: options.signal } : {};
  const unknown = lacking.get(client) ?? new Set<string>();
  lacking.set(client, unknown);
  for (;;) {
    const specSet = queries.map((query) =>
      filterSpec(query, { apiVersion: client.apiVersion, unknown, allowGone: options.allowGone === true }),
    );
    const session = await client.sessionKey(options.signal);
    try {
      let page = await client.call(
        "RetrievePropertiesEx",
        propertyCollector,
        { specSet, options: { maxObjects: pageObjects } },
        call,
      );
      const objects = [...(page?.objects ?? [])];
      while (page?.token) {
        page = await client.call("ContinueRetrievePropertiesEx", propertyCollector, { token: page.token }, call);
        objects.push(...page.objects);
      }
      if (objects.length > 0 || !queries.every(startsUnread) || !(await hadExpired(session, client, call)))
        return merged(objects);
    } catch (error) {
      const path = isFault(error, "InvalidProperty") ? error.properties.name : undefined;
      if (typeof path !== "string" || unknown.has(path)) throw error;
      unknown.add(path);
    }
  }
}

const startsUnread = ({ objects }: ObjectQuery): boolean => objects.every(({ skip }) => skip);

/**
 * An expired session finds nothing on its way from an object that isn't read itself; reading one tells, and renews it.
 */
async function hadExpired(session: string, client: VimClient, options: CallOptions): Promise<boolean> {
  const { propertyCollector, rootFolder } = await client.content(options.signal);
  const specSet = [{ objectSet: [{ obj: rootFolder }], propSet: [{ type: "Folder", pathSet: ["name"] }] }];
  await client.call("RetrievePropertiesEx", propertyCollector, { specSet, options: {} }, options);
  return (await client.sessionKey(options.signal)) !== session;
}

export interface FilterSpecOptions {
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

/**
 * The object's properties by `table`. Throws a VimConnectionError if a value is not of the type that the table says.
 */
export function readObject<T extends PropertyTable>({ obj, propSet, missingSet }: RawObject, table: T): ReadObject<T> {
  const values = new Map(propSet.map(({ name, val }) => [name, val]));
  const properties: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(table)) {
    const { array, type } = parseField(path, text);
    const value = values.get(path);
    if (array) properties[path] = Array.isArray(value) ? value : [];
    else if (value !== undefined) properties[path] = checked(value, type, path);
  }
  return {
    reference: obj,
    properties: properties as Properties<T>,
    has: (path) => values.has(path as string),
    faults: new Map(
      missingSet
        .filter(({ fault }) => fault.fault.$type !== "InvalidProperty")
        .map(({ path, fault }) => [path, faultFrom(fault)]),
    ),
  };
}

/** Throws the fault that kept a property from being read, if one did: what can't be seen is not absent. */
export function requireAll({ faults, reference }: Pick<ReadObject<PropertyTable>, "faults" | "reference">): void {
  for (const [path, fault] of faults) {
    const where = `${path} of ${reference.type} ${reference.value} can't be read: ${fault.message}`;
    throw new VimFault({ type: fault.type, message: where, properties: { object: reference, ...fault.properties } });
  }
}

function checked(value: unknown, type: string, path: string): unknown {
  const expected =
    { string: "string", dateTime: "string", boolean: "boolean" }[type] ??
    (/^(byte|short|int|long)$/.test(type) ? "number" : "object");
  if (typeof value === expected) return value;
  throw new VimConnectionError("bad_answer", `The value of ${path} can't be used: it is not a ${type}.`);
}

/** One object that several queries reached is one object. */
function merged(objects: readonly RawObject[]): RawObject[] {
  const byReference = new Map<string, RawObject>();
  for (const object of objects) {
    const key = `${object.obj.type}:${object.obj.value}`;
    const known = byReference.get(key);
    byReference.set(
      key,
      known
        ? {
            ...known,
            propSet: [...known.propSet, ...object.propSet],
            missingSet: [...known.missingSet, ...object.missingSet],
          }
        : object,
    );
  }
  return [...byReference.values()];
}
