import type { Schema } from "../../tfplugin6/schema";
import { isUnknown, type ObjectValue, type Unknown, type Value } from "../../tfplugin6/value";

/** Whether a value is configured and known. */
export function isSet(value: Value | undefined): value is Exclude<Value, null | Unknown> {
  return value !== undefined && value !== null && !isUnknown(value);
}

/** A string attribute's value; undefined where it is null or unknown. */
export function text(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** A number attribute's value, whatever form it arrived in; undefined where it is null or unknown. */
export function number(value: Value | undefined): number | undefined {
  return isSet(value) ? Number(value) : undefined;
}

/** A state in which nothing is set, as an import begins with. */
export function emptyState({ attributes }: Schema): ObjectValue {
  return Object.fromEntries(Object.keys(attributes).map((name) => [name, null]));
}

/** The attributes that a configuration may set. */
export function configuredNames({ attributes }: Schema): string[] {
  return Object.keys(attributes).filter((name) => attributes[name]!.required || attributes[name]!.optional);
}

/** Whether everything that a configuration may set is the same in both, `except` for the attributes named. */
export function sameConfiguration(
  schema: Schema,
  one: ObjectValue,
  other: ObjectValue,
  { except = [] }: { except?: readonly string[] } = {},
): boolean {
  const names = configuredNames(schema).filter((name) => !except.includes(name));
  return names.every((name) => sameValue(one[name] ?? null, other[name] ?? null));
}

/**
 * Whether two values are the same: in a set the order doesn't count, of a number not its form, and in an object what is
 * null is left out. What is unknown is the same as nothing.
 */
export function sameValue(one: Value, other: Value): boolean {
  if (isUnknown(one) || isUnknown(other)) return false;
  if (Array.isArray(one) && Array.isArray(other)) return inOrder(one) === inOrder(other);
  if (one === null || other === null) return one === other;
  if (typeof one === "object" && typeof other === "object") {
    const [a, b] = [one as ObjectValue, other as ObjectValue];
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => sameValue(a[name] ?? null, b[name] ?? null));
  }
  return String(one) === String(other);
}

function inOrder(values: readonly Value[]): string {
  return JSON.stringify(values.map(String).sort());
}
