import { errorDiagnostic, type AttributePath, type Diagnostic } from "./diagnostic";
import type { Attribute } from "./schema";
import { isUnknown, type ObjectValue } from "./value";

/**
 * What is wrong with a configuration, attribute by attribute, as each one's own `validate` says. Terraform sees to it
 * that a required attribute is written, and not that it has a value: an expression may give null, which is never taken
 * for none.
 */
export function validateAttributes(
  attributes: Readonly<Record<string, Attribute>>,
  config: ObjectValue,
  path: AttributePath = [],
): Diagnostic[] {
  return Object.entries(attributes).flatMap(([name, { validate, nested, required }]) => {
    const value = config[name];
    const at = [...path, name];
    if (required && (value === undefined || value === null)) return [withoutValue(at)];
    if (value === undefined || value === null || isUnknown(value)) return [];
    const inside = nested?.nesting === "single" ? validateAttributes(nested.attributes, value as ObjectValue, at) : [];
    return [...(validate?.(value, at) ?? []), ...inside];
  });
}

function withoutValue(at: AttributePath): Diagnostic {
  return errorDiagnostic(
    `${at.join(".")} has no value`,
    "It is required, and what stands for it gives null, which may be a mistake and is not taken for none. Give it a " +
      "value; where a set or a list is meant to be empty, write [].",
    at,
  );
}
