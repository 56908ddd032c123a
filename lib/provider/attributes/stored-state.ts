import type { Schema } from "../../tfplugin6/schema";
import { validateAttributes } from "../../tfplugin6/validate";
import { containsUnknown, type ObjectValue, type Value } from "../../tfplugin6/value";
import { UserError } from "../user-error";

/**
 * A state as it was stored, in which all is what a provider writes. Throws where somebody edited it, or it was damaged:
 * told by attribute, before anything relies on it. Sets of addresses are judged by whoever reads them.
 */
export function storedState<T extends ObjectValue | null>({ attributes }: Schema, state: T): T {
  if (state === null) return state;
  for (const [name, { required }] of Object.entries(attributes)) {
    const value = state[name] ?? null;
    if (containsUnknown(value) || (required && value === null)) throw damagedState(name);
    const hole = holeIn(value);
    if (hole !== undefined) throw damagedState(`${name}[${hole}]`);
  }
  const scalars = Object.fromEntries(Object.entries(attributes).filter(([, { type }]) => typeof type !== "object"));
  const [wrong] = validateAttributes(scalars, state);
  if (wrong) throw damagedState((wrong.path ?? []).join("."), `${wrong.summary}. `);
  return state;
}

/** An attribute that a refresh can't do without. */
export function storedText(state: ObjectValue, attribute: string): string {
  const value = state[attribute];
  if (typeof value !== "string" || value === "") throw damagedState(attribute);
  return value;
}

/** Where a collection has an element that is null. */
function holeIn(value: Value): string | undefined {
  if (Array.isArray(value)) return value.includes(null) ? String(value.indexOf(null)) : undefined;
  return undefined;
}

function damagedState(attribute: string, what = ""): UserError {
  return new UserError(
    `The stored state was edited or damaged: ${attribute}`,
    `${what}Nothing was changed. Run again without -refresh=false: a refresh reads anew what it can. Or restore the ` +
      "state from a backup; or take the resource out of the state (terraform state rm) and import it again, which " +
      "changes nothing in vCenter.",
    [attribute.replace(/[[.].*/, "")],
  );
}
