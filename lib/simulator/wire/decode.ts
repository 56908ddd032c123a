import { Fault } from "../fault";
import { compareVersions, type Field, type Version } from "../schema/parse-schema";
import { PRIMITIVES, schema } from "../schema/schema";
import { type DataObject, Reference, type Value } from "../value";
import { type XmlElement, XSD } from "./xml";

const INTEGER_LIMITS: Record<string, bigint> = { byte: 1n << 7n, short: 1n << 15n, int: 1n << 31n, long: 1n << 63n };

/** What vCenter's parser refuses is an InvalidRequest; ours says where and why. */
export const invalidRequest = (why: string): Fault =>
  new Fault("InvalidRequest", `The request is not understood: ${why}`);

function decodePrimitive(type: string, element: XmlElement): Value {
  const wrong = (): Fault => invalidRequest(`"${element.text}" in <${element.name}> is not of the type ${type}`);
  if (element.children.length > 0) throw wrong();
  const text = element.text.trim();
  const limit = INTEGER_LIMITS[type];
  if (limit !== undefined) {
    if (!/^[+-]?\d{1,19}$/.test(text)) throw wrong();
    const number = BigInt(text.replace("+", ""));
    if (number < -limit || number >= limit) throw wrong();
    return Number(number);
  }
  switch (type) {
    case "boolean":
      if (!/^(true|false|1|0)$/.test(text)) throw wrong();
      return text === "true" || text === "1";
    case "float":
    case "double":
      if (text === "" || Number.isNaN(Number(text))) throw wrong();
      return Number(text);
    case "dateTime": {
      const date = new Date(text);
      if (Number.isNaN(date.getTime())) throw wrong();
      return date;
    }
    default:
      return element.text;
  }
}

/** Decodes a request's elements as vCenter does: in the schema's order, unknown ones refused. */
export class Decoder {
  /** @param version the API version of the server: it doesn't know younger fields. */
  constructor(private readonly version: Version) {}

  /** The children of `element` as the fields of `owner`. */
  fields(element: XmlElement, owner: string, fields: readonly Field[]): Record<string, Value> {
    const values: Record<string, Value> = {};
    const known = fields.filter((field) => compareVersions(field.since, this.version) <= 0);
    let position = 0;
    for (const child of element.children) {
      if (child.namespace !== element.namespace) {
        throw invalidRequest(`<${child.name}> in ${owner} is of the namespace "${child.namespace}"`);
      }
      const index = known.findIndex((field) => field.name === child.name);
      const field = known[index];
      if (!field) throw invalidRequest(`${owner} has no <${child.name}> in API ${this.version.join(".")}`);
      if (index < position) {
        throw invalidRequest(`in ${owner}, <${child.name}> may not stand after <${known[position]!.name}>`);
      }
      const given = values[field.name];
      if (given !== undefined && !field.list) throw invalidRequest(`<${child.name}> is given twice in ${owner}`);
      position = index;
      const value = this.value(child, field);
      values[field.name] = field.list ? [...((given as Value[] | undefined) ?? []), value] : value;
    }
    const missing = known.find((field) => !field.optional && !field.list && values[field.name] === undefined);
    if (missing) throw invalidRequest(`${owner} needs <${missing.name}>`);
    return values;
  }

  private value(element: XmlElement, field: Field): Value {
    if (field.reference) return this.reference(element, field.type);
    if (PRIMITIVES.has(field.type)) return decodePrimitive(field.type, element);
    if (field.type === "anyType") return this.any(element);
    const declared = schema.find(field.type);
    if (declared?.kind === "enum") {
      if (!declared.values.includes(element.text.trim())) {
        throw invalidRequest(`"${element.text}" in <${element.name}> is not one of ${field.type}'s values`);
      }
      return element.text.trim();
    }
    if (!declared)
      throw new Fault("NotSupported", `The embedded vCenter doesn't know ${field.type} (<${element.name}>)`);
    return this.data(element, field.type);
  }

  /** A value whose type only `xsi:type` tells. */
  private any(element: XmlElement): Value {
    const type = element.xsiType;
    if (!type) throw invalidRequest(`<${element.name}> needs xsi:type`);
    if (type.namespace === XSD) {
      if (!PRIMITIVES.has(type.name)) throw invalidRequest(`<${element.name}>: there is no type xsd:${type.name}`);
      return { $type: type.name, value: decodePrimitive(type.name, element) };
    }
    if (type.name === "ManagedObjectReference") return this.reference(element, "ManagedObject");
    if (type.name.startsWith("ArrayOf")) {
      const item = type.name.slice("ArrayOf".length);
      const list: Field = { name: item, type: item, reference: false, list: true, optional: true, since: [] };
      return { $type: type.name, value: element.children.map((child) => this.value(child, list)) };
    }
    return this.data(element, type.name);
  }

  private data(element: XmlElement, declared: string): DataObject {
    const actual = element.xsiType?.name ?? declared;
    const type = schema.data(actual);
    if (!type || compareVersions(type.since, this.version) > 0) throw invalidRequest(`there is no type ${actual}`);
    if (!schema.isA(actual, declared))
      throw invalidRequest(`<${element.name}> is a ${declared}, which ${actual} is not`);
    if (type.abstract) throw invalidRequest(`<${element.name}> needs an xsi:type more exact than ${actual}`);
    return { $type: actual, ...this.fields(element, actual, schema.fields(actual)) };
  }

  reference(element: XmlElement, declared: string): Reference {
    const type = element.attributes.get("type");
    if (!type || element.children.length > 0)
      throw invalidRequest(`<${element.name}> needs type="…" to be a reference`);
    if (schema.managed(type) && !schema.isA(type, declared))
      throw invalidRequest(`<${element.name}> must be a ${declared}, not a ${type}`);
    return new Reference(type, element.text.trim());
  }
}
