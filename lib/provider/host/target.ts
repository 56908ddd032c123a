import { hostDevice, hostFacts, titleOf, type HostExtras } from "../../hotplug/observed-facts";
import { evacuatesByItself } from "../../vim/host/evacuation";
import { IncompleteAnswerError } from "../../vim/session/incomplete-answer-error";
import { enterMaintenanceMode, exitMaintenanceMode, restartHost } from "../../vim/host/maintenance";
import { readInventory } from "../../vim/inventory";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { refreshPciDevices, updatePassthrough } from "../../vim/host/pci-passthru-system";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import type { Clock } from "../../clock";
import { preparationCall } from "../call-errors";
import type { Connection } from "../connection";
import { requireConnected } from "../require-connected";
import { readUsesByAddress } from "../../vim/host/devices-in-use";
import { INTR_COOKIES, readBootParameters, setKernelSetting } from "../../vim/host/kernel-setting";
import type { HostObservation, HostTarget } from "../../hotplug/host/target";
import { UserError } from "../user-error";

const EXIT_TIMEOUT_SECONDS = 600;
const REBOOT_TASK_SECONDS = 600;

/** An observation with what vCenter calls things. */
interface VimHostObservation extends HostObservation {
  virtualMachines: VirtualMachine[];
}

/** One host of a vCenter, to be prepared. */
export class VimHostTarget implements HostTarget<VimHostObservation> {
  constructor(
    private readonly connection: Connection,
    private readonly reference: ManagedObjectReference,
    private readonly clock: Clock,
  ) {}

  /**
   * A complete look, or an error. `readOnly`: the kernel parameter and the boot disk are left out where the account may
   * not ask for them, as one that only plans may not.
   */
  async observe(options: { signal?: AbortSignal; readOnly?: boolean } = {}): Promise<VimHostObservation> {
    const { signal = new AbortController().signal, readOnly = false } = options;
    const { client } = this.connection;
    const endpoint = await this.connection.checkEndpoint(signal);
    const { hosts, virtualMachines, unreadable } = await readInventory(client, { hosts: [this.reference], signal });
    const [host] = hosts;
    if (!host)
      throw (
        unreadable.find(({ reference }) => reference.value === this.reference.value)?.error ??
        new UserError(
          `vCenter shows no host ${this.reference.value}`,
          "It was removed from the inventory, or the account may not see it.",
          ["host_id"],
        )
      );
    requireConnected(host);

    const [uses, parameters] = await Promise.all([
      readUsesByAddress(client, this.reference, { signal, readOnly }).catch(asUnknown),
      readBootParameters(client, this.reference, { signal, readOnly }),
    ]);
    const extras: HostExtras = {
      ...(!(uses instanceof Error) && { usedByHost: uses }),
      ...parameters,
    };
    return {
      endpoint,
      facts: hostFacts(host, extras),
      devices: new Map(host.pciDevices.map((device) => [device.address, hostDevice(device, extras)])),
      canRebind: host.deviceRebindWithoutRebootSupported === true,
      inMaintenanceMode: host.inMaintenanceMode,
      heldBy: new Map(
        virtualMachines.flatMap((vm) => vm.passthroughDevices.map(({ address }) => [address, titleOf(vm)] as const)),
      ),
      ...(uses instanceof Error && { usesUnknown: uses }),
      unreadable: unreadable.map(titleOf),
      virtualMachines,
    };
  }

  async findBlockers(): Promise<string[]> {
    const { virtualMachines, unreadable } = await this.observe();
    const running = virtualMachines.filter(({ powerState }) => powerState === "poweredOn");
    const moves = running.length > 0 && (await evacuatesByItself(this.connection.client, this.reference));
    return [
      ...running.flatMap((vm) => {
        if (vm.passthroughDevices.length + vm.dynamicPassthroughDevices.length > 0)
          return [`${titleOf(vm)}, which has passthrough devices`];
        return moves
          ? []
          : [`${titleOf(vm)}, which nobody moves, since the host is in no cluster with fully automated DRS`];
      }),
      ...unreadable.map((title) => `${title}, which can't be read`),
    ];
  }

  refresh(): Promise<void> {
    return preparationCall(refreshPciDevices(this.connection.client, this.reference));
  }

  setPassthrough(changes: readonly { address: string; enabled: boolean; applyNow: boolean }[]): Promise<void> {
    return preparationCall(updatePassthrough(this.connection.client, this.reference, changes));
  }

  setIntrCookies(value: number): Promise<void> {
    const setting = { value: String(value) };
    return preparationCall(setKernelSetting(this.connection.client, this.reference, INTR_COOKIES, setting));
  }

  enterMaintenanceMode({ timeoutSeconds, signal }: { timeoutSeconds: number; signal: AbortSignal }): Promise<void> {
    const limits = { taskTimeoutSeconds: timeoutSeconds, signal };
    return preparationCall(enterMaintenanceMode(this.connection.client, this.reference, limits));
  }

  exitMaintenanceMode(): Promise<void> {
    const limits = { taskTimeoutSeconds: EXIT_TIMEOUT_SECONDS };
    return preparationCall(exitMaintenanceMode(this.connection.client, this.reference, limits));
  }

  restart({ timeoutSeconds }: { timeoutSeconds: number }): Promise<void> {
    const limits = { taskTimeoutSeconds: REBOOT_TASK_SECONDS, timeoutSeconds, clock: this.clock };
    return preparationCall(restartHost(this.connection.client, this.reference, limits));
  }
}

/** What can't be told stands in the way of taking a drive, and of nothing else. */
function asUnknown(error: unknown): IncompleteAnswerError {
  if (error instanceof IncompleteAnswerError) return error;
  throw error;
}
