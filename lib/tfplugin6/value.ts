/** Stands for a value that Terraform does not know yet. */
export class Unknown {
  /** For the compiler only: without it every object, having a `toString`, would pass for an Unknown. */
  declare private readonly brand: never;

  toString(): string {
    return "(known after apply)";
  }
}

export const UNKNOWN = new Unknown();

/**
 * A value of Terraform's type system, decoded. Numbers arrive as `number`, as `bigint` or, beyond both, as a decimal
 * string; whatever came from a configuration has to go back as it was. Lists and sets are arrays.
 */
export type Value = null | boolean | number | bigint | string | Unknown | Value[] | { [attribute: string]: Value };

/** An object value: every attribute of its schema is present, null where it is not set. */
export type ObjectValue = { [attribute: string]: Value };

export function isUnknown(value: Value | undefined): value is Unknown {
  return value instanceof Unknown;
}

/** Whether a value, or anything inside it, is unknown. */
export function containsUnknown(value: Value | undefined): boolean {
  if (value === undefined || value === null || typeof value !== "object") return false;
  if (isUnknown(value)) return true;
  return Object.values<Value>(value as Record<string, Value>).some(containsUnknown);
}
