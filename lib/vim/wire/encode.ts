import { isOlder } from "../../compare-versions";
import type { ManagedObjectReference } from "./managed-object-reference";
import { fieldsOf, isPrimitive, type Field, type TypeTable } from "./schema";
import { vim25Types } from "./types";

const table: TypeTable = vim25Types;

/** Whatever node-soap writes as XML. */
type SoapValue = string | number | boolean | SoapObject | SoapValue[];
interface SoapObject {
  [name: string]: SoapValue;
}

/**
 * Lays `values` out as node-soap writes them: elements in the schema's order, since vCenter refuses any other, and
 * `xsi:type` where the declared type is a base. Throws at a field that the table doesn't have or the server is too old
 * for.
 */
export function encodeFields(values: object, fields: readonly Field[], apiVersion: string): SoapObject {
  const given = new Map(Object.entries(values).filter(([name, value]) => value !== undefined && name !== "$type"));
  const encoded: SoapObject = {};
  for (const field of fields) {
    const value: unknown = given.get(field.name);
    if (!given.delete(field.name)) continue;
    if (field.since && isOlder(apiVersion, field.since)) {
      throw new Error(
        `${field.name} needs a vCenter of API version ${field.since} or later; this one has ${apiVersion}.`,
      );
    }
    encoded[field.name] = field.array
      ? (value as unknown[]).map((item) => encode(item, field.type, apiVersion))
      : encode(value, field.type, apiVersion);
  }
  if (given.size > 0) throw new Error(`The schema has no field ${[...given.keys()].join(", ")} here.`);
  return encoded;
}

export function encodeReference({ type, value }: ManagedObjectReference): SoapObject {
  return { attributes: { type }, $value: value };
}

function encode(value: unknown, declared: string, apiVersion: string): SoapValue {
  if (declared === "ManagedObjectReference") return encodeReference(value as ManagedObjectReference);
  if (isPrimitive(declared)) return value as SoapValue;
  const type = (value as { $type?: string }).$type ?? declared;
  const encoded = encodeFields(value as object, fieldsOf(table, type), apiVersion);
  return type === declared ? encoded : { attributes: { "xsi:type": type }, ...encoded };
}
