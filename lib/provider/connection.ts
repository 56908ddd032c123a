import type { Clock } from "../clock";
import type { VcenterSettings } from "../environment/vcenter-settings";
import type { Facts } from "../hotplug/facts";
import { titleOf } from "../hotplug/observed-facts";
import { checkRules } from "../hotplug/rules/rules";
import { printable } from "../printable";
import type { Secrets } from "../secrets";
import type { OperationContext } from "../tfplugin6/provider";
import { VimClient } from "../vim/session/client";
import { orUnknown } from "../vim/session/answers";
import { queryPassthroughTargets } from "../vim/virtual-machine/environment-browser";
import { findHosts, findVirtualMachines, isVirtualMachineId } from "../vim/find";
import type { Carrier } from "../vim/wire/carrier";
import type { ManagedObjectReference } from "../vim/wire/managed-object-reference";
import { VirtualMachineLooks } from "../vim/virtual-machine/looks";
import { readVirtualMachines } from "../vim/virtual-machine/virtual-machine";
import { readHosts } from "../vim/host/host";
import { readBootParameters, type BootParameters } from "../vim/host/kernel-setting";
import type { GuestSsh } from "./guest-ssh";
import { HostGate } from "./host-gate";
import { PlanNotes } from "./plan-notes";
import { RunOwnership } from "./run-ownership";
import { brokenRule, UserError } from "./user-error";

type Log = OperationContext["log"];

interface ConnectionOptions {
  clock: Clock;
  userAgent: string;
  log: Log;
  secrets: Secrets;
  carrier?: Carrier;
  guests?: Connection["guests"];
}

type Offers = ReadonlyMap<string, string>;

/** One vCenter, as the resources share it in one process. */
export class Connection {
  readonly client: VimClient;
  readonly looks: VirtualMachineLooks;
  /** Who may work on a host at the same time. */
  readonly hosts = new HostGate();
  /** Which resource has which virtual machine in this run. */
  readonly ownership = new RunOwnership();
  /** What its plans have told, and what they take care of. */
  readonly notes = new PlanNotes();
  /** By host: asked once a process, since only a restart changes it. */
  private readonly kernels = new Map<string, Promise<BootParameters | undefined>>();
  /** By host: what it offers for passthrough, by address, with what its devices have for their system. */
  private readonly offers = new Map<string, Promise<Offers | undefined>>();
  /** Virtual machines by the name that found them, so that an apply doesn't look for what its plan has found. */
  private readonly found = new Map<string, ManagedObjectReference>();

  /** How guests are logged in to; `skips`: none is asked in this run. */
  readonly guests: { ssh: GuestSsh; skips: boolean };

  constructor(
    settings: VcenterSettings,
    { guests = { ssh: { credentials: {} }, skips: false }, ...options }: ConnectionOptions,
  ) {
    this.client = new VimClient({ ...settings, ...options });
    this.looks = new VirtualMachineLooks(this.client, options.clock);
    this.guests = guests;
  }

  close(): Promise<void> {
    return this.client.close();
  }

  /** The endpoint's facts; an error at once where it is no vCenter or too old. */
  async checkEndpoint(signal: AbortSignal): Promise<NonNullable<Facts["endpoint"]>> {
    const { apiType, apiVersion } = await this.client.about(signal);
    const endpoint = { apiType, apiVersion };
    const [violation] = checkRules({ endpoint });
    if (violation) throw brokenRule(violation);
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
  async findVirtualMachine(name: string, signal: AbortSignal): Promise<ManagedObjectReference | undefined> {
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

  /** `unseen`: whoever looks at it next needs no answer whether a managed object id is there, and tells by itself. */
  async requireVirtualMachine(
    name: string,
    signal: AbortSignal,
    { unseen = false }: { unseen?: boolean } = {},
  ): Promise<ManagedObjectReference> {
    const itself = { type: "VirtualMachine", value: name };
    const found =
      this.found.get(name) ??
      (unseen && isVirtualMachineId(name) ? itself : await this.findVirtualMachine(name, signal));
    if (!found) throw noVirtualMachine(name);
    this.found.set(name, found);
    return found;
  }

  /** The virtual machine that an import names, and the name to keep: a path may lead elsewhere tomorrow. */
  async importVirtualMachine(
    id: string,
    signal: AbortSignal,
  ): Promise<{ reference: ManagedObjectReference; name: string }> {
    const reference = await this.requireVirtualMachine(id, signal);
    if (!id.includes("/")) return { reference, name: id };
    const [virtualMachine] = await readVirtualMachines(this.client, [reference], { signal });
    return { reference, name: virtualMachine!.biosUuid };
  }

  /** The host that a state is about, or undefined where it is gone: what is there under its managed object id. */
  async findOwnHost(
    { known, name }: { known: string | undefined; name: string },
    signal: AbortSignal,
  ): Promise<ManagedObjectReference | undefined> {
    if (known === undefined) return this.requireHost(name, signal);
    const [still] = await readHosts(this.client, [{ type: "HostSystem", value: known }], { signal, allowGone: true });
    return still?.reference;
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

  /**
   * What the host's devices have for their system: the same for all of a host, and asked once a process. Undefined
   * where it offers none, or that can't be asked for.
   */
  async systemIdOf(
    host: ManagedObjectReference,
    environmentBrowser: ManagedObjectReference,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const ask = (): Promise<Offers> => this.askOffers(host, environmentBrowser, signal);
    const offers = await once(this.offers, host, ask);
    return offers?.values().next().value;
  }

  /** The same, where it has been asked for already. */
  async knownSystemId({ value: host }: ManagedObjectReference): Promise<string | undefined> {
    return (await this.offers.get(host)?.catch(() => undefined))?.values().next().value;
  }

  /** The same for a device that is about to be added; undefined where the host, asked anew, doesn't offer it. */
  async systemIdFor(
    address: string,
    host: ManagedObjectReference,
    environmentBrowser: ManagedObjectReference,
  ): Promise<string | undefined> {
    const before = this.offers.get(host.value);
    const known = (await before?.catch(() => undefined))?.get(address);
    if (known !== undefined) return known;
    // Who asks at the same moment is answered together.
    if (this.offers.get(host.value) === before) {
      const asking = this.askOffers(host, environmentBrowser);
      this.offers.set(host.value, asking);
      asking.catch(() => this.offers.delete(host.value));
    }
    return (await this.offers.get(host.value))?.get(address);
  }

  private async askOffers(
    host: ManagedObjectReference,
    environmentBrowser: ManagedObjectReference,
    signal?: AbortSignal,
  ): Promise<Offers> {
    const targets = await queryPassthroughTargets(this.client, environmentBrowser, host, { signal });
    return new Map(targets.map(({ address, systemId }) => [address, systemId]));
  }

  /** What the host's kernel was booted with; undefined where that can't be asked for, which is no error. */
  bootParameters(host: ManagedObjectReference, signal: AbortSignal): Promise<BootParameters | undefined> {
    return once(this.kernels, host, () => readBootParameters(this.client, host, { signal }));
  }

  /** A host was changed: what was known of its kernel may hold no longer. */
  forgetHost(hostId: string): void {
    this.kernels.delete(hostId);
    this.offers.delete(hostId);
  }
}

/** The error that nothing is what `name` says. */
export function noVirtualMachine(name: string): UserError {
  return new UserError(
    `vCenter shows no virtual machine ${printable(name)}`,
    "It takes a BIOS UUID, an instance UUID or a managed object id such as vm-42 (an import takes an " +
      "inventory path, too). Check the id, the vCenter, and that the account may see the virtual machine.",
    ["virtual_machine_id"],
  );
}

/** Asks once a process; a fault is vCenter's answer, and an error on the way there is asked anew. */
function once<T>(
  known: Map<string, Promise<T | undefined>>,
  { value: id }: ManagedObjectReference,
  read: () => Promise<T>,
): Promise<T | undefined> {
  const reading = known.get(id) ?? orUnknown(read());
  known.set(id, reading);
  reading.catch(() => known.delete(id));
  return reading;
}
