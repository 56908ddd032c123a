import type { Clock } from "../clock";
import type { Facts } from "../hotplug/facts";
import { checkRules } from "../hotplug/rules";
import { explain } from "../hotplug/violation";
import { printable } from "../printable";
import type { OperationContext } from "../tfplugin6/provider";
import { VimClient } from "../vim/client";
import { findHosts, findVirtualMachines } from "../vim/find";
import type { ManagedObjectReference } from "../vim/managed-object-reference";
import { readVirtualMachines, type VirtualMachine } from "../vim/virtual-machine";
import type { Configuration } from "./configuration";
import { UserError } from "./user-error";

type Log = OperationContext["log"];

/** One vCenter, as the resources share it in one process. */
export class Connection {
  readonly client: VimClient;
  private endpoint?: Promise<NonNullable<Facts["endpoint"]>>;
  /** Which configuration owns a virtual machine in this run: two owners would undo each other's work. */
  private readonly owners = new Map<string, { claim: string; description: string }>();

  constructor(configuration: Configuration, options: { clock: Clock; userAgent: string; log: Log }) {
    this.client = new VimClient({ ...configuration, ...options });
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** The endpoint's facts; an error at once where it is no vCenter or too old. */
  async checkEndpoint(signal: AbortSignal): Promise<NonNullable<Facts["endpoint"]>> {
    this.endpoint ??= this.client.about(signal).then(({ apiType, apiVersion }) => ({ apiType, apiVersion }));
    const endpoint = await this.endpoint.catch((error: unknown) => {
      delete this.endpoint;
      throw error;
    });
    const [violation] = checkRules({ endpoint });
    if (violation) throw new UserError(violation.summary, explain(violation), ["vsphere_server"]);
    return endpoint;
  }

  /** The virtual machine of that name, or undefined where there is none. */
  async findVirtualMachine(name: string, signal: AbortSignal): Promise<ManagedObjectReference | undefined> {
    await this.checkEndpoint(signal);
    const found = await findVirtualMachines(this.client, name, { signal });
    if (found.length <= 1) return found[0];
    const all = await readVirtualMachines(this.client, found, { signal });
    throw new UserError(
      `${found.length} virtual machines have the name ${name}`,
      `They are ${all.map(virtualMachineTitle).join(", ")}. A copy of a virtual machine may share its BIOS UUID: name the one you mean by its managed object id or its instance UUID.`,
      ["virtual_machine_id"],
    );
  }

  async requireVirtualMachine(name: string, signal: AbortSignal): Promise<ManagedObjectReference> {
    const found = await this.findVirtualMachine(name, signal);
    if (found) return found;
    throw new UserError(
      `vCenter shows no virtual machine ${printable(name)}`,
      "It takes a BIOS UUID, an instance UUID or a managed object id such as vm-42 (an import takes an inventory path, too). Check the id, the vCenter, and that the account may see the virtual machine.",
      ["virtual_machine_id"],
    );
  }

  async requireHost(name: string, signal: AbortSignal): Promise<ManagedObjectReference> {
    const found = await findHosts(this.client, name, { signal });
    if (found.length === 1) return found[0]!;
    throw new UserError(
      found.length === 0 ? `vCenter shows no host ${printable(name)}` : `${found.length} hosts have the name ${printable(name)}: ${found.map(({ value }) => value).join(", ")}`,
      "Name it by its managed object id (host-12), or by its name in vCenter's inventory. Check that the account may see it.",
      ["host_id"],
    );
  }

  /**
   * Takes a virtual machine for one configuration. `repeatable`: the same configuration may be planned a second time in a
   * run, as Terraform does for a replacement.
   */
  claim(virtualMachine: { id: string; title: string }, owner: { claim: string; description: string; repeatable: boolean }): void {
    const before = this.owners.get(virtualMachine.id);
    if (before && !(owner.repeatable && before.claim === owner.claim)) {
      throw new UserError(
        `Two hotplug_passthrough_devices resources name virtual machine ${virtualMachine.title}`,
        `One resource owns all NVMe passthrough devices of a virtual machine; two would undo each other's work. They are the one with ${before.description} and the one with ${owner.description}. Keep one, with the devices of both.`,
        ["virtual_machine_id"],
      );
    }
    this.owners.set(virtualMachine.id, owner);
  }
}

/** `db (vm-42)` */
export function virtualMachineTitle({ name, reference }: Pick<VirtualMachine, "name" | "reference">): string {
  return `${printable(name)} (${reference.value})`;
}

/** `esx01 (host-12)` */
export function hostTitle({ name, reference }: { name: string; reference: ManagedObjectReference }): string {
  return `${printable(name)} (${reference.value})`;
}
