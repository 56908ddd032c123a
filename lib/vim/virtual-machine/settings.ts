import { runTask } from "../session/run-task";
import type { Session, TaskWaitOptions } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

/** What a VM needs for hot plug, as far as ReconfigVM_Task sets it. What is left out stays as it is. */
interface VirtualMachineSettings {
  /** All guest memory reserved. */
  memoryReservationLockedToMax?: true;
  /** The VM must be powered off. */
  motherboardLayout?: "acpiHostBridges";
  /** The VM must be powered off, its memory reserved. */
  fixedPassthruHotPlugEnabled?: true;
  changeVersion: string;
}

/** Sets `settings` by one call. */
export function reconfigureSettings(
  session: Session,
  vm: ManagedObjectReference,
  settings: VirtualMachineSettings,
  options: TaskWaitOptions,
): Promise<void> {
  return runTask(session, "ReconfigVM_Task", vm, { spec: settings }, options);
}

/** Upgrades the VM's compatibility to `vmx-HARDWAREVERSION`; it must be powered off. There is no way back. */
export function upgradeHardware(
  session: Session,
  vm: ManagedObjectReference,
  hardwareVersion: number,
  options: TaskWaitOptions,
): Promise<void> {
  return runTask(session, "UpgradeVM_Task", vm, { version: `vmx-${hardwareVersion}` }, options);
}
