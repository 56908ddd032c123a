import { PRIMITIVES, schema } from "../schema/schema";
import { type DataObject, Reference, type Value } from "../value";

/*
 * Data objects of the API in an inventory file: `$type` names the type, a reference is { "type", "id" }.
 */

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isReference = (value: unknown): value is { type: string; id: string } =>
  isObject(value) && Object.keys(value).sort().join() === "id,type" && typeof value["id"] === "string";

/** Throws what in a data object the API doesn't have, with the place. */
function checkKept(value: unknown, place: string, declared: string): void {
  if (!isObject(value)) throw new Error(`${place}: a ${declared} is expected, as an object`);
  const type = (value["$type"] as string | undefined) ?? declared;
  const known = schema.data(type);
  if (!known || known.abstract || !schema.isA(type, declared))
    throw new Error(`${place}: "$type" is a ${declared}, and ${type} is none`);
  for (const [name, held] of Object.entries(value)) {
    if (name === "$type" || held === undefined) continue;
    const field = schema.field(type, name);
    if (!field) throw new Error(`${place}: ${type} has no "${name}"`);
    if (field.list && !Array.isArray(held)) throw new Error(`${place}.${name}: a list is expected`);
    (field.list ? (held as unknown[]) : [held]).forEach((one, index) => {
      const where = `${place}.${name}${field.list ? `[${index}]` : ""}`;
      if (field.reference) {
        if (!isReference(one)) throw new Error(`${where}: a reference is expected: { "type": "…", "id": "…" }`);
      } else if (field.type !== "anyType" && !PRIMITIVES.has(field.type) && schema.find(field.type)?.kind !== "enum")
        checkKept(one, where, field.type);
      else if (isObject(one)) throw new Error(`${where}: a ${field.type} is expected`);
    });
  }
}

/** A data object of a type. */
export const keptData =
  (type: string) =>
  (value: unknown, place: string): void =>
    checkKept(value, place, type);

export const checkKeptDevice = (value: unknown, place: string): void => {
  checkKept(value, place, "VirtualDevice");
  if (typeof (value as DataObject)["key"] !== "number") throw new Error(`${place}: "key" is missing`);
};

/** From JSON: references are such again. */
export function revived(value: Value): Value {
  if (value instanceof Reference) return value;
  if (Array.isArray(value)) return value.map((one: Value) => revived(one));
  if (isReference(value)) return new Reference(value.type, value.id);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, revived(one as Value)]));
}

export const revivedList = (values?: readonly DataObject[]): DataObject[] | undefined =>
  values?.map((value) => revived(value) as DataObject);
