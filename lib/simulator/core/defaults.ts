import { schema } from "../schema/schema";
import type { DataObject, Value } from "../value";

const ZERO: Record<string, Value> = { boolean: false, string: "", int: 0, short: 0, long: 0 };

/** A data object whose required primitive fields have false, 0 or an empty text. */
export const filled = (type: string, fields: DataObject = {}): DataObject => ({
  ...Object.fromEntries(
    schema.fields(type).flatMap((field) => (field.optional || field.list || ZERO[field.type] === undefined ? [] : [[field.name, ZERO[field.type]!]])),
  ),
  ...fields,
});
