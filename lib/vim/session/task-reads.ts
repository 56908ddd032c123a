import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { FromVim } from "../wire/types";
import { retrieve } from "./property-collector";
import type { Session } from "./session";

/** What is known of a task. */
export interface TaskState {
  taskId: string;
  /** `queued`, `running`, `success` or `error`. */
  state?: string;
  error?: FromVim<"LocalizedMethodFault">;
  /** What kept the task's state from being read. */
  unreadable?: FromVim<"LocalizedMethodFault">;
  /** vCenter no longer knows the task. */
  gone?: true;
}

const properties = { Task: { "info.state": "string", "info.error": "LocalizedMethodFault?" } };

/** What the tasks themselves say. */
export async function readTasks(
  session: Session,
  tasks: readonly ManagedObjectReference[],
  signal: AbortSignal,
): Promise<TaskState[]> {
  const query = { objects: tasks.map((obj) => ({ obj })), properties };
  const objects = await retrieve(session, [query], { signal, allowGone: true });
  return tasks.map(({ value: taskId }) => {
    const object = objects.find(({ obj }) => obj.value === taskId);
    if (!object) return { taskId, gone: true };
    const values = new Map(object.propSet.map(({ name, val }) => [name, val]));
    const unreadable = object.missingSet[0]?.fault;
    return {
      ...taskState(taskId, values.get("info.state"), values.get("info.error")),
      ...(unreadable && { unreadable }),
    };
  });
}

/** The tasks on a page of a history. */
export function tasksOnPage(page: unknown): TaskState[] {
  const infos = (Array.isArray(page) ? page : []) as Partial<FromVim<"TaskInfo">>[];
  return infos.flatMap(({ task, state, error }) => (task ? [taskState(task.value, state, error)] : []));
}

function taskState(taskId: string, state: unknown, error: unknown): TaskState {
  return { taskId, ...(typeof state === "string" && { state }), ...(isLocalizedFault(error) && { error }) };
}

function isLocalizedFault(value: unknown): value is FromVim<"LocalizedMethodFault"> {
  return typeof (value as { fault?: { $type?: unknown } } | undefined)?.fault?.$type === "string";
}
