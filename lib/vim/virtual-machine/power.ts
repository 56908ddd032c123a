import type { VimClient } from "../session/client";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { TaskWaitOptions } from "../session/task";
import { readUntil, type ReadUntilOptions } from "../session/read-until";
import type { VirtualMachine } from "./virtual-machine";

export type PowerState = VirtualMachine["powerState"];

export async function powerOn(client: VimClient, vm: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
  options.signal?.throwIfAborted();
  await client.waitForTask(await client.call("PowerOnVM_Task", vm, {}), options);
}

/** Switches off hard, whatever the guest is doing. */
export async function powerOff(client: VimClient, vm: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
  options.signal?.throwIfAborted();
  await client.waitForTask(await client.call("PowerOffVM_Task", vm, {}), options);
}

/**
 * Asks the guest to shut down, by VMware Tools, and doesn't wait for it. Rejects with ToolsUnavailable where there are
 * none.
 */
export async function shutdownGuest(
  client: VimClient,
  vm: ManagedObjectReference,
  { signal }: { signal?: AbortSignal } = {},
): Promise<void> {
  signal?.throwIfAborted();
  await client.call("ShutdownGuest", vm, {});
}

/** Resolves with true once the VM is in `state`, with false if it isn't within the limit. */
export async function waitForPowerState(
  client: VimClient,
  vm: ManagedObjectReference,
  state: PowerState,
  options: ReadUntilOptions,
): Promise<boolean> {
  const properties = { "runtime.powerState": "string" } as const;
  return (
    (await readUntil(client, vm, { ...options, properties, done: (read) => read["runtime.powerState"] === state })) !==
    undefined
  );
}
