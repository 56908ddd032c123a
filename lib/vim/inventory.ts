import { hostFrom, hostProperties, type Host } from "./host/host";
import { nameOf } from "./session/answers";
import { retrieve } from "./session/property-collector";
import type { Abortable, Session } from "./session/session";
import { hostsBelowFolder, virtualMachinesOfHost } from "./session/traversals";
import { virtualMachineFrom, virtualMachineProperties, type VirtualMachine } from "./virtual-machine/virtual-machine";
import type { ManagedObjectReference } from "./wire/managed-object-reference";

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

interface InventoryOptions extends Abortable {
  /** The hosts to read, with all VMs on them. Default: all. */
  hosts?: readonly ManagedObjectReference[];
}

/** Reads hosts and the VMs on them by one call, and its continuations: one request for each hundred of them. */
export async function readInventory(session: Session, { hosts, signal }: InventoryOptions = {}): Promise<Inventory> {
  const { rootFolder } = await session.content(signal);
  const objects = hosts
    ? hosts.map((obj) => ({ obj, selectSet: [virtualMachinesOfHost] }))
    : [{ obj: rootFolder, skip: true, selectSet: hostsBelowFolder([virtualMachinesOfHost]) }];
  const read = await retrieve(
    session,
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
