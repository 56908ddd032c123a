import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import { type DataObject, listOf, Reference } from "../../value";
import type { World, WorldObject } from "../../core/world";
import type { Session } from "../../core/session";
import { checkPath, valueAt } from "./property-path";

/** One object that a PropertyFilterSpec selects, with the property paths to read from it. */
export interface Selected {
  readonly object: WorldObject;
  readonly paths: readonly string[];
}

interface Selection {
  readonly selected: readonly Selected[];
  /** Starting objects that aren't there. */
  readonly missing: readonly Reference[];
}

const objects = (value: DataObject[string]): DataObject[] => listOf(value) as DataObject[];

/** Faults as CreateFilter and RetrievePropertiesEx do for a specification that can't be carried out. */
export function checkFilterSpec(spec: DataObject): void {
  for (const propSet of objects(spec["propSet"])) {
    const type = propSet["type"] as string;
    if (!schema.managed(type) && type !== "ManagedEntity")
      throw new Fault("InvalidArgument", `There is no type ${type}`, { invalidProperty: "type" });
    for (const path of listOf(propSet["pathSet"])) checkPath(type, path as string);
  }
  for (const objectSpec of objects(spec["objectSet"])) {
    const named = namedSelections(objectSpec);
    for (const { name } of everySelection(objectSpec)) {
      if (name !== undefined && !named.has(name as string)) {
        throw new Fault("InvalidArgument", `No TraversalSpec is named "${String(name)}"`, {
          invalidProperty: "selectSet",
        });
      }
    }
  }
}

function* everySelection(spec: DataObject): Generator<DataObject> {
  for (const selection of objects(spec["selectSet"])) {
    yield selection;
    yield* everySelection(selection);
  }
}

const namedSelections = (objectSpec: DataObject): Map<string, DataObject> =>
  new Map(
    [...everySelection(objectSpec)]
      .filter((selection) => selection.$type === "TraversalSpec" && selection["name"] !== undefined)
      .map((selection) => [selection["name"] as string, selection]),
  );

/** The paths that a filter's propSets want from an object; undefined if none is for its type. */
function pathsFor(spec: DataObject, object: WorldObject): readonly string[] | undefined {
  const matching = objects(spec["propSet"]).filter((propSet) => schema.isA(object.ref.type, propSet["type"] as string));
  if (matching.length === 0) return undefined;
  const paths = matching.flatMap((propSet) =>
    propSet["all"] === true
      ? schema.fields(object.ref.type).map((field) => field.name)
      : (listOf(propSet["pathSet"]) as string[]),
  );
  return [...new Set(paths)];
}

/** Carries out the objectSet: the starting objects and all that their selectSets reach, each once, in that order. */
export function select(spec: DataObject, world: World, session?: Session): Selection {
  const selected = new Map<string, Selected>();
  const missing: Reference[] = [];
  for (const objectSpec of objects(spec["objectSet"])) {
    const named = namedSelections(objectSpec);
    const visited = new Map<WorldObject, Set<DataObject>>();
    const visit = (object: WorldObject, from: DataObject): void => {
      const seen = visited.get(object) ?? new Set();
      if (seen.has(from)) return;
      visited.set(object, seen.add(from));
      const paths = from["skip"] === true ? undefined : pathsFor(spec, object);
      if (paths) selected.set(object.ref.toString(), { object, paths });
      for (const selection of objects(from["selectSet"])) {
        const traversal = selection.$type === "TraversalSpec" ? selection : named.get(selection["name"] as string);
        if (!traversal || !schema.isA(object.ref.type, traversal["type"] as string)) continue;
        for (const ref of listOf(valueAt(object, traversal["path"] as string, session))) {
          const next = ref instanceof Reference ? world.find(ref, session) : undefined;
          if (next) visit(next, traversal);
        }
      }
    };
    const start = world.find(objectSpec["obj"] as Reference, session);
    if (start) visit(start, objectSpec);
    else missing.push(objectSpec["obj"] as Reference);
  }
  return { selected: [...selected.values()], missing };
}
