import type { Attribute, AttributeType } from "./schema";

/** The type of a value on the wire: an attribute's, or the object that nested attributes or a whole schema make. */
export type ValueType = AttributeType | ListType | SetType | MapType | ObjectType;
interface ListType {
  list: ValueType;
}
interface SetType {
  set: ValueType;
}
interface MapType {
  map: ValueType;
}
export interface ObjectType {
  object: Record<string, ValueType>;
}

export function objectType(attributes: Record<string, Attribute>): ObjectType {
  return {
    object: Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, typeOf(name, attribute)])),
  };
}

function typeOf(name: string, { type, nested }: Attribute): ValueType {
  if (type !== undefined) return type;
  if (nested === undefined) throw new TypeError(`attribute "${name}" has neither a type nor nested attributes`);
  const object = objectType(nested.attributes);
  return nested.nesting === "single"
    ? object
    : { list: { list: object }, set: { set: object }, map: { map: object } }[nested.nesting];
}
