import type { Field, MethodType, SchemaType, Version } from "../../../lib/simulator/schema/parse-schema";
import type { Schema } from "../../../lib/simulator/schema/schema";
import { compareFields, compareSince, compareTypes, lackingFields, type OurField } from "./compare-fields";
import type { DescribedType, PyvmomiTypes } from "./pyvmomi-types";

/**
 * Where the embedded vCenter's schema differs from pyVmomi's, as sentences. `unknown` names what pyVmomi doesn't have.
 */
export function compareSchema(
  schema: Schema,
  theirs: PyvmomiTypes,
  unknown: ReadonlySet<string> = new Set(),
): string[] {
  return schema
    .all()
    .filter(({ name }) => !unknown.has(name))
    .flatMap((type) => {
      const other = theirs.type(type.name);
      if (!other) return [`${type.name} is unknown`];
      if (other.kind !== type.kind) return [`${type.name} is of the kind "${other.kind}", not "${type.kind}"`];
      return compareType(schema, type, other, theirs, unknown);
    });
}

function compareType(
  schema: Schema,
  type: SchemaType,
  other: DescribedType,
  theirs: PyvmomiTypes,
  unknown: ReadonlySet<string>,
): string[] {
  if (type.kind === "enum")
    return type.values
      .filter((value) => !other.values!.includes(value))
      .map((value) => `${type.name} has no value "${value}"`);
  const fields = schema.fields(type.name).map(ourField);
  const base = type.base && !theirs.isA(type.name, type.base) ? [`${type.name} doesn't extend ${type.base}`] : [];
  const differences = [...base, ...compareFields(type.name, fields, theirs.fields(type.name))];
  if (type.kind === "managed")
    return [
      ...differences,
      ...type.methods
        .filter(({ name }) => !unknown.has(name))
        .flatMap((method) => compareMethod(type.name, method, theirs)),
    ];
  return [
    ...differences,
    ...compareSince(type.name, { since: text(type.since) }, other),
    ...lackingFields(type.name, fields, theirs.fields(type.name)),
  ];
}

function compareMethod(
  owner: string,
  { name, parameters, result, faults, since }: MethodType,
  theirs: PyvmomiTypes,
): string[] {
  const where = `${owner}.${name}`;
  const method = theirs.method(name);
  if (!method) return [`${where} is unknown`];
  return [
    ...(theirs.isA(owner, method.owner) ? [] : [`${where} is a method of ${method.owner}`]),
    ...compareSince(where, { since: text(since) }, method),
    ...compareFields(where, parameters.map(ourField), method.parameters),
    ...lackingFields(where, parameters, method.parameters),
    ...(result && method.result
      ? compareTypes(`${where}'s answer`, ourField(result), method.result)
      : !result === !method.result
        ? []
        : [`${where} answers ${method.result ? "something" : "nothing"}`]),
    ...faults
      .filter((fault) => !method.faults.some((declared) => theirs.isA(fault, declared) || declared === fault))
      .map((fault) => `${where} doesn't fault with ${fault}`),
  ];
}

function ourField({ since, ...field }: Field): OurField {
  return { ...field, since: text(since) };
}

const text = (version: Version): string => version.join(".");

export const methodsOf = (schema: Schema): string[] =>
  schema.all().flatMap((type) => (type.kind === "managed" ? type.methods.map(({ name }) => name) : []));
