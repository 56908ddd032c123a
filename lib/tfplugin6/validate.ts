import type { AttributePath, Diagnostic } from "./diagnostic";
import type { Attribute } from "./schema";
import { isUnknown, type ObjectValue } from "./value";

/** What is wrong with a configuration, attribute by attribute, as each one's own `validate` says. */
export function validateAttributes(
  attributes: Readonly<Record<string, Attribute>>,
  config: ObjectValue,
  path: AttributePath = [],
): Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, { validate, nested }]) => {
    const value = config[name];
    if (value === undefined || value === null || isUnknown(value)) return [];
    const at = [...path, name];
    const inside = nested?.nesting === "single" ? validateAttributes(nested.attributes, value as ObjectValue, at) : [];
    return [...(validate?.(value, at) ?? []), ...inside];
  });
}
