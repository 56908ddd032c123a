import type { Attribute, AttributeType } from "../../tfplugin6/schema";

/** An attribute that a configuration has to set. `validate`: what is wrong with a value by itself. */
export function required(type: AttributeType, description: string, validate?: Attribute["validate"]): Attribute {
  return { type, required: true, description, ...(validate && { validate }) };
}

/** An attribute that a configuration may set. */
export function optional(type: AttributeType, description: string, validate?: Attribute["validate"]): Attribute {
  return { type, optional: true, description, ...(validate && { validate }) };
}

/** An attribute that only the provider sets. */
export function computed(type: AttributeType, description: string): Attribute {
  return { type, computed: true, description };
}
