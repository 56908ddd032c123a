import type { Session } from "../../core/session";
import type { WorldObject } from "../../core/world";
import { Fault } from "../../fault";
import type { Field } from "../../schema/parse-schema";
import { schema } from "../../schema/schema";
import { isDataObject, listOf, type Value } from "../../value";
import { asAny } from "../../wire/encode";

interface Step {
  readonly name: string;
  /** `device[4000]`: the element of a list with this `key`. */
  readonly key?: string;
}

const SEGMENT = /^\.?([A-Za-z]\w*)(?:\[(?:"([^"]*)"|([^\]]*))\])?/;

/** Paths that were parsed before: clients ask for the same ones again and again. */
const parsed = new Map<string, readonly Step[]>();
/** A client may make up as many paths as it likes. */
const MOST_PARSED = 1_000;

function parsePath(path: string): readonly Step[] {
  const known = parsed.get(path);
  if (known) return known;
  const steps: Step[] = [];
  for (let rest = path; rest !== ""; ) {
    const match = SEGMENT.exec(rest);
    if (!match || (steps.length === 0) === rest.startsWith(".")) throw invalidProperty(path);
    steps.push({ name: match[1]!, key: match[2] ?? match[3] });
    rest = rest.slice(match[0].length);
  }
  if (parsed.size < MOST_PARSED) parsed.set(path, steps);
  return steps;
}

const invalidProperty = (path: string): Fault =>
  new Fault("InvalidProperty", `There is no property "${path}"`, { name: path });

/** Walks the schema and, as far as there is one, the value; `undefined` from an unset field on. */
function walk(
  type: string,
  path: string,
  top?: (property: string) => Value | undefined,
): { field: Field; value?: Value } {
  const steps = parsePath(path);
  let owner = type;
  let read = top;
  let field: Field | undefined;
  let value: Value | undefined;
  for (const [index, step] of steps.entries()) {
    field = schema.field(owner, step.name);
    if (!field) {
      // Below a type that is known by name only, or below what only a value would tell, nothing can be said.
      if (index > 0 && (!schema.find(owner) || value === undefined)) return { field: { ...OPAQUE } };
      throw invalidProperty(path);
    }
    value = read?.(step.name);
    if (step.key !== undefined) {
      if (!field.list) throw invalidProperty(path);
      value = listOf(value).find((item) => isDataObject(item) && String(item["key"]) === step.key);
      field = { ...field, list: false };
    } else if (field.list && index < steps.length - 1) {
      throw invalidProperty(path);
    }
    const object = isDataObject(value) ? value : undefined;
    owner = object?.$type ?? field.type;
    read = (name) => object?.[name];
  }
  if (!field) throw invalidProperty(path);
  return { field, value };
}

const OPAQUE: Field = { name: "", type: "anyType", reference: false, list: false, optional: true, since: [] };

/** Throws InvalidProperty if the type has no such property. */
export function checkPath(type: string, path: string): void {
  walk(type, path);
}

/** A property's value by its path; undefined while it is unset. */
export function valueAt(object: WorldObject, path: string, session?: Session): Value | undefined {
  return walk(object.ref.type, path, (name) => object.properties[name]?.(session)).value;
}

/**
 * Reads properties of an object by their paths, typed as an `anyType` is; undefined while unset. What they are a part
 * of is made once: the reads are of one moment.
 */
export function pathReader(object: WorldObject, session?: Session): (path: string) => Value | undefined {
  const made = new Map<string, Value | undefined>();
  const top = (name: string): Value | undefined => {
    if (!made.has(name)) made.set(name, object.properties[name]?.(session));
    return made.get(name);
  };
  return (path) => {
    const { field, value } = walk(object.ref.type, path, top);
    return value === undefined ? undefined : asAny(field, value);
  };
}

/** One property, as `pathReader` reads it. */
export function readPath(object: WorldObject, path: string, session?: Session): Value | undefined {
  return pathReader(object, session)(path);
}
