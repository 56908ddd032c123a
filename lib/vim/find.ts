import { nameOf } from "./session/answers";
import { objectQuery } from "./session/object-query";
import { retrieve } from "./session/property-collector";
import type { Abortable, Session } from "./session/session";
import { hostsBelowFolder } from "./session/traversals";
import { isFault } from "./wire/fault";
import { distinct, type ManagedObjectReference } from "./wire/managed-object-reference";

const uuidPattern = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const nameProperty = { name: "string" } as const;

/**
 * The VMs that `name` may mean, all of them: by BIOS UUID and instance UUID, by managed object id (`vm-42`), or by
 * inventory path (`/dc/vm/folder/name`). Empty if there is none.
 */
export async function findVirtualMachines(
  session: Session,
  name: string,
  { signal }: Abortable = {},
): Promise<ManagedObjectReference[]> {
  if (isVirtualMachineId(name)) return existing(session, { type: "VirtualMachine", value: name }, { signal });
  const { searchIndex } = await session.content(signal);
  if (uuidPattern.test(name)) {
    const found = await Promise.all(
      [false, true].map((instanceUuid) =>
        session.call("FindAllByUuid", searchIndex!, { uuid: name, vmSearch: true, instanceUuid }, { signal }),
      ),
    );
    return distinct(found.flat());
  }
  if (!name.includes("/")) return [];
  const found = await session.call("FindByInventoryPath", searchIndex!, { inventoryPath: name }, { signal });
  return found?.type === "VirtualMachine" ? [found] : [];
}

/** Whether `name` is a managed object id of a VM. */
export function isVirtualMachineId(name: string): boolean {
  return /^vm-\d+$/.test(name);
}

/** The hosts that `name` means: by managed object id (`host-12`) or by their name in vCenter, letter case aside. */
export async function findHosts(
  session: Session,
  name: string,
  { signal }: Abortable = {},
): Promise<ManagedObjectReference[]> {
  if (/^host-\d+$/.test(name)) return existing(session, { type: "HostSystem", value: name }, { signal });
  const hosts = await listHosts(session, { signal });
  return hosts.filter((host) => host.name.toLowerCase() === name.toLowerCase()).map(({ reference }) => reference);
}

/** All hosts of the inventory, by one call. */
export async function listHosts(
  session: Session,
  { signal }: Abortable = {},
): Promise<{ reference: ManagedObjectReference; name: string }[]> {
  const { rootFolder } = await session.content(signal);
  const query = {
    objects: [{ obj: rootFolder, skip: true, selectSet: hostsBelowFolder() }],
    properties: { HostSystem: nameProperty },
  };
  return (await retrieve(session, [query], { signal })).map((object) => ({
    reference: object.obj,
    name: nameOf(object),
  }));
}

async function existing(
  session: Session,
  reference: ManagedObjectReference,
  { signal }: Abortable,
): Promise<ManagedObjectReference[]> {
  try {
    return (await retrieve(session, [objectQuery([reference], nameProperty)], { signal })).map(({ obj }) => obj);
  } catch (error) {
    if (isFault(error, "ManagedObjectNotFound")) return [];
    throw error;
  }
}
