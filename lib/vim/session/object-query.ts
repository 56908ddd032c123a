import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { ToVim } from "../wire/types";
import type { PropertyTable } from "./answers";

/** Objects, and what is to be read of them. */
export interface ObjectQuery {
  objects: readonly ToVim<"ObjectSpec">[];
  /** What to read of the objects reached, by their type. */
  properties: Readonly<Record<string, PropertyTable>>;
}

/** Asks for `table` of objects of one type. */
export function objectQuery(references: readonly ManagedObjectReference[], table: PropertyTable): ObjectQuery {
  return { objects: references.map((obj) => ({ obj })), properties: { [references[0]!.type]: table } };
}
