import { hostFacts, virtualMachineFacts } from "../../hotplug/observed-facts";
import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import type { Host } from "../../vim/host/host";
import { readHosts } from "../../vim/host/host";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { powerOff, powerOn, shutdownGuest } from "../../vim/virtual-machine/power";
import { readVirtualMachines, type VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { reconfigureSettings, upgradeHardware } from "../../vim/virtual-machine/settings";
import type { Connection } from "../connection";
import { UserError } from "../user-error";
import type { VirtualMachineTarget, VirtualMachineObservation } from "../../hotplug/virtual-machine/prepare";

/** The look of a virtual machine, with what vCenter calls things. */
export interface VimVirtualMachineObservation extends VirtualMachineObservation {
  virtualMachine: VirtualMachine;
  host: Host;
}

/** How long one task may take; a power-on on a busy host takes minutes. */
const TASK = { taskTimeoutSeconds: 600 };

/** One virtual machine of a vCenter, to be prepared. */
export class VimVirtualMachineTarget implements VirtualMachineTarget {
  constructor(
    private readonly connection: Connection,
    private readonly reference: ManagedObjectReference,
  ) {}

  /** A complete look, or an error: of what a disconnected host can't show nothing is decided. */
  async observe(signal: AbortSignal = new AbortController().signal): Promise<VimVirtualMachineObservation> {
    const { client } = this.connection;
    const endpoint = await this.connection.checkEndpoint(signal);
    const [virtualMachine] = await readVirtualMachines(client, [this.reference], { signal });
    const vmFacts = virtualMachineFacts(virtualMachine!);
    const [host] = virtualMachine!.host ? await readHosts(client, [virtualMachine!.host], { signal }) : [];
    const [unseen] = checkRules({
      ...(host && { host: { title: hostFacts(host).title, connected: hostFacts(host).connected } }),
      virtualMachine: { title: vmFacts.title, connected: host !== undefined && vmFacts.connected },
    });
    if (unseen || !host) throw new UserError(unseen!.summary, explain(unseen!));
    const { nvmeCount: _, ...onHost } = hostFacts(host);
    const toolsRunning = virtualMachine!.toolsRunningStatus === "guestToolsRunning";
    return {
      virtualMachine: virtualMachine!,
      host,
      facts: { endpoint, host: onHost, virtualMachine: vmFacts },
      toolsRunning,
      toolsNeverRan:
        virtualMachine!.toolsRunningStatus === "guestToolsNotRunning" && virtualMachine!.guestFamily === undefined,
    };
  }

  lockMemory(observed: VirtualMachineObservation): Promise<void> {
    return this.reconfigure({ memoryReservationLockedToMax: true }, observed);
  }

  upgradeHardware(hardwareVersion: number): Promise<void> {
    return upgradeHardware(this.connection.client, this.reference, hardwareVersion, TASK);
  }

  setHotPlug(
    { motherboardLayout, hotPlug }: { motherboardLayout: boolean; hotPlug: boolean },
    observed: VirtualMachineObservation,
  ): Promise<void> {
    return this.reconfigure(
      {
        ...(motherboardLayout && { motherboardLayout: "acpiHostBridges" }),
        ...(hotPlug && { fixedPassthruHotPlugEnabled: true }),
      },
      observed,
    );
  }

  shutdownGuest(): Promise<void> {
    return shutdownGuest(this.connection.client, this.reference);
  }

  powerOff(): Promise<void> {
    return powerOff(this.connection.client, this.reference, TASK);
  }

  powerOn(): Promise<void> {
    return powerOn(this.connection.client, this.reference, TASK);
  }

  /** On the configuration that was looked at, and on no other. */
  private reconfigure(
    settings: Omit<Parameters<typeof reconfigureSettings>[2], "changeVersion">,
    observed: VirtualMachineObservation,
  ): Promise<void> {
    const { changeVersion } = (observed as VimVirtualMachineObservation).virtualMachine;
    return reconfigureSettings(this.connection.client, this.reference, { ...settings, changeVersion }, TASK);
  }
}
