import { fieldsOf, isPrimitive, parseField, type TypeTable } from "../../../lib/vim/wire/schema";
import type { Method } from "../../../lib/vim/wire/methods";
import { compareFields, compareTypes, isNewer, lackingFields, type OurField } from "./compare-fields";
import type { PyvmomiTypes, WireField } from "./pyvmomi-types";

export interface ClientTables {
  types: TypeTable;
  methods: Readonly<Record<string, Method>>;
}

/** The client's tables name a field's first version only if that is later than this one. */
const always = "6.7";

/** Where the client's tables differ from pyVmomi's, as sentences. `unknown` names what pyVmomi doesn't have. */
export function compareClient(
  { types, methods }: ClientTables,
  theirs: PyvmomiTypes,
  unknown: ReadonlySet<string> = new Set(),
): string[] {
  const sent = sentTypes(types, methods);
  return [
    ...Object.keys(types)
      .filter((name) => !unknown.has(name))
      .flatMap((name) => {
        if (!theirs.type(name)) return [`${name} is unknown`];
        const base = types[name]!.$extends;
        const fields = fieldsOf(types, name);
        return [
          ...(base && !theirs.isA(name, base) ? [`${name} doesn't extend ${base}`] : []),
          ...compareFields(
            name,
            fields.map((field) => ourField(field, theirs.fields(name))),
            theirs.fields(name),
          ),
          ...(sent.has(name) ? lackingFields(name, fields, theirs.fields(name)) : []),
        ];
      }),
    ...Object.entries(methods)
      .filter(([name]) => !unknown.has(name))
      .flatMap(([name, method]) => compareMethod(name, method, theirs)),
  ];
}

/** A property that the client reads by its path, as its property tables have it: `config.flags.vvtdEnabled`. */
export function compareProperties(
  managedType: string,
  table: Readonly<Record<string, string>>,
  theirs: PyvmomiTypes,
): string[] {
  return Object.entries(table).flatMap(([path, text]) => {
    const steps = fieldsAlong(managedType, path, theirs);
    if (!steps) return [`${managedType}.${path} is unknown`];
    const last = steps.at(-1)!;
    const since = steps.map((step) => step.since).reduce((one, other) => (isNewer(other, one) ? other : one));
    const wire = { ...last, name: path, since };
    const ours = ourField(parseField(path, text), [wire]);
    // What is on the way may be absent, so that the reader takes each of them for optional.
    return compareFields(managedType, [{ ...ours, optional: wire.optional }], [wire]);
  });
}

/** The fields from a managed object to the end of a path; undefined if there is no such way. */
export function fieldsAlong(managedType: string, path: string, theirs: PyvmomiTypes): WireField[] | undefined {
  let type = managedType;
  const steps: WireField[] = [];
  for (const name of path.split(".")) {
    const field = theirs.fields(type).find((one) => one.name === name);
    if (!field) return undefined;
    steps.push(field);
    type = field.type;
  }
  return steps;
}

function compareMethod(name: string, { args, returns }: Method, theirs: PyvmomiTypes): string[] {
  const method = theirs.method(name);
  if (!method) return [`${name} is unknown`];
  const parameters = Object.entries(args).map(([parameter, text]) => parseField(parameter, text));
  const result = returns === undefined ? undefined : parseField("returnval", returns);
  return [
    ...compareFields(
      name,
      parameters.map((field) => ourField(field, method.parameters)),
      method.parameters,
    ),
    ...lackingFields(name, parameters, method.parameters),
    ...(result && method.result
      ? compareTypes(
          `${name}'s answer`,
          {
            ...ourField(result, [{ ...method.result, name: "returnval", since: always }]),
            optional: method.result.optional,
          },
          method.result,
        )
      : !result === !method.result
        ? []
        : [`${name} answers ${method.result ? "something" : "nothing"}`]),
  ];
}

/** In the client's tables a reference tells no type, and an enumeration is a string. */
function ourField({ array, ...field }: ReturnType<typeof parseField>, theirs: readonly WireField[]): OurField {
  const other = theirs.find(({ name }) => name === field.name);
  const reference = field.type === "ManagedObjectReference";
  const loose =
    reference ||
    (other?.enum === true && field.type === "string") ||
    (field.type === "anyType" && other !== undefined && !other.reference);
  const since = field.since ?? (other && !isNewer(other.since, always) ? undefined : "2.0");
  return { ...field, list: array, reference, type: loose ? "*" : field.type, ...(since !== undefined && { since }) };
}

/** The types that the client sends: what methods take, what that has, and what extends it. */
function sentTypes(types: TypeTable, methods: Readonly<Record<string, Method>>): ReadonlySet<string> {
  const sent = new Set<string>();
  const add = (table: Readonly<Record<string, string>>): void => {
    for (const [field, text] of Object.entries(table)) {
      if (field === "$extends") continue;
      const { type } = parseField(field, text);
      if (isPrimitive(type) || sent.has(type)) continue;
      for (const name of [type, ...Object.keys(types).filter((one) => types[one]!.$extends === type)]) {
        sent.add(name);
        add(types[name] ?? {});
      }
    }
  };
  for (const { args } of Object.values(methods)) add(args);
  return sent;
}
