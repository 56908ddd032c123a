import { UserError } from "./user-error";

/** A virtual machine by its managed object id, and as the person knows it. */
interface Owned {
  id: string;
  title: string;
}

/**
 * Which hotplug_passthrough_devices resource has which virtual machine in this run of the provider: two of one virtual
 * machine would undo each other's work. Resources are named by their configuration, since a provider isn't told their
 * addresses.
 */
export class RunOwnership {
  /** Virtual machines that a resource of the state has, as it was refreshed in this run. */
  private readonly inState = new Set<string>();
  /** By virtual machine, the configuration that owns it. */
  private readonly owners = new Map<string, string>();
  /** By virtual machine, the configuration that is being destroyed. */
  private readonly released = new Map<string, string>();
  /** The end of the last change of each virtual machine. */
  private readonly changes = new Map<string, Promise<unknown>>();
  /** By virtual machine, the devices that a plan of this run takes off it, and those that a change is about to. */
  private readonly plannedRemovals = new Map<string, ReadonlySet<string>>();
  private readonly removals = new Map<string, ReadonlySet<string>>();

  /** Says that a resource of the state has a virtual machine. */
  noteInState(virtualMachineId: string): void {
    this.inState.add(virtualMachineId);
  }

  isInState(virtualMachineId: string): boolean {
    return this.inState.has(virtualMachineId);
  }

  /** Takes a virtual machine for one configuration of this run. Throws where another one has it. */
  claim({ id, title }: Owned, description: string): void {
    const before = this.owners.get(id);
    if (before !== undefined) throw twoOwners(title, [before, description]);
    const former = this.released.get(id);
    if (former !== undefined) throw handedOver(title, { from: former, to: description });
    this.owners.set(id, description);
  }

  /** Says that the owner of a virtual machine is being destroyed. Throws where another one takes it in the same run. */
  release({ id, title }: Owned, description: string): void {
    const owner = this.owners.get(id);
    if (owner !== undefined) throw handedOver(title, { from: description, to: owner });
    this.released.set(id, description);
  }

  isClaimed(virtualMachineId: string): boolean {
    return this.owners.has(virtualMachineId);
  }

  /** Says which devices a plan takes off a virtual machine. */
  planRemovals(virtualMachineId: string, addresses: readonly string[]): void {
    this.plannedRemovals.set(virtualMachineId, new Set(addresses));
  }

  /** Does `change`, during which others may wait for the devices that it takes off a virtual machine. */
  async whileRemoving<T>(virtualMachineId: string, addresses: readonly string[], change: () => Promise<T>): Promise<T> {
    this.removals.set(virtualMachineId, new Set(addresses));
    return change().finally(() => this.removals.delete(virtualMachineId));
  }

  /** As it is at this moment: whether a device is about to be taken off a virtual machine, or planned to be. */
  departures(): {
    isUnderWay(virtualMachineId: string, address: string): boolean;
    isPlanned(virtualMachineId: string, address: string): boolean;
  } {
    const underWay = new Map(this.removals);
    return {
      isUnderWay: (id, address) => underWay.get(id)?.has(address) === true,
      isPlanned: (id, address) => this.plannedRemovals.get(id)?.has(address) === true,
    };
  }

  /** One change at a time on a virtual machine, whichever resources ask for it. */
  async exclusively<T>(virtualMachineId: string, change: () => Promise<T>): Promise<T> {
    const result = (this.changes.get(virtualMachineId) ?? Promise.resolve()).then(change);
    this.changes.set(
      virtualMachineId,
      result.catch(() => undefined),
    );
    return result;
  }
}

function twoOwners(title: string, [one, other]: [string, string]): UserError {
  return new UserError(
    `Two hotplug_passthrough_devices resources name virtual machine ${title}`,
    "One resource owns all NVMe passthrough devices of a virtual machine; two would undo each other's work. They " +
      `are the one with ${one} and the one with ${other}. Keep one, with the devices of both.`,
    ["virtual_machine_id"],
  );
}

function handedOver(title: string, { from, to }: { from: string; to: string }): UserError {
  return new UserError(
    `Virtual machine ${title} goes from one hotplug_passthrough_devices resource to another`,
    `The one with ${from} is destroyed, which takes every NVMe device off; the one with ${to} is to have them, ` +
      "and Terraform may do either first. If it is one resource under a new address, say so with a moved block " +
      "(moveFromId in CDKTF) or terraform state mv: then no call is made. If it is what create_before_destroy " +
      "left behind (deposed), take the resource out of the state (terraform state rm) and import it: no call is " +
      "made, either. Otherwise destroy the old one in an apply of its own.",
    ["virtual_machine_id"],
  );
}
