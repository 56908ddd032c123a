import type { VimClient } from "./session/client";
import { isFault } from "./wire/fault";
import { distinct, type ManagedObjectReference } from "./wire/managed-object-reference";
import { readObject, retrieve } from "./session/property-collector";
import type { ToVim } from "./wire/types";

export interface FindOptions {
  signal?: AbortSignal;
}

const uuidPattern = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/**
 * The VMs that `name` may mean, all of them: by BIOS UUID and instance UUID, by managed object id (`vm-42`), or by
 * inventory path (`/dc/vm/folder/name`). Empty if there is none.
 */
export async function findVirtualMachines(
  client: VimClient,
  name: string,
  { signal }: FindOptions = {},
): Promise<ManagedObjectReference[]> {
  if (/^vm-\d+$/.test(name)) return existing(client, { type: "VirtualMachine", value: name }, signal);
  const { searchIndex } = await client.content(signal);
  const call = signal ? { signal } : {};
  if (uuidPattern.test(name)) {
    const found = await Promise.all(
      [false, true].map((instanceUuid) =>
        client.call("FindAllByUuid", searchIndex!, { uuid: name, vmSearch: true, instanceUuid }, call),
      ),
    );
    return distinct(found.flat());
  }
  if (!name.includes("/")) return [];
  const found = await client.call("FindByInventoryPath", searchIndex!, { inventoryPath: name }, call);
  return found?.type === "VirtualMachine" ? [found] : [];
}

/**
 * The hosts that `name` means: by managed object id (`host-12`) or by the name they have in vCenter, letter case aside.
 */
export async function findHosts(
  client: VimClient,
  name: string,
  { signal }: FindOptions = {},
): Promise<ManagedObjectReference[]> {
  if (/^host-\d+$/.test(name)) return existing(client, { type: "HostSystem", value: name }, signal);
  const hosts = await listHosts(client, { signal });
  return hosts.filter((host) => host.name.toLowerCase() === name.toLowerCase()).map(({ reference }) => reference);
}

/** All hosts of the inventory, by one call. */
export async function listHosts(
  client: VimClient,
  { signal }: FindOptions = {},
): Promise<{ reference: ManagedObjectReference; name: string }[]> {
  const { rootFolder } = await client.content(signal);
  const properties = { name: "string" } as const;
  const query = {
    objects: [{ obj: rootFolder, skip: true, selectSet: hostsBelowFolder() }],
    properties: { HostSystem: properties },
  };
  return (await retrieve(client, [query], { signal })).map((object) => ({
    reference: object.obj,
    name: readObject(object, properties).properties.name ?? object.obj.value,
  }));
}

/** The way from the root folder to all hosts, and on from each by `next`. */
export function hostsBelowFolder(next: readonly ToVim<"TraversalSpec">[] = []): ToVim<"TraversalSpec">[] {
  return [
    traversal("folder", "Folder", "childEntity", ["folder", "datacenter", "cluster"]),
    traversal("datacenter", "Datacenter", "hostFolder", ["folder"]),
    { ...traversal("cluster", "ComputeResource", "host", []), selectSet: [...next] },
  ];
}

function traversal(name: string, type: string, path: string, next: string[]): ToVim<"TraversalSpec"> {
  return { $type: "TraversalSpec", name, type, path, skip: false, selectSet: next.map((target) => ({ name: target })) };
}

async function existing(
  client: VimClient,
  reference: ManagedObjectReference,
  signal: AbortSignal | undefined,
): Promise<ManagedObjectReference[]> {
  try {
    const query = { objects: [{ obj: reference }], properties: { [reference.type]: { name: "string" } } };
    return (await retrieve(client, [query], { signal })).map(({ obj }) => obj);
  } catch (error) {
    if (isFault(error, "ManagedObjectNotFound")) return [];
    throw error;
  }
}
