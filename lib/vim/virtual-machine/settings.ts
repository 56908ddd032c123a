import type { VimClient } from "../session/client";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { TaskWaitOptions } from "../session/task";

/** What a VM needs for hot plug, as far as ReconfigVM_Task sets it. What is left out stays as it is. */
export interface VirtualMachineSettings {
  /** All guest memory reserved. */
  memoryReservationLockedToMax?: true;
  /** The VM must be powered off. */
  motherboardLayout?: "acpiHostBridges";
  /** The VM must be powered off, its memory reserved. */
  fixedPassthruHotPlugEnabled?: true;
  changeVersion: string;
}

/** Sets `settings` by one call. */
export async function reconfigureSettings(
  client: VimClient,
  vm: ManagedObjectReference,
  settings: VirtualMachineSettings,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  await client.waitForTask(await client.call("ReconfigVM_Task", vm, { spec: settings }), options);
}

/** Upgrades the VM's compatibility to `vmx-HARDWAREVERSION`; it must be powered off. There is no way back. */
export async function upgradeHardware(
  client: VimClient,
  vm: ManagedObjectReference,
  hardwareVersion: number,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  await client.waitForTask(await client.call("UpgradeVM_Task", vm, { version: `vmx-${hardwareVersion}` }), options);
}
