import type { AttributePath, Diagnostic } from "./diagnostic";
import type { Value } from "./value";

/** The type of an attribute, as Terraform's type system names it. */
export type AttributeType =
  | "string"
  | "number"
  | "bool"
  | { list: AttributeType }
  | { set: AttributeType }
  | { map: AttributeType };

/** A group of attributes under one name, written `name = { … }` in a configuration. */
export interface NestedAttributes {
  nesting: "single" | "list" | "set" | "map";
  attributes: Record<string, Attribute>;
}

/** One attribute of a resource, a data source or the provider. Exactly one of `type` and `nested` is set. */
export interface Attribute {
  type?: AttributeType;
  nested?: NestedAttributes;
  /** Markdown for the person who writes the configuration: meaning, unit, default, consequence. */
  description: string;
  required?: boolean;
  optional?: boolean;
  computed?: boolean;
  sensitive?: boolean;
  /**
   * What is wrong with a value by itself. Asked for one that is set and known; what is inside it may be unknown. It is
   * the provider's own: Terraform isn't told of it.
   */
  validate?(value: Exclude<Value, null>, path: AttributePath): Diagnostic[];
}

/** The attributes of a resource, a data source or the provider, with the version of its stored state. */
export interface Schema {
  version: number;
  description: string;
  attributes: Record<string, Attribute>;
}
