import type { Clock } from "../../clock";
import { VimConnectionError } from "../wire/connection-error";
import { faultFrom, isFault, VimFault } from "../wire/fault";
import { distinct, type ManagedObjectReference } from "../wire/managed-object-reference";
import { orUnknown, type RawObject } from "./answers";
import { CollectorUpdates, type Told } from "./collector-updates";
import { objectQuery, type ObjectQuery } from "./object-query";
import type { Session, TaskWaitOptions } from "./session";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "./task-error";
import { readTasks, tasksOnPage, type TaskState } from "./task-reads";

interface Waiter {
  task: ManagedObjectReference;
  settle(error?: Error): void;
}

/** Who waits until what is newly followed is known. */
interface Newcomer {
  id: string;
  settle(): void;
}

const retryMilliseconds = 1_000;
/** How long one wait may take, and after which tasks are read that nothing was told of. */
const longestWaitSeconds = 30;
/** The same while the server hasn't told the end of any task: each wait may take twice as long as the one before. */
const firstWaitSeconds = 1;
const longestUnprovenSeconds = 8;
/** Answers one after another that end nobody's wait, before the next one is waited for. */
const mostInVain = 20;
const followSeconds = 10;

/**
 * Waits for all that a session waits for, in one loop that runs while anybody waits: the ends of tasks, and what became
 * of the objects that are followed. A history of the tasks that have ended is one of them: it tells of a task's end
 * together with what the task did, and costs no request a task. Nobody has tried that on a vCenter, and updates get
 * lost now and then: so the tasks themselves are read where a wait came back empty, or told of others alone for as long
 * as a wait may take, or of anything at a server that hasn't told an end yet. A connection that fails is tried again
 * until the waiters' own limits, since reading does no harm and a task goes on.
 */
export class UpdatesFeed {
  private readonly waiters = new Set<Waiter>();
  private readonly newcomers = new Set<Newcomer>();
  /** What is followed, beside the history. */
  private readonly queries = new Map<string, ObjectQuery>();
  private history?: { reference: ManagedObjectReference; sessionKey: string };
  private opening?: Promise<CollectorUpdates>;
  /** What has a filter. */
  private readonly filtered = new Set<string>();
  /** Present once it is open. */
  private updates?: CollectorUpdates;
  private discarded: Promise<unknown> = Promise.resolve();
  private updatesLacking = false;
  /** The server has told the end of a task that was waited for. */
  private tellsEnds = false;
  /** Tasks whose end was read: the history may tell of it later. */
  private readonly read = new Set<string>();
  /** A wait was broken off: what came meanwhile has to be read. */
  private hasGap = false;
  private waitSeconds = firstWaitSeconds;
  /** Aborted to end the wait in progress; present while the loop runs. */
  private waiting?: AbortController;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  /** As Session.waitForTask. */
  async wait(task: ManagedObjectReference, { taskTimeoutSeconds, signal }: TaskWaitOptions): Promise<void> {
    const limit = new AbortController();
    let abort = (): void => undefined;
    this.waitSeconds = firstWaitSeconds;
    try {
      await new Promise<void>((resolve, reject) => {
        const settle: Waiter["settle"] = (error) => {
          this.waiters.delete(waiter);
          if (error) reject(error);
          else resolve();
        };
        const waiter: Waiter = { task, settle };
        this.waiters.add(waiter);
        abort = () => settle(new TaskOutcomeUnknownError(task.value, "The wait was cancelled"));
        if (signal?.aborted) return abort();
        signal?.addEventListener("abort", abort, { once: true });
        this.clock.sleep(taskTimeoutSeconds * 1000, limit.signal).then(
          () => settle(new TaskTimeoutError(task.value, taskTimeoutSeconds)),
          () => undefined,
        );
        if (!this.waiting) void this.run();
      });
    } finally {
      limit.abort();
      signal?.removeEventListener("abort", abort);
      this.endWhereNobodyWaits();
    }
  }

  /** As Session.follow. */
  async follow(id: string, query: ObjectQuery): Promise<boolean> {
    if (this.queries.has(id)) return false;
    this.queries.set(id, query);
    const limit = new AbortController();
    await new Promise<void>((resolve) => {
      const newcomer: Newcomer = {
        id,
        settle: () => {
          this.newcomers.delete(newcomer);
          resolve();
        },
      };
      this.newcomers.add(newcomer);
      this.clock.sleep(followSeconds * 1000, limit.signal).then(newcomer.settle, () => undefined);
      if (!this.waiting) void this.run();
      else this.addFilter(id).catch(() => this.waiting?.abort());
    });
    limit.abort();
    this.endWhereNobodyWaits();
    return this.find(id) !== undefined;
  }

  find(id: string): RawObject | undefined {
    return this.updates?.find(id);
  }

  close(): void {
    for (const { task, settle } of [...this.waiters])
      settle(new TaskOutcomeUnknownError(task.value, "The session was closed"));
    for (const { settle } of [...this.newcomers]) settle();
    this.waiting?.abort();
  }

  private endWhereNobodyWaits(): void {
    if (this.waiters.size + this.newcomers.size === 0) this.waiting?.abort();
  }

  private async run(): Promise<void> {
    let [readAt, inVain] = [this.clock.now(), 0];
    while (this.waiters.size + this.newcomers.size > 0) {
      this.waiting = new AbortController();
      const { signal } = this.waiting;
      try {
        const started = this.clock.now();
        const told = await this.next(signal);
        const before = this.waiters.size;
        // A first page has what ended before anybody followed it: that is no proof that it tells.
        this.apply(this.ended(), told?.isWhole ? "known" : "told");
        if (this.hasToRead(told) || this.clock.now() - readAt >= longestWaitSeconds * 1000) {
          readAt = this.clock.now();
          this.hasGap = false;
          this.apply(
            await readTasks(this.session, distinct([...this.waiters].map(({ task }) => task)), signal),
            "read",
          );
        }
        inVain = this.waiters.size < before || told?.isWhole ? 0 : inVain + 1;
        // A server that doesn't wait must not be asked without pause.
        const hurries = !told || told.changed.size === 0 || told.isStale || inVain > mostInVain;
        if (hurries && this.waiters.size > 0 && this.clock.now() - started < retryMilliseconds)
          await this.clock.sleep(retryMilliseconds, signal);
      } catch (error) {
        this.discard();
        await this.failed(error, signal);
      }
    }
    this.waiting = undefined;
  }

  /** What the next answer tells; undefined where there is nothing to wait for but time. */
  private async next(signal: AbortSignal): Promise<Told | undefined> {
    await this.discarded;
    const arriving = [...this.newcomers];
    this.updates = await (this.opening ??= this.open());
    for (const { id } of arriving) await this.addFilter(id);
    let told: Told | undefined;
    if (this.filtered.size > 0) {
      const maxWaitSeconds = arriving.length > 0 ? 0 : this.tellsEnds ? longestWaitSeconds : this.waitSeconds;
      told = await this.updates.next({ maxWaitSeconds, signal });
    } else await this.clock.sleep(retryMilliseconds, signal);
    this.waitSeconds = Math.min(this.waitSeconds * 2, longestUnprovenSeconds);
    for (const newcomer of [...this.newcomers])
      if (arriving.includes(newcomer) || this.find(newcomer.id)) newcomer.settle();
    return told;
  }

  /** One filter for the history and for all that is followed so far. */
  private async open(): Promise<CollectorUpdates> {
    const updates = new CollectorUpdates(this.session);
    if (this.updatesLacking) return updates;
    const history = await this.historyOfTasks();
    const queries = [...(history ? [history] : []), ...this.queries.values()];
    for (const id of this.queries.keys()) this.filtered.add(id);
    if (history) this.filtered.add(HISTORY);
    if (queries.length > 0)
      await updates.add({
        objects: queries.flatMap(({ objects }) => objects),
        properties: Object.assign({}, ...queries.map(({ properties }) => properties)) as ObjectQuery["properties"],
      });
    return updates;
  }

  private async addFilter(id: string): Promise<void> {
    const updates = await this.opening;
    if (!updates || this.updatesLacking || this.filtered.has(id)) return;
    this.filtered.add(id);
    await updates.add(this.queries.get(id)!);
  }

  /** The tasks of this user that have ended, so that no other's wakes the wait; undefined where there is no history. */
  private async historyOfTasks(): Promise<ObjectQuery | undefined> {
    const { taskManager } = await this.session.content();
    const sessionKey = await this.session.sessionKey();
    if (this.history?.sessionKey !== sessionKey) delete this.history;
    if (!this.history && taskManager) {
      const userName = { systemUser: false, userList: [await this.session.userName()] };
      const filter = { userName, state: ["success", "error"] };
      const reference = await orUnknown(this.session.call("CreateCollectorForTasks", taskManager, { filter }));
      if (reference) this.history = { reference, sessionKey };
    }
    return this.history && objectQuery([this.history.reference], { latestPage: "TaskInfo[]?" });
  }

  /** The tasks that have ended, as the history told. */
  private ended(): TaskState[] {
    const page = this.history && this.find(this.history.reference.value)?.propSet[0]?.val;
    return tasksOnPage(page);
  }

  private hasToRead(told: Told | undefined): boolean {
    if (this.waiters.size === 0) return false;
    if (!told || told.changed.size === 0) return true;
    return told.isWhole ? this.hasGap : !this.tellsEnds;
  }

  private apply(tasks: readonly TaskState[], end: "known" | "told" | "read"): void {
    for (const { taskId, state, error, unreadable, gone } of tasks) {
      const fault = error ?? unreadable;
      for (const { settle } of this.waitersOf(taskId)) {
        if (state === "success") settle();
        else if (gone) settle(unknownTask(taskId));
        else if (fault) settle(faultFrom(fault, taskId));
        else if (state === "error") settle(failedWithoutReason(taskId));
        else continue;
        // What had to be read wasn't told, whatever was before.
        this.tellsEnds = end === "told" || (this.tellsEnds && end === "known");
        if (end === "read") this.read.add(taskId);
      }
      if (end !== "read" && this.read.delete(taskId)) this.tellsEnds ||= end === "told";
    }
  }

  private async failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (isFault(error, "MethodNotFound") || isFault(error, "NotSupported") || isFault(error, "NotImplemented")) {
      this.updatesLacking = true;
    } else if (isHopeless(error)) {
      const cause = error as Error;
      for (const { task, settle } of [...this.waiters])
        settle(new TaskOutcomeUnknownError(task.value, cause.message, { cause }));
    } else {
      await this.clock.sleep(retryMilliseconds, signal).catch(() => undefined);
    }
  }

  private waitersOf(taskId: string | undefined): Waiter[] {
    return [...this.waiters].filter(({ task }) => task.value === taskId);
  }

  private discard(): void {
    for (const { settle } of [...this.newcomers]) settle();
    const opening = this.opening;
    this.opening = this.updates = undefined;
    this.filtered.clear();
    this.hasGap = true;
    this.discarded = Promise.resolve(opening?.then((updates) => updates.discard())).catch(() => undefined);
  }
}

/** As which the history counts among what is followed. */
const HISTORY = "history of tasks";

function unknownTask(taskId: string): TaskOutcomeUnknownError {
  return new TaskOutcomeUnknownError(taskId, "vCenter no longer knows the task");
}

function failedWithoutReason(taskId: string): VimFault {
  return new VimFault({ type: "MethodFault", message: "The task failed and vCenter gave no reason.", taskId });
}

function isHopeless(error: unknown): boolean {
  if (error instanceof VimConnectionError)
    return error.kind === "untrusted_certificate" || error.kind === "wrong_host_name";
  // A session may well be refused again while vCenter starts: that is not for good.
  if (isFault(error, "NotAuthenticated")) return false;
  return isFault(error, "InvalidLogin") || isFault(error, "NoPermission") || !(error instanceof VimFault);
}
