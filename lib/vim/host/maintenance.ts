import type { VimClient } from "../session/client";
import { VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readUntil, type ReadUntilOptions } from "../session/read-until";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../session/task-error";
import type { TaskWaitOptions } from "../session/task";

/**
 * Enters maintenance mode. An entry that takes too long or is cancelled is taken back, so that VMs aren't moved on
 * unasked.
 */
export async function enterMaintenanceMode(
  client: VimClient,
  host: ManagedObjectReference,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  const task = await client.call("EnterMaintenanceMode_Task", host, {
    timeout: Math.ceil(options.taskTimeoutSeconds),
    evacuatePoweredOffVms: false,
  });
  try {
    await client.waitForTask(task, options);
  } catch (error) {
    if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError)
      await client.call("CancelTask", task, {}).catch(() => undefined);
    throw error;
  }
}

export async function exitMaintenanceMode(
  client: VimClient,
  host: ManagedObjectReference,
  options: TaskWaitOptions,
): Promise<void> {
  const task = await client.call("ExitMaintenanceMode_Task", host, { timeout: Math.ceil(options.taskTimeoutSeconds) });
  await client.waitForTask(task, options);
}

/**
 * Restarts a host in maintenance mode and waits for it to be back and connected: told by a boot time that is another
 * than before. Rejects with a VimFault Timedout if it doesn't come back in time.
 */
export async function restartHost(
  client: VimClient,
  host: ManagedObjectReference,
  options: TaskWaitOptions & ReadUntilOptions,
): Promise<void> {
  const properties = { "runtime.bootTime": "dateTime?", "runtime.connectionState": "string" } as const;
  options.signal?.throwIfAborted();
  const before = await readUntil(client, host, { ...options, properties, done: () => true });
  const bootTime = before?.["runtime.bootTime"];
  await client.waitForTask(await client.call("RebootHost_Task", host, { force: false }), options);
  const back = await readUntil(client, host, {
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
