import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { MethodArguments, MethodName, MethodResult } from "../wire/methods";
import type { Session, TaskWaitOptions } from "./session";

type TaskMethod = {
  [M in MethodName]: M extends `${string}_Task` ? (MethodResult<M> extends ManagedObjectReference ? M : never) : never;
}[MethodName];

/** Calls a method that answers with a task, and resolves when that has succeeded. */
export async function runTask<M extends TaskMethod>(
  session: Session,
  method: M,
  target: ManagedObjectReference,
  args: MethodArguments<M>,
  options: TaskWaitOptions,
): Promise<void> {
  options.signal?.throwIfAborted();
  // Not cancelled halfway: once sent it is carried out whatever the signal says, and then its task's id is worth
  // having.
  const task: ManagedObjectReference = await session.call<TaskMethod>(method, target, args);
  options.onTask?.(task.value);
  await session.waitForTask(task, options);
}
