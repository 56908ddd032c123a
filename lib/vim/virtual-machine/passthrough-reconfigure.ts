import { runTask } from "../session/run-task";
import type { Session, TaskWaitOptions } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { passthroughDeviceToAdd, type PassthroughDeviceBacking } from "./passthrough-device";

interface AddPassthroughDevice {
  device: PassthroughDeviceBacking;
  /** The configuration that the decision was made on: another one by now faults with ConcurrentAccess. */
  changeVersion: string;
}

interface RemovePassthroughDevice {
  /** The VM's own key of the device: one pulled out of the host can be removed too. */
  key: number;
  changeVersion: string;
}

/** Adds one device, and nothing else in that call. Resolves when its task has succeeded; verifying is the caller's. */
export function addPassthroughDevice(
  session: Session,
  vm: ManagedObjectReference,
  { device, changeVersion }: AddPassthroughDevice,
  options: TaskWaitOptions,
): Promise<void> {
  const deviceChange = [{ operation: "add", device: passthroughDeviceToAdd(device) }];
  return runTask(session, "ReconfigVM_Task", vm, { spec: { changeVersion, deviceChange } }, options);
}

/** Removes one device, and does nothing else in that call. */
export function removePassthroughDevice(
  session: Session,
  vm: ManagedObjectReference,
  { key, changeVersion }: RemovePassthroughDevice,
  options: TaskWaitOptions,
): Promise<void> {
  const deviceChange = [{ operation: "remove", device: { $type: "VirtualPCIPassthrough", key } }];
  return runTask(session, "ReconfigVM_Task", vm, { spec: { changeVersion, deviceChange } }, options);
}
