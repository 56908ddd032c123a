import { nameOf, readVisible, type RawObject } from "./session/answers";
import { retrieve } from "./session/property-collector";
import type { Abortable, Session } from "./session/session";
import { hostsBelowFolder, virtualMachinesBelowFolder } from "./session/traversals";
import type { ManagedObjectReference } from "./wire/managed-object-reference";

/** Where an object is in the inventory. */
export interface Place {
  reference: ManagedObjectReference;
  name: string;
  /** `/DC0/vm/team/db`, its names as vCenter escapes them. */
  path: string;
}

const properties = { name: "string", parent: "ManagedObjectReference?" } as const;

/** Every VM with its inventory path, by one call. */
export async function virtualMachinePlaces(session: Session, options: Abortable = {}): Promise<Place[]> {
  return places(session, "VirtualMachine", { ...options, selectSet: virtualMachinesBelowFolder() });
}

/** Every host with its inventory path, by one call: the one that stands alone by the path of what it makes up, too. */
export async function hostPlaces(session: Session, options: Abortable = {}): Promise<Place[]> {
  const found = await places(session, "HostSystem", { ...options, selectSet: hostsBelowFolder() });
  const alone = found.filter(({ path }) => /\/([^/]+)\/\1$/.test(path));
  return [...found, ...alone.map((place) => ({ ...place, path: place.path.replace(/\/[^/]+$/, "") }))];
}

async function places(
  session: Session,
  type: string,
  { signal, selectSet }: Abortable & { selectSet: ReturnType<typeof hostsBelowFolder> },
): Promise<Place[]> {
  const { rootFolder } = await session.content(signal);
  const table = { Folder: properties, Datacenter: properties, ComputeResource: properties, [type]: properties };
  const objects = await retrieve(
    session,
    [{ objects: [{ obj: rootFolder, skip: true, selectSet }], properties: table }],
    { signal },
  );
  const byId = new Map(objects.map((object) => [object.obj.value, object]));
  const pathOf = (object: RawObject): string => {
    const { parent } = readVisible(object, properties).properties;
    const above = parent && byId.get(parent.value);
    return `${above ? pathOf(above) : ""}/${nameOf(object)}`;
  };
  return objects
    .filter(({ obj }) => obj.type === type)
    .map((object) => ({ reference: object.obj, name: nameOf(object), path: pathOf(object) }));
}
