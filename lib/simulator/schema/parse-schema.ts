/**
 * The notation of the tables in this folder, one type after another:
 *
 *     enum PowerState                       an enumeration; its values follow, indented
 *       poweredOff poweredOn
 *     Disk : Device @6.5                    a data object, its base type, the API version that brought it
 *       path:string size:long? used:int[]?@7.0.1.0
 *     managed Host : Entity                 a managed object: properties first, then methods
 *       config:HostConfig? vm:&VirtualMachine[]?
 *       Reboot_Task(force:boolean) &Task ! InvalidState FileFault
 *
 * A field is `name:type`, `&` before the type for a reference to a managed object, `[]` for a list,
 * `?` for optional, `@version` when the field is younger than its type. Fields stand in the order in
 * which vCenter reads and writes them. `abstract` marks a type that a request may not name by itself.
 * A line goes on in the next, indented deeper.
 */
export type Version = readonly number[];

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly reference: boolean;
  readonly list: boolean;
  readonly optional: boolean;
  readonly since: Version;
}

export interface DataType {
  readonly kind: "data";
  readonly name: string;
  readonly base?: string;
  readonly abstract: boolean;
  readonly since: Version;
  readonly fields: readonly Field[];
}

interface EnumType {
  readonly kind: "enum";
  readonly name: string;
  readonly values: readonly string[];
}

export interface MethodType {
  readonly name: string;
  readonly parameters: readonly Field[];
  /** Undefined for a method that returns nothing. */
  readonly result?: Field;
  readonly faults: readonly string[];
  readonly since: Version;
}

export interface ManagedType {
  readonly kind: "managed";
  readonly name: string;
  readonly base?: string;
  readonly properties: readonly Field[];
  readonly methods: readonly MethodType[];
}

export type SchemaType = DataType | EnumType | ManagedType;

/** `8.0.1.0` as [8, 0, 1, 0]; names of old releases ("2.5u2") count by their numbers. */
export const parseVersion = (text: string): Version => text.split(".").map((part) => Number.parseInt(part, 10) || 0);

export function compareVersions(left: Version, right: Version): number {
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

const HEADER = /^(?:(enum|managed|abstract) )?(\w+)(?: : (\w+))?(?: @(\S+))?$/;
const FIELD = /^(\w+):(&?)(\w+)(\[\])?(\?)?(?:@(\S+))?$/;
const METHOD = /^(\w+)\((.*)\) (?:void|(&?)(\w+)(\[\])?(\?)?)(?:@(\S+))?(?: ! (.*))?$/;

const CONTINUATION = /\n {4,}/g;

const words = (text: string): string[] => text.split(/\s+/).filter(Boolean);

function parseField(text: string, since: Version): Field {
  const match = FIELD.exec(text);
  if (!match) throw new Error(`schema: "${text}" is not a field`);
  const [, name, reference, type, list, optional, version] = match;
  return {
    name: name!,
    type: type!,
    reference: reference !== "",
    list: list !== undefined,
    optional: optional !== undefined,
    since: version ? parseVersion(version) : since,
  };
}

function parseMethod(text: string): MethodType {
  const match = METHOD.exec(text);
  if (!match) throw new Error(`schema: "${text}" is not a method`);
  const [, name, parameters, reference, type, list, optional, version, faults] = match;
  const since = parseVersion(version ?? "2.0");
  return {
    name: name!,
    parameters: words(parameters!).map((parameter) => parseField(parameter, since)),
    result: type ? parseField(`returnval:${reference}${type}${list ?? ""}${optional ?? ""}`, since) : undefined,
    faults: words(faults ?? ""),
    since,
  };
}

function parseType(block: string): SchemaType {
  const [header, ...lines] = block.trimEnd().replace(CONTINUATION, " ").split("\n");
  const match = HEADER.exec(header!);
  if (!match) throw new Error(`schema: "${header}" doesn't start a type`);
  const [, kind, name, base, version] = match;
  const since = parseVersion(version ?? "2.0");
  if (kind === "enum") return { kind, name: name!, values: words(lines.join(" ")) };
  const fields = words(lines.filter((line) => !line.includes("(")).join(" ")).map((field) => parseField(field, since));
  if (kind !== "managed") return { kind: "data", name: name!, base, abstract: kind === "abstract", since, fields };
  const methods = lines.filter((line) => line.includes("(")).map((line) => parseMethod(line.trim()));
  return { kind, name: name!, base, properties: fields, methods };
}

/** The types of one table, in its order. */
export const parseSchema = (table: string): SchemaType[] =>
  table
    .trim()
    .split(/\n(?=\S)/)
    .map(parseType);
