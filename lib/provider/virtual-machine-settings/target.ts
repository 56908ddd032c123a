import { hostFacts, virtualMachineFacts } from "../../hotplug/observed-facts";
import type { VirtualMachineObservation, VirtualMachineTarget } from "../../hotplug/virtual-machine/target";
import { readHosts, type Host } from "../../vim/host/host";
import type { Abortable } from "../../vim/session/session";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { powerOff, powerOn, shutdownGuest } from "../../vim/virtual-machine/power";
import { readVirtualMachines, type VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { reconfigureSettings, upgradeHardware } from "../../vim/virtual-machine/settings";
import { preparationCall } from "../call-errors";
import type { Connection } from "../connection";
import { requireConnected } from "../require-connected";

/** An observation with what vCenter calls things. */
interface VimVirtualMachineObservation extends VirtualMachineObservation {
  virtualMachine: VirtualMachine;
  host: Host;
}

/** How long one task may take; a power-on on a busy host takes minutes. */
const TASK = { taskTimeoutSeconds: 600 };

/** One virtual machine of a vCenter, to be prepared. */
export class VimVirtualMachineTarget implements VirtualMachineTarget<VimVirtualMachineObservation> {
  constructor(
    private readonly connection: Connection,
    private readonly reference: ManagedObjectReference,
  ) {}

  /** A complete look, or an error: of what a disconnected host can't show nothing is decided. */
  async observe({ signal = new AbortController().signal }: Abortable = {}): Promise<VimVirtualMachineObservation> {
    const { client } = this.connection;
    const endpoint = await this.connection.checkEndpoint(signal);
    const virtualMachine = (await readVirtualMachines(client, [this.reference], { signal }))[0]!;
    const [seen] = virtualMachine.host ? await readHosts(client, [virtualMachine.host], { signal }) : [];
    const host = requireConnected(seen, virtualMachine);
    const { toolsRunningStatus: tools, toolsVersionStatus, guestHostName } = virtualMachine;
    return {
      virtualMachine,
      host,
      facts: { endpoint, host: hostFacts(host), virtualMachine: virtualMachineFacts(virtualMachine) },
      toolsRunning: tools === "guestToolsRunning",
      toolsNeverRan:
        tools === "guestToolsNotRunning" &&
        toolsVersionStatus === "guestToolsNotInstalled" &&
        guestHostName === undefined,
    };
  }

  lockMemory(observed: VimVirtualMachineObservation): Promise<void> {
    return this.reconfigure({ memoryReservationLockedToMax: true }, observed);
  }

  upgradeHardware(hardwareVersion: number): Promise<void> {
    return preparationCall(upgradeHardware(this.connection.client, this.reference, hardwareVersion, TASK));
  }

  setHotPlug(
    { motherboardLayout, hotPlug }: { motherboardLayout: boolean; hotPlug: boolean },
    observed: VimVirtualMachineObservation,
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
    return preparationCall(shutdownGuest(this.connection.client, this.reference));
  }

  powerOff(): Promise<void> {
    return preparationCall(powerOff(this.connection.client, this.reference, TASK));
  }

  powerOn(): Promise<void> {
    return preparationCall(powerOn(this.connection.client, this.reference, TASK));
  }

  /** On the configuration that was looked at, and on no other. */
  private reconfigure(
    settings: Omit<Parameters<typeof reconfigureSettings>[2], "changeVersion">,
    { virtualMachine: { changeVersion } }: VimVirtualMachineObservation,
  ): Promise<void> {
    const spec = { ...settings, changeVersion };
    return preparationCall(reconfigureSettings(this.connection.client, this.reference, spec, TASK));
  }
}
