import { runTask } from "../session/run-task";
import type { Abortable, Session, TaskWaitOptions } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

export function powerOn(session: Session, vm: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
  return runTask(session, "PowerOnVM_Task", vm, {}, options);
}

/** Switches off hard, whatever the guest is doing. */
export function powerOff(session: Session, vm: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
  return runTask(session, "PowerOffVM_Task", vm, {}, options);
}

/**
 * Asks the guest to shut down, by VMware Tools, and doesn't wait for it. Rejects with ToolsUnavailable where there are
 * none.
 */
export async function shutdownGuest(
  session: Session,
  vm: ManagedObjectReference,
  { signal }: Abortable = {},
): Promise<void> {
  signal?.throwIfAborted();
  await session.call("ShutdownGuest", vm, {});
}
