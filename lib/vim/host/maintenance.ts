import { readUntil, type ReadUntilOptions } from "../session/read-until";
import { runTask } from "../session/run-task";
import type { Session, TaskWaitOptions } from "../session/session";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../session/task-error";
import { VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";

/**
 * Enters maintenance mode. An entry that takes too long or is cancelled is taken back, so that VMs aren't moved on
 * unasked.
 */
export async function enterMaintenanceMode(
  session: Session,
  host: ManagedObjectReference,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const task = await session.call("EnterMaintenanceMode_Task", host, {
    timeout: Math.ceil(options.taskTimeoutSeconds),
    evacuatePoweredOffVms: false,
  });
  try {
    await session.waitForTask(task, options);
  } catch (error) {
    if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError)
      await session.call("CancelTask", task, {}).catch(() => undefined);
    throw error;
  }
}

export async function exitMaintenanceMode(
  session: Session,
  host: ManagedObjectReference,
  options: TaskWaitOptions,
): Promise<void> {
  const task = await session.call("ExitMaintenanceMode_Task", host, { timeout: Math.ceil(options.taskTimeoutSeconds) });
  await session.waitForTask(task, options);
}

/**
 * Restarts a host in maintenance mode and waits for it to be back and connected: told by a boot time that is another
 * than before. Rejects with a VimFault Timedout if it doesn't come back in time.
 */
export async function restartHost(
  session: Session,
  host: ManagedObjectReference,
  options: TaskWaitOptions & ReadUntilOptions,
): Promise<void> {
  const properties = { "runtime.bootTime": "dateTime?", "runtime.connectionState": "string" } as const;
  options.signal?.throwIfAborted();
  const before = await readUntil(session, host, { ...options, properties, done: () => true });
  const bootTime = before?.["runtime.bootTime"];
  await runTask(session, "RebootHost_Task", host, { force: false }, options);
  const back = await readUntil(session, host, {
    ...options,
    properties,
    done: (now) =>
      now["runtime.connectionState"] === "connected" &&
      now["runtime.bootTime"] !== undefined &&
      now["runtime.bootTime"] !== bootTime,
  });
  if (!back)
    throw new VimFault({
      type: "Timedout",
      message: `${host.value} was restarted and is not back after ${options.timeoutSeconds} s.`,
      properties: { object: host },
    });
}
