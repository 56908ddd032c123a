import { VimConnectionError } from "../wire/connection-error";
import { faultFrom, VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { parseField, type ReceivedFields } from "../wire/schema";
import type { FromVim, Vim25Types } from "../wire/types";
import { IncompleteAnswerError } from "./incomplete-answer-error";

// What stands between an answer and those who rely on it: what can't be seen is not absent.

/** Paths of properties to read, each with its type in the notation of the type table. */
export type PropertyTable = Readonly<Record<string, string>>;
export type Properties<T> = ReceivedFields<
  Vim25Types,
  { [K in keyof T]: T[K] extends `${infer B} since ${infer V}` ? `${Optional<B>} since ${V}` : Optional<T[K]> }
>;
type Optional<S> = S extends `${string}?` ? S : `${S & string}?`;

export type RawObject = FromVim<"ObjectContent">;

interface ReadObject<T extends PropertyTable> {
  reference: ManagedObjectReference;
  /** What is unset is absent, and empty where it is a list: see `has` to tell an empty list from none. */
  properties: Properties<T>;
  has(path: keyof T): boolean;
  /** The property's value. Throws an IncompleteAnswerError where there is none. */
  required<K extends keyof Properties<T> & string>(path: K): NonNullable<Properties<T>[K]>;
  /** The error that vCenter shows only a part of the object; `consequence` as in IncompleteAnswerError. */
  incomplete(property: string, consequence?: string): IncompleteAnswerError;
}

/**
 * Throws the VimFault NotAuthenticated of a read whose session has expired: such a one is answered as if it had gone
 * well, with that fault for each property. As in public reports of vCenter and ESXi, and in govmomi's simulator:
 * https://github.com/evoila/meho/issues/3773
 */
export function authenticated<T>(answer: T): T {
  const objects = (answer as Partial<FromVim<"RetrieveResult">> | undefined)?.objects ?? [];
  for (const { fault } of objects.flatMap(({ missingSet }) => missingSet)) {
    if (fault.fault.$type === "NotAuthenticated") throw faultFrom(fault);
  }
  return answer;
}

/** The objects asked for, in that order. Throws for one that the answer doesn't have, unless it may be gone. */
export function pickInOrder(
  objects: readonly RawObject[],
  references: readonly ManagedObjectReference[],
  { allowGone }: { allowGone?: boolean } = {},
): RawObject[] {
  return references.flatMap((reference) => {
    const object = objects.find(({ obj }) => obj.value === reference.value);
    if (object) return [object];
    if (allowGone) return [];
    throw new VimFault({
      type: "ManagedObjectNotFound",
      message: `${reference.type} ${reference.value} is gone.`,
      properties: { obj: reference },
    });
  });
}

/**
 * The object's properties by `table`. Throws the fault that kept one from being read, and a VimConnectionError if a
 * value is not of the type that the table says.
 */
export function readObject<T extends PropertyTable>(object: RawObject, table: T): ReadObject<T> {
  const read = readVisible(object, table);
  const { obj, missingSet } = object;
  const hidden = missingSet.find(({ fault }) => fault.fault.$type !== "InvalidProperty");
  if (!hidden) return read;
  const { type, message, properties } = faultFrom(hidden.fault);
  throw new VimFault({
    type,
    message: `${hidden.path} of ${obj.type} ${obj.value} can't be read: ${message}`,
    properties: { object: obj, ...properties },
  });
}

/** As readObject, but what the account may not see reads as unset. */
export function readVisible<T extends PropertyTable>({ obj, propSet }: RawObject, table: T): ReadObject<T> {
  const values = new Map(propSet.map(({ name, val }) => [name, val]));
  const properties: Record<string, unknown> = {};
  for (const [path, text] of Object.entries(table)) {
    const { array, type } = parseField(path, text);
    const value = values.get(path);
    if (array) properties[path] = Array.isArray(value) ? value : [];
    else if (value !== undefined) properties[path] = checked(value, type, path);
  }
  const read: ReadObject<T> = {
    reference: obj,
    properties: properties as Properties<T>,
    has: (path) => values.has(path as string),
    required: (path) => {
      const value = read.properties[path];
      if (value === undefined || value === null || !values.has(path)) throw read.incomplete(path);
      return value;
    },
    incomplete: (property, consequence) =>
      new IncompleteAnswerError(
        obj,
        property,
        properties["runtime.connectionState"] as string | undefined,
        consequence,
      ),
  };
  return read;
}

/** The object's name, or its id where the account may not see that much. */
export function nameOf(object: RawObject): string {
  return readVisible(object, { name: "string" } as const).properties.name ?? object.obj.value;
}

function checked(value: unknown, type: string, path: string): unknown {
  const expected =
    { string: "string", dateTime: "string", boolean: "boolean" }[type] ??
    (/^(byte|short|int|long)$/.test(type) ? "number" : "object");
  if (typeof value === expected) return value;
  throw new VimConnectionError("bad_answer", `The value of ${path} can't be used: it is not a ${type}.`);
}

/** What the account may not ask for, or the server doesn't have or show, is not known: undefined. */
export async function orUnknown<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof VimFault || error instanceof IncompleteAnswerError) return undefined;
    throw error;
  }
}
