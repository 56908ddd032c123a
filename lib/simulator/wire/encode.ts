import { compareVersions, type Field, type Version } from "../schema/parse-schema";
import { PRIMITIVES, schema } from "../schema/schema";
import { type DataObject, isDataObject, listOf, Reference, type Value } from "../value";
import { escapeXml } from "./xml";

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

/** Lists of primitives: their names start with a capital, their elements don't. */
const ARRAYS = new Map([...PRIMITIVES].map((primitive) => [`ArrayOf${capitalised(primitive)}`, primitive]));

/** A field's value as an `anyType` has it, its type written on it. */
export function asAny(field: Field, value: Value): Value {
  const type = field.reference ? "ManagedObjectReference" : field.type;
  if (Array.isArray(value)) return { $type: `ArrayOf${capitalised(type)}`, value };
  if (value instanceof Reference) return value;
  return isDataObject(value) ? { $type: type, ...value } : { $type: type, value };
}

function text(value: Value): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value === "string") return escapeXml(value);
  return String(value);
}

/** Writes values as vCenter does: fields in the schema's order, nothing that the client's API version doesn't know. */
export class Encoder {
  private readonly known = new WeakMap<Field, boolean>();

  constructor(private readonly version: Version) {}

  /** The element, or one for each item of a list. */
  field(field: Field, value: Value | undefined): string {
    if (value === undefined || !this.isKnown(field)) return "";
    if (!field.list) return this.element(field.name, field, value);
    let text = "";
    for (const item of listOf(value)) text += this.element(field.name, field, item);
    return text;
  }

  private isKnown(field: Field): boolean {
    let known = this.known.get(field);
    if (known === undefined) this.known.set(field, (known = compareVersions(field.since, this.version) <= 0));
    return known;
  }

  private element(name: string, field: Field, value: Value): string {
    const any = field.type === "anyType";
    if (value instanceof Reference) {
      const type = `type="${escapeXml(value.type)}"${any ? ' xsi:type="ManagedObjectReference"' : ""}`;
      return `<${name} ${type}>${escapeXml(value.id)}</${name}>`;
    }
    if (isDataObject(value)) return any ? this.any(name, value) : this.data(name, field.type, value);
    const primitive = PRIMITIVES.has(field.type);
    if (!primitive && (value === "" || schema.find(field.type)?.kind !== "enum")) {
      throw new Error(`simulator: <${name}> holds "${text(value)}", no ${field.type}`);
    }
    return `<${name}>${text(value)}</${name}>`;
  }

  private any(name: string, value: DataObject): string {
    const type = value.$type ?? "";
    if (PRIMITIVES.has(type)) return `<${name} xsi:type="xsd:${type}">${text(value["value"]!)}</${name}>`;
    if (schema.find(type)?.kind === "enum") return `<${name} xsi:type="${type}">${text(value["value"]!)}</${name}>`;
    const item = ARRAYS.get(type) ?? /^ArrayOf(.*)$/.exec(type)?.[1];
    if (!item) return this.data(name, "anyType", value);
    const field: Field = { name: item, type: item, reference: false, list: true, optional: true, since: [] };
    return `<${name} xsi:type="${type}">${this.field(field, value["value"])}</${name}>`;
  }

  private data(name: string, declared: string, value: DataObject): string {
    const type = this.knownType(value.$type ?? declared);
    return `<${name}${type === declared ? "" : ` xsi:type="${type}"`}>${this.fields(type, value)}</${name}>`;
  }

  /** The fields of a data object, without an element around them. */
  fields(type: string, value: DataObject): string {
    for (const name in value) {
      if (name !== "$type" && !schema.field(value.$type ?? type, name))
        throw new Error(`simulator: ${type} has no field ${name}`);
    }
    let text = "";
    for (const field of schema.fields(type)) {
      const held = value[field.name];
      if (held !== undefined) text += this.field(field, held);
      else if (!field.optional && !field.list) throw new Error(`simulator: ${type} lacks ${field.name}`);
    }
    return text;
  }

  /** The type itself, or the nearest base type that the client's API version knows. */
  private knownType(name: string): string {
    const type = schema.data(name);
    if (!type) throw new Error(`simulator: there is no type ${name}`);
    return compareVersions(type.since, this.version) > 0 && type.base ? this.knownType(type.base) : name;
  }
}
