import type { Field } from "../schema/parse-schema";
import { schema } from "../schema/schema";
import { type DataObject, Reference, type Value } from "../value";

const ZERO: Record<string, Value> = { boolean: false, string: "", int: 0, short: 0, long: 0 };

function empty(field: Field): Value | undefined {
  if (field.reference) return new Reference(field.type, "none");
  const type = schema.find(field.type);
  return type?.kind === "enum" ? type.values[0] : ZERO[field.type];
}

/** A data object with an empty value in each required field that isn't given: false, 0, "", an enumeration's first. */
export const filled = (type: string, fields: DataObject = {}): DataObject => ({
  ...Object.fromEntries(
    schema.fields(type).flatMap((field) => {
      const value = field.optional || field.list ? undefined : empty(field);
      return value === undefined ? [] : [[field.name, value]];
    }),
  ),
  ...fields,
});
