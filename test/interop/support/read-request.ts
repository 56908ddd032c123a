import { parseXml, type XmlElement } from "../../../lib/simulator/wire/xml";
import { fieldsAlong } from "./compare-client";
import { isNewer } from "./compare-fields";
import type { PyvmomiTypes, WireField } from "./pyvmomi-types";
import type { RecordedRequest } from "./recording-proxy";
import { withoutPublicSchema } from "./without-public-schema";

/** One element of a request, with the type that it has: the one that `xsi:type` names, or else the declared one. */
export interface RequestNode {
  name: string;
  type: string;
  list: boolean;
  optional: boolean;
  /** A reference's type and id, or a simple value. */
  text: string;
  fields: RequestNode[];
}

export interface ReadRequest {
  method: string;
  target: string;
  fields: RequestNode[];
  /** What vCenter would refuse in it, as sentences. */
  violations: string[];
}

/** Reads a request as vCenter's parser does, from pyVmomi's types: names, order, types and first versions. */
export function readRequest({ body, soapAction }: RecordedRequest, types: PyvmomiTypes): ReadRequest {
  const call = parseXml(body).children.find(({ name }) => name === "Body")!.children[0]!;
  const [self, ...parameters] = call.children;
  const reader = new Reader(types, /urn:vim25\/([\d.]+)/.exec(soapAction)?.[1] ?? "");
  const method = types.method(call.name);
  if (withoutPublicSchema.has(call.name))
    return { method: call.name, target: textOf(self!), fields: parameters.map(untyped), violations: [] };
  if (!method) reader.violations.push(`there is no method ${call.name}`);
  if (method && !types.isA(self!.attributes.get("type")!, method.owner))
    reader.violations.push(`${call.name} is a method of ${method.owner}`);
  const fields = reader.fields({ ...call, children: parameters }, call.name, method?.parameters ?? []);
  return { method: call.name, target: textOf(self!), fields, violations: reader.violations };
}

/** What two requests have to have in common: elements, order, types and values, one a line. */
export function shapeOf({ method, target, fields }: ReadRequest): string {
  // A moment may be written with more or fewer digits.
  const value = ({ type, text }: RequestNode): string => (type === "dateTime" ? new Date(text).toISOString() : text);
  const lines = (node: RequestNode, depth: number): string[] => [
    `${"  ".repeat(depth)}${node.name}: ${node.type}${node.fields.length > 0 ? "" : ` = ${value(node)}`}`,
    ...node.fields.flatMap((field) => lines(field, depth + 1)),
  ];
  return [`${method} on ${target}`, ...fields.flatMap((field) => lines(field, 1))].join("\n");
}

class Reader {
  readonly violations: string[] = [];

  constructor(
    private readonly types: PyvmomiTypes,
    private readonly version: string,
  ) {}

  fields(element: XmlElement, where: string, declared: readonly WireField[]): RequestNode[] {
    let position = -1;
    const nodes = element.children.flatMap((child) => {
      const index = declared.findIndex(({ name }) => name === child.name);
      const field = declared[index];
      const path = `${where}.${child.name}`;
      if (!field) return this.refuse(`${path} is unknown`);
      if (index < position) this.refuse(`${path} comes too late`);
      if (index === position && !field.list) this.refuse(`${path} is there twice`);
      if (isNewer(field.since, this.version)) this.refuse(`${path} is newer than ${this.version}`);
      position = Math.max(position, index);
      return [this.node(child, path, field)];
    });
    for (const { name, optional, list } of declared) {
      if (!optional && !list && !element.children.some((child) => child.name === name))
        this.refuse(`${where}.${name} is missing`);
    }
    return nodes;
  }

  private node(
    element: XmlElement,
    path: string,
    { name, type: declared, list, optional, reference }: WireField,
  ): RequestNode {
    const node = { name, list, optional, text: textOf(element), fields: [] };
    if (reference) {
      const type = element.attributes.get("type") ?? "";
      if (!this.types.isA(type, declared) && this.types.type(type)) this.refuse(`${path} is a ${type}, no ${declared}`);
      return { ...node, type: "ManagedObjectReference" };
    }
    const type = element.xsiType?.name ?? declared;
    if (declared !== "anyType" && !this.types.isA(type, declared)) this.refuse(`${path} is a ${type}, no ${declared}`);
    const described = this.types.type(type);
    if (described?.kind === "enum" && !described.values!.includes(element.text))
      this.refuse(`${path} can't be "${element.text}"`);
    if (described?.kind !== "data") {
      if (element.children.length > 0) this.refuse(`${path} has elements, but there is no type ${type}`);
      return { ...node, type };
    }
    const fields = this.fields(element, path, this.types.fields(type));
    if (type === "PropertySpec") this.checkPaths(path, fields);
    return { ...node, type, fields };
  }

  /** A property that isn't there, or not yet in this version, is refused as well. */
  private checkPaths(where: string, fields: readonly RequestNode[]): void {
    const type = fields.find(({ name }) => name === "type")?.text ?? "";
    for (const { text: path } of fields.filter(({ name }) => name === "pathSet")) {
      const steps = this.types.type(type) ? fieldsAlong(type, path, this.types) : [];
      if (!steps) this.refuse(`${where}: ${type} has no property ${path}`);
      else if (steps.some(({ since }) => isNewer(since, this.version)))
        this.refuse(`${where}: ${path} is newer than ${this.version}`);
    }
  }

  private refuse(sentence: string): [] {
    this.violations.push(sentence);
    return [];
  }
}

function untyped({ name, children, ...element }: XmlElement): RequestNode {
  const type = element.xsiType?.name ?? "";
  return {
    name,
    type,
    list: false,
    optional: false,
    text: children.length > 0 ? "" : element.text.trim(),
    fields: children.map(untyped),
  };
}

function textOf(element: XmlElement): string {
  const type = element.attributes.get("type");
  return (type ? `${type}:` : "") + element.text.trim();
}
