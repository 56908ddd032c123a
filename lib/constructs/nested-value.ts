import { Fn, Tokenization } from "cdktf";

/**
 * What is inside a nested attribute, as CDKTF can write it in HCL: it knows no list in there, but it knows a list that
 * a function returns. Asked by the bindings.
 */
export function nestedValue(value: unknown): unknown {
  if (Array.isArray(value)) return Fn.tolist(value);
  if (typeof value !== "object" || value === null || Tokenization.isResolvable(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, nestedValue(member)]));
}
