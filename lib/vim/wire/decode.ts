import { printable } from "../../printable";
import { fieldsOf, type Field, type TypeTable } from "./schema";
import { vim25Types } from "./types";

const table: TypeTable = vim25Types;
const fieldCache = new Map<string, readonly Field[]>();
const deepest = 100;

/** An answer that is not what the schema says; the client turns it into a VimConnectionError. */
export class MalformedAnswer extends Error {}

/**
 * Makes plain values of what node-soap parsed: arrays are arrays whatever their length, numbers are numbers inside an
 * anyType too, references are `{ type, value }`, objects carry the name of their concrete type as `$type`. Fields that
 * a known type doesn't declare are dropped; those of an unknown type are kept as they came.
 */
export function decode(raw: unknown, declared: string, depth = 0): unknown {
  if (depth > deepest) throw new MalformedAnswer("its elements are nested too deeply");
  const type = concreteType(raw) ?? declared;
  const item = /^ArrayOf(\w+)$/.exec(type)?.[1];
  if (item) return decodeArrayOf(raw, item, depth);
  const text = textOf(raw);
  switch (type) {
    case "string":
    case "dateTime":
    case "anyURI":
    case "PropertyPath":
      return text ?? malformed(`a ${type} is missing its text`);
    case "boolean":
      if (text === "true" || text === "1") return true;
      if (text === "false" || text === "0") return false;
      return malformed("a boolean is neither true nor false");
    case "byte":
    case "short":
    case "int":
    case "long":
      return /^[+-]?\d+$/.test(text ?? "") ? Number(text) : malformed(`a ${type} is not a whole number`);
    case "float":
    case "double":
      return Number(text);
    case "ManagedObjectReference":
      return { type: attributesOf(raw).type ?? "", value: nameIn(text || malformed("a reference is empty")) };
    case "anyType":
      // Inside a fault of an unknown type, a reference is told by its attribute.
      return attributesOf(raw).type
        ? decode(raw, "ManagedObjectReference", depth)
        : (text ?? decodeUnknown(raw, undefined, depth));
  }
  // A concrete type that the table lacks is read as far as the declared one goes: a network card is a device.
  const known = type in table ? type : declared in table && declared !== "MethodFault" ? declared : undefined;
  // Text of a type that the table lacks: a value of an enumeration.
  if (!known) return isObject(raw) && "$value" in raw ? raw.$value : decodeUnknown(raw, type, depth);
  if (raw !== null && !isObject(raw)) return malformed(`a ${type} is not an object`);
  if (known === "MethodFault") return decodeUnknown(raw, type, depth);
  return { $type: type, ...decodeFields(raw ?? {}, cachedFields(known), depth) };
}

export function decodeFields(raw: object, fields: readonly Field[], depth = 0): Record<string, unknown> {
  const decoded: Record<string, unknown> = {};
  for (const { name, type, array, optional, since } of fields) {
    const value: unknown = Object.hasOwn(raw, name) ? (raw as Record<string, unknown>)[name] : undefined;
    if (array) decoded[name] = listOf(value).map((item) => decode(item, type, depth + 1));
    else if (Array.isArray(value)) malformed(`it has more than one ${name}`);
    else if (value !== undefined) decoded[name] = decode(value, type, depth + 1);
    else if (!optional && !since) malformed(`it has no ${name}`);
  }
  return decoded;
}

/** Primitives whose arrays are named with a capital letter: ArrayOfString. */
const itemPrimitives = ["string", "boolean", "byte", "short", "int", "long", "double", "anyType"];

function decodeArrayOf(raw: unknown, item: string, depth: number): unknown[] {
  const type = itemPrimitives.find((primitive) => primitive.toLowerCase() === item.toLowerCase()) ?? item;
  if (!isObject(raw)) return [];
  return children(raw).flatMap(([, value]) => listOf(value).map((element) => decode(element, type, depth + 1)));
}

/** An object of a type that the table doesn't have: a fault, mostly. */
function decodeUnknown(raw: unknown, type: string | undefined, depth: number): unknown {
  const decoded: Record<string, unknown> = type ? { $type: type } : {};
  if (!isObject(raw)) return decoded;
  for (const [name, value] of children(raw)) {
    const items = listOf(value).map((item) => decode(item, "anyType", depth + 1));
    decoded[name] = items.length === 1 ? items[0] : items;
  }
  return decoded;
}

function children(raw: object): [string, unknown][] {
  return Object.entries(raw).filter(([name]) => name !== "attributes" && name !== "$value" && name !== "__proto__");
}

/** The name in `xsi:type`; the prefixes are the server's choice. */
function concreteType(raw: unknown): string | undefined {
  const attribute = Object.entries(attributesOf(raw)).find(([name]) => name.endsWith(":type"));
  return attribute && nameIn(attribute[1].replace(/^[^:]*:/, ""));
}

/** A type's name or an id, which go into messages as they are. */
function nameIn(text: string): string {
  return printable(text) === text ? text : malformed(`it has a name that is none: ${printable(text)}`);
}

function attributesOf(raw: unknown): Record<string, string> {
  return isObject(raw) && isObject(raw.attributes) ? (raw.attributes as Record<string, string>) : {};
}

/** The text of a leaf; undefined for an element with elements in it. */
function textOf(raw: unknown): string | undefined {
  if (raw === null || raw === undefined) return "";
  if (raw instanceof Date) return raw.toISOString();
  if (!isObject(raw)) return String(raw);
  if ("$value" in raw) return String(raw.$value);
  return children(raw).length === 0 ? "" : undefined;
}

function isObject(raw: unknown): raw is Record<string, unknown> {
  return typeof raw === "object" && raw !== null && !Array.isArray(raw);
}

function listOf(value: unknown): unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}

function cachedFields(type: string): readonly Field[] {
  const cached = fieldCache.get(type) ?? fieldsOf(table, type);
  fieldCache.set(type, cached);
  return cached;
}

function malformed(what: string): never {
  throw new MalformedAnswer(what);
}
