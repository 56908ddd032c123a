import type { VimClient } from "../session/client";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { passthroughDeviceToAdd, type PassthroughDeviceBacking } from "./passthrough-device";
import type { TaskWaitOptions } from "../session/task";
import type { ToVim } from "../wire/types";

export interface AddPassthroughDevice {
  device: PassthroughDeviceBacking;
  /** The configuration that the decision was made on: another one by now faults with ConcurrentAccess. */
  changeVersion: string;
}

export interface RemovePassthroughDevice {
  /** The VM's own key of the device: one pulled out of the host can be removed too. */
  key: number;
  changeVersion: string;
}

/**
 * Adds one device, and does nothing else in that call. Resolves when its task has succeeded; verifying is the caller's.
 */
export async function addPassthroughDevice(
  client: VimClient,
  vm: ManagedObjectReference,
  { device, changeVersion }: AddPassthroughDevice,
  options: TaskWaitOptions,
): Promise<void> {
  await reconfigure(
    client,
    vm,
    { changeVersion, deviceChange: [{ operation: "add", device: passthroughDeviceToAdd(device) }] },
    options,
  );
}

/** Removes one device, and does nothing else in that call. */
export async function removePassthroughDevice(
  client: VimClient,
  vm: ManagedObjectReference,
  { key, changeVersion }: RemovePassthroughDevice,
  options: TaskWaitOptions,
): Promise<void> {
  await reconfigure(
    client,
    vm,
    { changeVersion, deviceChange: [{ operation: "remove", device: { $type: "VirtualPCIPassthrough", key } }] },
    options,
  );
}

async function reconfigure(
  client: VimClient,
  vm: ManagedObjectReference,
  spec: ToVim<"VirtualMachineConfigSpec">,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  // Not cancelled halfway: once sent it is carried out whatever the signal says, and then its task's id is worth
  // having.
  const task = await client.call("ReconfigVM_Task", vm, { spec });
  await client.waitForTask(task, options);
}
