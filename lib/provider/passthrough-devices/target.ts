import type { AttachedDevice, DevicesObservation, DevicesTarget } from "../../hotplug/devices/target";
import { CallError } from "../../hotplug/call-error";
import type { HostDevice, HostFacts } from "../../hotplug/facts";
import { addressable, hostDevice, hostFacts, titleOf, virtualMachineFacts } from "../../hotplug/observed-facts";
import { isPciAddress } from "../../hotplug/pci-address";
import { printable } from "../../printable";
import type { Host } from "../../vim/host/host";
import { addPassthroughDevice, removePassthroughDevice } from "../../vim/virtual-machine/passthrough-reconfigure";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import type { VirtualMachineAndHost } from "../../vim/virtual-machine/looks";
import type { Abortable, TaskWaitOptions } from "../../vim/session/session";
import { isFault } from "../../vim/wire/fault";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { deviceCall } from "../call-errors";
import type { Connection } from "../connection";
import { requireConnected } from "../require-connected";
import { UserError } from "../user-error";
import type { Memory } from "./model";

/** An observation with what vCenter calls things. */
export interface VimDevicesObservation extends DevicesObservation {
  virtualMachine: VirtualMachine;
  host: Host;
  /** What the host's devices have for their system, as `Memory.systems`; absent where that isn't known. */
  systems?: Record<string, string>;
  /** Passthrough devices whose backing names no PCI address: nobody can tell what they are. */
  unaddressed: readonly { label: string; backing: string }[];
}

/** One virtual machine of a vCenter, as the core sees it. */
export class VimDevicesTarget implements DevicesTarget<VimDevicesObservation> {
  lastTask?: string;
  /** As it was seen last. */
  virtualMachine?: VirtualMachine;
  /** The last call has succeeded, and nobody has looked since. */
  private isChanged = false;
  /** The host of the first look: what was decided holds for its addresses, and for no other host's. */
  private firstHost?: string;

  constructor(
    private readonly connection: Connection,
    private readonly reference: ManagedObjectReference,
    private readonly options: {
      operationTimeoutSeconds: number;
      /** The host that the addresses belong to, where that has to be this one and no other. */
      expectedHost?: { id: string; configured: boolean };
      /** Ask the host for its kernel's boot parameters too, as a change needs it. */
      asksKernel?: boolean;
      /** It is a plan that looks: what another resource of it takes off its virtual machine comes free, too. */
      plans?: boolean;
      /** Ask what the host's devices have for their system, where the virtual machine has some to compare with it. */
      asksSystem?: boolean;
      /** What is known of that from before: not asked again until the host starts anew. */
      systems?: Memory["systems"];
      /** It is a change that looks: what vCenter tells by itself after each call needs no look. */
      changes?: boolean;
      /** What the host's other virtual machines have doesn't matter. */
      alone?: boolean;
    },
  ) {}

  /**
   * A complete look, or an error: what a disconnected host or an account without privileges can't show is never taken
   * for gone.
   */
  async observe({ signal = new AbortController().signal }: Abortable = {}): Promise<VimDevicesObservation> {
    const endpoint = await this.connection.checkEndpoint(signal);
    // Before the look: what is free by then is seen to be.
    const { isUnderWay, isPlanned } = this.connection.ownership.departures();
    const seen = await this.see(signal);
    const { virtualMachine, otherVirtualMachines } = seen;
    this.virtualMachine = virtualMachine;
    const host = requireConnected(seen.host, virtualMachine);
    this.firstHost ??= host.reference.value;
    const held = otherVirtualMachines.flatMap((by) =>
      (by.passthroughDevices ?? []).map(({ address }) => ({ address, by })),
    );
    const parameters = this.options.asksKernel
      ? await this.connection.bootParameters(host.reference, signal)
      : undefined;
    const start = host.bootTime && `${host.reference.value} ${host.bootTime}`;
    const known = (start && this.options.systems?.[start]) ?? (await this.connection.knownSystemId(host.reference));
    const hostSystemId =
      this.options.asksSystem && virtualMachine.passthroughDevices.length > 0
        ? (known ?? (await this.connection.systemIdOf(host.reference, virtualMachine.environmentBrowser, signal)))
        : undefined;
    const systemId = hostSystemId ?? known;
    return {
      name: printable(virtualMachine.name),
      virtualMachine,
      host,
      ...(hostSystemId !== undefined && { hostSystemId }),
      ...(start && systemId !== undefined && { systems: { [start]: systemId } }),
      facts: {
        endpoint,
        host: { ...hostFacts(host, parameters), ...this.expectedHost(host) },
        virtualMachine: virtualMachineFacts(virtualMachine),
      },
      attached: virtualMachine.passthroughDevices.flatMap((device) =>
        isPciAddress(device.address)
          ? [{ ...device, address: device.address, name: printable(device.deviceName), label: printable(device.label) }]
          : [],
      ),
      unaddressed: virtualMachine.passthroughDevices
        .filter(({ address }) => !isPciAddress(address))
        .map(({ label, address }) => ({ label: printable(label), backing: printable(address) })),
      hostDevices: new Map(addressable(host.pciDevices).map((device) => [device.address, hostDevice(device)])),
      heldBy: new Map(held.map(({ address, by }) => [address, titleOf(by)])),
      comingFree: new Set(
        held.flatMap(({ address, by: { reference } }) =>
          (this.options.plans ? isPlanned : isUnderWay)(reference.value, address) ? [address] : [],
        ),
      ),
    };
  }

  /**
   * What vCenter has told with the end of the last call, where that shows another virtual machine than before: a look
   * of that moment. Else what it shows now.
   */
  private async see(signal: AbortSignal): Promise<VirtualMachineAndHost> {
    const { looks } = this.connection;
    const told = this.isChanged ? looks.told(this.reference) : undefined;
    this.isChanged = false;
    if (told && told.virtualMachine.changeVersion !== this.virtualMachine?.changeVersion) return told;
    return this.options.changes && !this.virtualMachine
      ? looks.follow(this.reference, { signal })
      : looks.look(this.reference, { neighbours: !this.options.alone, signal });
  }

  async add(device: HostDevice, { virtualMachine, host }: VimDevicesObservation): Promise<void> {
    await this.call(host, async () => {
      const systemId = await this.systemIdOf(device.address, virtualMachine, host);
      const { vendorId, deviceId, deviceName } = device;
      return addPassthroughDevice(
        this.connection.client,
        virtualMachine.reference,
        {
          device: { address: device.address, vendorId, deviceId, deviceName, systemId },
          changeVersion: virtualMachine.changeVersion,
        },
        this.taskOptions(),
      );
    });
  }

  async remove(device: AttachedDevice, { virtualMachine, host }: VimDevicesObservation): Promise<void> {
    await this.call(host, () =>
      removePassthroughDevice(
        this.connection.client,
        virtualMachine.reference,
        { key: device.key, changeVersion: virtualMachine.changeVersion },
        this.taskOptions(),
      ),
    );
  }

  private taskOptions(): TaskWaitOptions {
    const { operationTimeoutSeconds: taskTimeoutSeconds } = this.options;
    return { taskTimeoutSeconds, onTask: (task) => (this.lastTask = task) };
  }

  /** What vCenter calls the host in a device's backing. */
  private async systemIdOf(address: string, virtualMachine: VirtualMachine, host: Host): Promise<string> {
    const { environmentBrowser } = virtualMachine;
    const systemId = await this.connection.systemIdFor(address, host.reference, environmentBrowser);
    if (systemId !== undefined) return systemId;
    throw new UserError(
      `Host ${titleOf(host)} doesn't offer ${address} to virtual machine ${titleOf(virtualMachine)}`,
      "The host shows the device, but not among those that it can pass through. Check in the vSphere Client " +
        "(host, Configure, PCI Devices) that passthrough is enabled and active.",
    );
  }

  /** Not while the host itself is being changed in this process, restarted say. */
  private call(host: Host, operation: () => Promise<void>): Promise<void> {
    delete this.lastTask;
    this.isChanged = false;
    const call = this.connection.hosts.together(host.reference.value, (waited) => {
      // What was decided before the host was changed is decided anew: that meets an interrupt and the time limits, too.
      if (waited) throw new CallError("changed", "The host was being changed meanwhile.");
      return operation();
    });
    return deviceCall(call.then(() => void (this.isChanged = true)));
  }

  /** The host that was meant, where the virtual machine is on another one. */
  private expectedHost({ reference }: Host): Pick<HostFacts, "expectedHost"> {
    const { id, configured } = this.options.expectedHost ?? { id: this.firstHost!, configured: false };
    return id === reference.value ? {} : { expectedHost: { title: id, configured } };
  }
}

/** A look at what a state is about, as Connection.findOwnVirtualMachine finds it; undefined where it is gone. */
export async function observeOwn(
  connection: Connection,
  { virtualMachine, systems, name }: Pick<Memory, "virtualMachine" | "systems"> & { name: string },
  signal: AbortSignal,
): Promise<VimDevicesObservation | undefined> {
  const observe = (reference: ManagedObjectReference): Promise<VimDevicesObservation> =>
    new VimDevicesTarget(connection, reference, {
      operationTimeoutSeconds: 0,
      asksSystem: true,
      alone: true,
      ...(systems && { systems }),
    }).observe({ signal });
  const own = virtualMachine !== undefined && { type: "VirtualMachine", value: virtualMachine };
  const observed = own && (await observe(own).catch(whereGone(own, () => undefined)));
  if (observed) return observed;
  const found = await connection.findVirtualMachine(name, signal);
  return found && observe(found);
}

/** What to do where an error says that the virtual machine isn't there; any other is thrown on. */
export function whereGone<T>({ value }: ManagedObjectReference, act: () => T): (error: unknown) => T {
  return (error) => {
    if (isFault(error, "ManagedObjectNotFound") && error.object?.value === value) return act();
    throw error;
  };
}
