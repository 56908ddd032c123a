import { addressable, titleOf } from "../../hotplug/observed-facts";
import { isPciAddress, type PciAddress } from "../../hotplug/pci-address";
import {
  CallError,
  type AttachedDevice,
  type DevicesTarget,
  type DevicesObservation,
} from "../../hotplug/devices/target";
import type { Facts, HostDevice } from "../../hotplug/facts";
import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { printable } from "../../printable";
import { VimConnectionError } from "../../vim/wire/connection-error";
import { isFault } from "../../vim/wire/fault";
import { queryPassthroughTargets } from "../../vim/virtual-machine/environment-browser";
import type { Host, HostPciDevice } from "../../vim/host/host";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { addPassthroughDevice, removePassthroughDevice } from "../../vim/virtual-machine/passthrough-reconfigure";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../../vim/session/task-error";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { readVirtualMachineAndHost } from "../../vim/virtual-machine/with-host";
import type { Connection } from "../connection";
import { UserError } from "../user-error";

/** The look of a virtual machine as the provider needs it: the core's, and what vCenter calls things. */
export interface VimDevicesObservation extends DevicesObservation {
  virtualMachine: VirtualMachine;
  host: Host;
  /** Passthrough devices whose backing names no PCI address: nobody can tell what they are. */
  unaddressed: readonly { label: string; backing: string }[];
}

/** One virtual machine of a vCenter, as the core sees it. */
export class VimDevicesTarget implements DevicesTarget {
  private systemIds = new Map<string, string>();
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
    },
  ) {}

  /**
   * A complete look, or an error: what a disconnected host or an account without privileges can't show is never taken
   * for gone.
   */
  async observe({ signal }: { signal?: AbortSignal } = {}): Promise<VimDevicesObservation> {
    const { client } = this.connection;
    const endpoint = await this.connection.checkEndpoint(signal ?? new AbortController().signal);
    const { virtualMachine, host, otherVirtualMachines } = await readVirtualMachineAndHost(client, this.reference, {
      ...(signal && { signal }),
    });
    const title = titleOf(virtualMachine);
    const [unseen] = checkRules({
      ...(host && { host: { title: titleOf(host), connected: host.connectionState === "connected" } }),
      virtualMachine: { title, connected: host !== undefined && virtualMachine.connectionState === "connected" },
    });
    if (unseen || !host) throw new UserError(unseen!.summary, explain(unseen!));
    this.firstHost ??= host.reference.value;
    const intrCookies = this.options.asksKernel
      ? await this.connection.runningIntrCookies(host.reference, signal ?? new AbortController().signal)
      : undefined;
    return {
      virtualMachine,
      host,
      facts: {
        endpoint,
        host: { ...this.hostFacts(host), ...(intrCookies !== undefined && { runningIntrCookies: intrCookies }) },
        virtualMachine: {
          ...virtualMachine,
          title,
          connected: true,
          dynamicPassthroughDevices: virtualMachine.dynamicPassthroughDevices.map(({ label }) => printable(label)),
        },
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
      heldBy: new Map(
        otherVirtualMachines.flatMap((other) =>
          (other.passthroughDevices ?? []).map(({ address }) => [address, titleOf(other)] as const),
        ),
      ),
    };
  }

  async add(device: HostDevice, observed: DevicesObservation): Promise<void> {
    const { virtualMachine, host } = observed as VimDevicesObservation;
    await this.call(host, async () => {
      const systemId = await this.systemIdOf(device.address, virtualMachine, host);
      const { vendorId, deviceId, deviceName } = device;
      await addPassthroughDevice(
        this.connection.client,
        virtualMachine.reference,
        {
          device: { address: device.address, vendorId, deviceId, deviceName, systemId },
          changeVersion: virtualMachine.changeVersion,
        },
        { taskTimeoutSeconds: this.options.operationTimeoutSeconds },
      );
    });
  }

  async remove(device: AttachedDevice, observed: DevicesObservation): Promise<void> {
    const { virtualMachine, host } = observed as VimDevicesObservation;
    await this.call(host, () =>
      removePassthroughDevice(
        this.connection.client,
        virtualMachine.reference,
        { key: device.key, changeVersion: virtualMachine.changeVersion },
        { taskTimeoutSeconds: this.options.operationTimeoutSeconds },
      ),
    );
  }

  /** What vCenter calls the host in a device's backing. Asked once: it is the same for all devices of a host. */
  private async systemIdOf(address: string, virtualMachine: VirtualMachine, host: Host): Promise<string> {
    if (!this.systemIds.has(address)) {
      const targets = await queryPassthroughTargets(
        this.connection.client,
        virtualMachine.environmentBrowser,
        host.reference,
        {},
      );
      this.systemIds = new Map(targets.map((target) => [target.address, target.systemId]));
    }
    const systemId = this.systemIds.get(address);
    if (systemId !== undefined) return systemId;
    throw new UserError(
      `Host ${titleOf(host)} doesn't offer ${address} to virtual machine ${titleOf(virtualMachine)}`,
      "The host shows the device, but not among those that it can pass through. Check in the vSphere Client " +
        "(host, Configure, PCI Devices) that passthrough is enabled and active.",
    );
  }

  /** Not while the host itself is being changed in this process, restarted say. */
  private async call(host: Host, operation: () => Promise<void>): Promise<void> {
    try {
      await this.connection.hosts.together(host.reference.value, (waited) => {
        // What was decided before the host was changed is decided anew: that meets an interrupt and the time limits,
        // too.
        if (waited) throw new CallError("changed", "The host was being changed meanwhile.");
        return operation();
      });
    } catch (error) {
      if (error instanceof CallError) throw error;
      throw new CallError(callErrorKind(error), error instanceof Error ? error.message : String(error), {
        cause: error,
      });
    }
  }

  private hostFacts(host: Host): NonNullable<Facts["host"]> {
    const expected =
      this.options.expectedHost ??
      (this.firstHost !== undefined ? { id: this.firstHost, configured: false } : undefined);
    const { fptHotplugSupported, statelessBoot } = host;
    const version = host.apiVersion ?? host.productVersion;
    return {
      title: titleOf(host),
      connected: true,
      ...(version !== undefined && { version }),
      ...(fptHotplugSupported !== undefined && { fptHotplugSupported }),
      ...(statelessBoot !== undefined && { bootedFromStatelessCache: statelessBoot }),
      ...(expected &&
        expected.id !== host.reference.value && {
          expectedHost: { title: expected.id, configured: expected.configured },
        }),
    };
  }
}

function callErrorKind(error: unknown): CallError["kind"] {
  if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError) return "unknown";
  if (error instanceof VimConnectionError) return error.outcomeUnknown ? "unknown" : "refused";
  if (isFault(error, "TaskInProgress")) return "busy";
  if (isFault(error, "ConcurrentAccess")) return "changed";
  return "refused";
}

function hostDevice(device: HostPciDevice & { address: PciAddress }): HostDevice {
  const { passthrough } = device;
  return {
    ...device,
    vendorName: printable(device.vendorName),
    deviceName: printable(device.deviceName),
    ...(passthrough && {
      passthroughCapable: passthrough.capable,
      passthroughEnabled: passthrough.enabled,
      passthroughActive: passthrough.active,
    }),
  };
}
