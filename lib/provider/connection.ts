import type { Clock } from "../clock";
import type { Facts } from "../hotplug/facts";
import { titleOf } from "../hotplug/observed-facts";
import { checkRules } from "../hotplug/rules/rules";
import { explain } from "../hotplug/rules/violation";
import { printable } from "../printable";
import type { OperationContext } from "../tfplugin6/provider";
import { VimClient } from "../vim/session/client";
import { VimFault } from "../vim/wire/fault";
import { findHosts, findVirtualMachines } from "../vim/find";
import type { ManagedObjectReference } from "../vim/wire/managed-object-reference";
import { readVirtualMachines } from "../vim/virtual-machine/virtual-machine";
import type { Configuration } from "./configuration";
import { readIntrCookies } from "../vim/host/kernel-setting";
import { HostGate } from "./host-gate";
import { UserError } from "./user-error";

type Log = OperationContext["log"];

/** One vCenter, as the resources share it in one process. */
export class Connection {
  readonly client: VimClient;
  /** Who may work on a host at the same time. */
  readonly hosts = new HostGate();
  private endpoint?: Promise<NonNullable<Facts["endpoint"]>>;
  /** By host: asked once a process, since only a restart changes it. */
  private readonly intrCookies = new Map<string, Promise<number | undefined>>();
  /** Virtual machines by the name that found them, so that an apply doesn't look for what its plan has found. */
  private readonly found = new Map<string, ManagedObjectReference>();
  /** Virtual machines that a resource of the state has, as it was refreshed in this run. */
  private readonly inState = new Set<string>();
  /**
   * Which configuration owns a virtual machine in this run, by its description: two owners would undo each other's
   * work.
   */
  private readonly owners = new Map<string, string>();
  /** Virtual machines whose owner of before is being destroyed in this run. */
  private readonly released = new Map<string, string>();
  /** The end of the last change of each virtual machine. */
  private readonly changes = new Map<string, Promise<unknown>>();

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
    if (violation) throw new UserError(violation.summary, explain(violation));
    return endpoint;
  }

  /**
   * What a state is to remember of this vCenter: its instance UUID. An error where the state remembers another one:
   * managed object ids begin anew in each, and vm-42 is somebody else's machine there.
   */
  async requireVcenter(
    { vcenter: remembered }: { vcenter?: string },
    signal: AbortSignal,
  ): Promise<{ vcenter?: string }> {
    const { instanceUuid } = await this.client.about(signal);
    if (instanceUuid === undefined) return {};
    if (remembered === undefined || remembered === instanceUuid) return { vcenter: instanceUuid };
    throw new UserError(
      "This is another vCenter than the one that the state is about",
      `The state is about the vCenter with the instance UUID ${printable(remembered)}; this one has ` +
        `${printable(instanceUuid)}, and the managed object ids of the one name other objects in the other. ` +
        "Check vsphere_server (VSPHERE_SERVER). If everything was moved here, take the resource out of the state " +
        "(terraform state rm) and import it. Nothing was changed.",
      ["vsphere_server"],
    );
  }

  /**
   * The virtual machine that a state is about, or undefined where it is gone: what is there under its managed object
   * id, whatever its UUID by now and whoever has that one; else what has its name, since one that was registered anew
   * has another id.
   */
  async findOwnVirtualMachine(
    { known, name }: { known: string | undefined; name: string },
    signal: AbortSignal,
  ): Promise<ManagedObjectReference | undefined> {
    await this.checkEndpoint(signal);
    const [still] =
      known === undefined
        ? []
        : await readVirtualMachines(this.client, [{ type: "VirtualMachine", value: known }], {
            signal,
            allowGone: true,
          });
    return still?.reference ?? this.findVirtualMachine(name, signal);
  }

  /**
   * The virtual machine of that name, or undefined where there is none. Where several have the name, an error that
   * names them.
   */
  private async findVirtualMachine(name: string, signal: AbortSignal): Promise<ManagedObjectReference | undefined> {
    await this.checkEndpoint(signal);
    const found = await findVirtualMachines(this.client, name, { signal });
    if (found.length <= 1) return found[0];
    const all = await readVirtualMachines(this.client, found, { signal });
    throw new UserError(
      `${found.length} virtual machines have the name ${printable(name)}: ${all.map(titleOf).join(", ")}`,
      "A copy of a virtual machine may share its BIOS UUID. Name the one you mean by its managed object id or " +
        "its instance UUID.",
      ["virtual_machine_id"],
    );
  }

  async requireVirtualMachine(name: string, signal: AbortSignal): Promise<ManagedObjectReference> {
    const found = this.found.get(name) ?? (await this.findVirtualMachine(name, signal));
    if (found) {
      this.found.set(name, found);
      return found;
    }
    throw new UserError(
      `vCenter shows no virtual machine ${printable(name)}`,
      "It takes a BIOS UUID, an instance UUID or a managed object id such as vm-42 (an import takes an " +
        "inventory path, too). Check the id, the vCenter, and that the account may see the virtual machine.",
      ["virtual_machine_id"],
    );
  }

  async requireHost(name: string, signal: AbortSignal): Promise<ManagedObjectReference> {
    const found = await findHosts(this.client, name, { signal });
    if (found.length === 1) return found[0]!;
    throw new UserError(
      found.length === 0
        ? `vCenter shows no host ${printable(name)}`
        : `${found.length} hosts have the name ${printable(name)}: ${found.map(({ value }) => value).join(", ")}`,
      "Name it by its managed object id (host-12), or by its name in vCenter's inventory. Check that the " +
        "account may see it.",
      ["host_id"],
    );
  }

  /** Says that a resource of the state has a virtual machine. */
  noteInState(virtualMachineId: string): void {
    this.inState.add(virtualMachineId);
  }

  isInState(virtualMachineId: string): boolean {
    return this.inState.has(virtualMachineId);
  }

  /** Takes a virtual machine for one configuration of this run. Throws where another one has it. */
  claim(virtualMachine: { id: string; title: string }, description: string): void {
    const before = this.owners.get(virtualMachine.id);
    if (before !== undefined) {
      throw new UserError(
        `Two hotplug_passthrough_devices resources name virtual machine ${virtualMachine.title}`,
        "One resource owns all NVMe passthrough devices of a virtual machine; two would undo each other's " +
          `work. They are the one with ${before} and the one with ${description}. Keep one, with the devices of ` +
          "both.",
        ["virtual_machine_id"],
      );
    }
    const former = this.released.get(virtualMachine.id);
    if (former !== undefined) throw handedOver(virtualMachine.title, { from: former, to: description });
    this.owners.set(virtualMachine.id, description);
  }

  /** Says that the owner of a virtual machine is being destroyed. Throws where another one takes it in the same run. */
  release(virtualMachine: { id: string; title: string }, description: string): void {
    const owner = this.owners.get(virtualMachine.id);
    if (owner !== undefined) throw handedOver(virtualMachine.title, { from: description, to: owner });
    this.released.set(virtualMachine.id, description);
  }

  isClaimed(virtualMachineId: string): boolean {
    return this.owners.has(virtualMachineId);
  }

  /** What the host's kernel runs with; undefined where that can't be asked for, which is no error. */
  runningIntrCookies(host: ManagedObjectReference, signal: AbortSignal): Promise<number | undefined> {
    const known = this.intrCookies.get(host.value);
    if (known) return known;
    const reading = readIntrCookies(this.client, host, { signal }).then(
      (setting) => setting?.running,
      (error: unknown) => {
        if (error instanceof VimFault) return undefined;
        this.intrCookies.delete(host.value);
        throw error;
      },
    );
    this.intrCookies.set(host.value, reading);
    return reading;
  }

  /** A host was changed: what was known of its kernel may hold no longer. */
  forgetHost(hostId: string): void {
    this.intrCookies.delete(hostId);
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

/**
 * The same text names another object by now, which no replacement can follow: Terraform replaces for a text that has
 * changed.
 */
export function otherObject(
  attribute: "virtual_machine_id" | "host_id",
  name: string,
  { found, known }: { found: string; known: string },
): UserError {
  return new UserError(
    `${attribute} ${printable(name)} names another ${attribute === "host_id" ? "host" : "virtual machine"} by ` +
      `now: ${found}`,
    `The state is about ${known}. Name that one by its managed object id; or, if ${found} is meant, take the ` +
      "resource out of the state (terraform state rm) and import it. Nothing was changed.",
    [attribute],
  );
}
