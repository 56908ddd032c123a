import type { Session } from "../vim/session/session";
import { findHosts, findVirtualMachines } from "../vim/find";
import { readInventory, type Inventory } from "../vim/inventory";
import type { ManagedObjectReference } from "../vim/wire/managed-object-reference";
import { readVirtualMachines, type VirtualMachine } from "../vim/virtual-machine/virtual-machine";
import { UsageError } from "./command";
import { VcenterError } from "./vcenter";

/** What a person names on the command line. */
export interface Named {
  vm?: string;
  host?: string;
  signal: AbortSignal;
}

/** What was seen, and of that what was asked for by name. */
interface Selection extends Inventory {
  /** The one virtual machine that was named. */
  virtualMachine?: VirtualMachine;
}

/**
 * Looks at one virtual machine with its host and its neighbours there, at one host with its virtual machines, or at
 * all.
 *
 * @throws UsageError where both are named, VcenterError where there is no such object or more than one
 */
export async function readSelection(session: Session, { vm, host, signal }: Named): Promise<Selection> {
  if (vm !== undefined && host !== undefined)
    throw new UsageError("Name a virtual machine (--vm) or a host (--host), not both.");
  if (vm !== undefined) return readVirtualMachineSelection(session, vm, signal);
  const hosts = host === undefined ? undefined : [only(await findHosts(session, host, { signal }), "host", host)];
  return readInventory(session, { ...(hosts && { hosts }), signal });
}

async function readVirtualMachineSelection(session: Session, name: string, signal: AbortSignal): Promise<Selection> {
  const reference = only(await findVirtualMachines(session, name, { signal }), "virtual machine", name);
  const [virtualMachine] = await readVirtualMachines(session, [reference], { signal });
  if (!virtualMachine!.host)
    return { hosts: [], virtualMachines: [virtualMachine!], unreadable: [], virtualMachine: virtualMachine! };
  return {
    ...(await readInventory(session, { hosts: [virtualMachine!.host], signal })),
    virtualMachine: virtualMachine!,
  };
}

function only(
  found: readonly ManagedObjectReference[],
  what: "host" | "virtual machine",
  name: string,
): ManagedObjectReference {
  const [first, ...more] = found;
  const title = `${what} ${name}`;
  if (!first) {
    const forms =
      what === "host"
        ? "managed object id (host-12) or its name"
        : "BIOS UUID, its instance UUID, its managed object id (vm-42) or its inventory path (/DC0/vm/db)";
    throw new VcenterError(
      `vCenter shows no ${title}. Name it by its ${forms}, and check that the account may see it.`,
    );
  }
  if (more.length > 0)
    throw new VcenterError(
      `More than one is meant by ${title}: ${found.map(({ value }) => value).join(", ")}. Name it by one of these ids.`,
    );
  return first;
}
