import type { VimClient } from "./session/client";
import { hostsBelowFolder, type FindOptions } from "./find";
import { hostFrom, hostProperties, type Host } from "./host/host";
import type { ManagedObjectReference } from "./wire/managed-object-reference";
import { readObject, retrieve, type RawObject } from "./session/property-collector";
import type { ToVim } from "./wire/types";
import { virtualMachineFrom, virtualMachineProperties, type VirtualMachine } from "./virtual-machine/virtual-machine";

/** An object that vCenter doesn't show in full: an orphaned VM, a host without a privilege on it. */
export interface Unreadable {
  reference: ManagedObjectReference;
  name: string;
  /** What kept it from being read. */
  error: Error;
}

export interface Inventory {
  hosts: Host[];
  virtualMachines: VirtualMachine[];
  /** Left out above; one that can't be read doesn't keep the others from being so. */
  unreadable: Unreadable[];
}

export interface InventoryOptions extends FindOptions {
  /** The hosts to read, with all VMs on them. Default: all. */
  hosts?: readonly ManagedObjectReference[];
}

const vmsOfHost: ToVim<"TraversalSpec"> = { $type: "TraversalSpec", type: "HostSystem", path: "vm", skip: false };

/** Reads hosts and the VMs on them by one call, and its continuations: one request for each hundred of them. */
export async function readInventory(client: VimClient, { hosts, signal }: InventoryOptions = {}): Promise<Inventory> {
  const { rootFolder } = await client.content(signal);
  const objects = hosts
    ? hosts.map((obj) => ({ obj, selectSet: [vmsOfHost] }))
    : [{ obj: rootFolder, skip: true, selectSet: hostsBelowFolder([vmsOfHost]) }];
  const read = await retrieve(
    client,
    [{ objects, properties: { HostSystem: hostProperties, VirtualMachine: virtualMachineProperties } }],
    { signal },
  );
  const inventory: Inventory = { hosts: [], virtualMachines: [], unreadable: [] };
  for (const object of read) {
    try {
      if (object.obj.type === "HostSystem") inventory.hosts.push(hostFrom(object));
      else inventory.virtualMachines.push(virtualMachineFrom(object));
    } catch (error) {
      inventory.unreadable.push({ reference: object.obj, name: nameOf(object), error: error as Error });
    }
  }
  return inventory;
}

function nameOf(object: RawObject): string {
  return readObject(object, { name: "string" } as const).properties.name ?? object.obj.value;
}
