/** A reference to a managed object. */
export class Reference {
  constructor(
    readonly type: string,
    readonly id: string,
  ) {}

  toString(): string {
    return `${this.type}:${this.id}`;
  }
}

/**
 * A data object by its fields. `$type` names its type where that isn't the declared one of the field that
 * holds it; as the value of an `anyType` field it is always there, `{ $type: "int", value: 4 }` for a primitive.
 */
export interface DataObject {
  readonly $type?: string;
  readonly [field: string]: Value | undefined;
}

export type Value = string | number | boolean | Date | Reference | DataObject | readonly Value[];

export const isDataObject = (value: Value | undefined): value is DataObject =>
  typeof value === "object" && !Array.isArray(value) && !(value instanceof Reference) && !(value instanceof Date);

/** The list that a field holds; none is an empty one. */
export const listOf = (value: Value | undefined): readonly Value[] =>
  value === undefined ? [] : Array.isArray(value) ? (value as readonly Value[]) : [value as Value];
