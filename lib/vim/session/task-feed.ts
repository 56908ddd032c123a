import type { Clock } from "../../clock";
import { VimFault } from "../wire/fault";
import { distinct, type ManagedObjectReference } from "../wire/managed-object-reference";
import type { FromVim } from "../wire/types";
import { filterSpec, retrieve, type ObjectQuery } from "./property-collector";
import type { Session } from "./session";

export interface TaskUpdate {
  taskId: string;
  /** `queued`, `running`, `success` or `error`, if it changed. */
  state?: string;
  error?: FromVim<"LocalizedMethodFault">;
  /** What kept the task's state from being read. */
  unreadable?: FromVim<"LocalizedMethodFault">;
  /** vCenter no longer knows the task. */
  gone?: true;
}

/** Tells of changes of some tasks. After an error it is of no more use. */
export interface TaskFeed {
  /** Makes `tasks` the ones to tell about. */
  follow(tasks: readonly ManagedObjectReference[]): Promise<void>;
  /** Resolves with what has changed; with nothing if nothing did for a while. */
  next(signal: AbortSignal): Promise<TaskUpdate[]>;
  /** Lets the server forget it. */
  discard(): Promise<void>;
}

const properties = { Task: { "info.state": "string", "info.error": "LocalizedMethodFault?" } };
/** How long one wait for updates may take. */
export const maxWaitSeconds = 30;

interface Opened {
  view: ManagedObjectReference;
  filter: ManagedObjectReference;
  /** What the view was made with. */
  tasks: readonly ManagedObjectReference[];
  /** Names the session that holds them. */
  sessionKey: string;
}

/** The documented way: a ListView of the tasks, one filter over it, WaitForUpdatesEx. */
export class ListViewTaskFeed implements TaskFeed {
  private readonly listed = new Map<string, ManagedObjectReference>();
  private opened?: Promise<Opened>;
  private version = "";

  constructor(private readonly session: Session) {}

  async follow(tasks: readonly ManagedObjectReference[]): Promise<void> {
    const add = distinct(tasks.filter(({ value }) => !this.listed.has(value)));
    for (const task of add) this.listed.set(task.value, task);
    if (!this.opened) return void (await (this.opened = this.open(add)));
    const { view } = await this.opened;
    // What has ended leaves the list together with the next task to enter it: no call of its own.
    if (add.length === 0) return;
    const remove = [...this.listed.values()].filter(({ value }) => !tasks.some((task) => task.value === value));
    for (const { value } of remove) this.listed.delete(value);
    await this.session.call("ModifyListView", view, { add, remove });
  }

  async next(signal: AbortSignal): Promise<TaskUpdate[]> {
    const { propertyCollector } = await this.session.content(signal);
    const { filter: ours, tasks, sessionKey } = (await this.opened)!;
    const first = this.version === "";
    const wait = { version: this.version, options: { maxWaitSeconds: first ? 0 : maxWaitSeconds } };
    const set = await this.session.call("WaitForUpdatesEx", propertyCollector, wait, {
      signal,
      extraSeconds: maxWaitSeconds,
    });
    // View and filter went with their session if it was renewed on the way: this answer says nothing of them.
    if ((await this.session.sessionKey(signal)) !== sessionKey)
      throw new VimFault({ type: "InvalidCollectorVersion", message: "The session was renewed." });
    if (set) this.version = set.version;
    const updates =
      set?.filterSet
        .filter(({ filter }) => filter.value === ours.value)
        .flatMap(({ objectSet }) => objectSet.map(taskUpdate)) ?? [];
    // The first answer shows all there is: a task that isn't in it was forgotten.
    return first ? [...updates, ...goneFrom(tasks, updates)] : updates;
  }

  async discard(): Promise<void> {
    const { propertyCollector } = await this.session.content();
    // The collector is the session's: a wait left behind in it would stand in the way of the next.
    await this.session.call("CancelWaitForUpdates", propertyCollector, {});
    const opened = await this.opened;
    if (!opened) return;
    await this.session.call("DestroyPropertyFilter", opened.filter, {});
    await this.session.call("DestroyView", opened.view, {});
  }

  private async open(tasks: readonly ManagedObjectReference[]): Promise<Opened> {
    const { viewManager, propertyCollector } = await this.session.content();
    const sessionKey = await this.session.sessionKey();
    const view = await this.session.call("CreateListView", viewManager!, { obj: [...tasks] });
    const traversal = { $type: "TraversalSpec", type: "ListView", path: "view", skip: false };
    const query: ObjectQuery = { objects: [{ obj: view, skip: true, selectSet: [traversal] }], properties };
    const spec = filterSpec(query, { apiVersion: this.session.apiVersion, unknown: new Set() });
    const filter = await this.session.call("CreateFilter", propertyCollector, { spec, partialUpdates: false });
    return { view, filter, tasks, sessionKey };
  }
}

/** For servers without views: the tasks are read again and again. */
export class PollingTaskFeed implements TaskFeed {
  private tasks: readonly ManagedObjectReference[] = [];

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  async follow(tasks: readonly ManagedObjectReference[]): Promise<void> {
    this.tasks = distinct(tasks);
  }

  async next(signal: AbortSignal): Promise<TaskUpdate[]> {
    await this.clock.sleep(1000, signal);
    return readTasks(this.session, this.tasks, signal);
  }

  async discard(): Promise<void> {}
}

/** What the tasks themselves say. */
export async function readTasks(
  session: Session,
  tasks: readonly ManagedObjectReference[],
  signal: AbortSignal,
): Promise<TaskUpdate[]> {
  const query = { objects: tasks.map((obj) => ({ obj })), properties };
  const objects = await retrieve(session, [query], { signal, allowGone: true });
  const updates = objects.map(({ obj, propSet, missingSet }) =>
    taskUpdate({ kind: "modify", obj, changeSet: propSet, missingSet }),
  );
  return [...updates, ...goneFrom(tasks, updates)];
}

function goneFrom(tasks: readonly ManagedObjectReference[], updates: readonly TaskUpdate[]): TaskUpdate[] {
  return tasks
    .filter(({ value }) => !updates.some(({ taskId }) => taskId === value))
    .map(({ value }) => ({ taskId: value, gone: true }));
}

interface ChangedTask {
  kind: string;
  obj: ManagedObjectReference;
  changeSet: readonly { name: string; val?: unknown }[];
  missingSet: readonly { fault: FromVim<"LocalizedMethodFault"> }[];
}

function taskUpdate({ kind, obj, changeSet, missingSet }: ChangedTask): TaskUpdate {
  const changed = new Map(changeSet.map(({ name, val }) => [name, val]));
  const state = changed.get("info.state");
  const error = changed.get("info.error");
  const unreadable = missingSet[0]?.fault;
  return {
    taskId: obj.value,
    ...(typeof state === "string" && { state }),
    ...(isLocalizedFault(error) && { error }),
    ...(unreadable && { unreadable }),
    ...(kind === "leave" && { gone: true as const }),
  };
}

function isLocalizedFault(value: unknown): value is FromVim<"LocalizedMethodFault"> {
  return typeof (value as { fault?: { $type?: unknown } } | undefined)?.fault?.$type === "string";
}
