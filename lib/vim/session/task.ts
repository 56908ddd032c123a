import type { Clock } from "../../clock";
import { VimConnectionError } from "../wire/connection-error";
import { faultFrom, isFault, VimFault } from "../wire/fault";
import { distinct, type ManagedObjectReference } from "../wire/managed-object-reference";
import type { Session, TaskWaitOptions } from "./session";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "./task-error";
import {
  ListViewTaskFeed,
  maxWaitSeconds,
  PollingTaskFeed,
  readTasks,
  type TaskFeed,
  type TaskUpdate,
} from "./task-feed";

interface Waiter {
  task: ManagedObjectReference;
  state?: string;
  error?: Error;
  settle(error?: Error): void;
}

const retryMilliseconds = 1_000;
/** Answers at once without news, one after another, before the next one is waited for. */
const mostWithoutNews = 3;

/**
 * Waits for tasks: one loop a session, running while somebody waits, whatever their number. A connection that fails
 * meanwhile is tried again until the waiters' own limits, since reading does no harm and the task goes on. Updates get
 * lost now and then, a task's last one among them (govmomi's simulator does so): the tasks themselves are read where a
 * wait came back empty, and where it told of others alone for as long as a wait may take.
 */
export class TaskWaiter {
  private readonly waiters = new Set<Waiter>();
  private feed?: TaskFeed;
  private discarded: Promise<void> = Promise.resolve();
  private viewsLacking = false;
  /** Aborted to end the wait in progress; present while the loop runs. */
  private waiting?: AbortController;

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  async wait(task: ManagedObjectReference, { taskTimeoutSeconds, signal }: TaskWaitOptions): Promise<void> {
    const limit = new AbortController();
    let abort = (): void => undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        const settle = (error?: Error): void => {
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
        else this.follow().catch(() => this.waiting?.abort());
      });
    } finally {
      limit.abort();
      signal?.removeEventListener("abort", abort);
      if (this.waiters.size === 0) this.waiting?.abort();
    }
  }

  close(): void {
    for (const { task, settle } of [...this.waiters])
      settle(new TaskOutcomeUnknownError(task.value, "The session was closed"));
    this.waiting?.abort();
  }

  private async run(): Promise<void> {
    let [readAt, withoutNews] = [this.clock.now(), 0];
    while (this.waiters.size > 0) {
      this.waiting = new AbortController();
      const { signal } = this.waiting;
      try {
        await this.follow();
        const started = this.clock.now();
        const updates = await this.feed!.next(signal);
        withoutNews = this.apply(updates) ? 0 : withoutNews + 1;
        if (updates.length === 0 || this.clock.now() - readAt >= maxWaitSeconds * 1000) {
          readAt = this.clock.now();
          this.apply(await readTasks(this.session, distinct([...this.waiters].map(({ task }) => task)), signal));
        }
        // A server that doesn't wait must not be asked without pause.
        const hurries = updates.length === 0 || withoutNews > mostWithoutNews;
        if (hurries && this.waiters.size > 0 && this.clock.now() - started < retryMilliseconds)
          await this.clock.sleep(retryMilliseconds, signal);
      } catch (error) {
        this.discardFeed();
        await this.failed(error, signal);
      }
    }
    this.waiting = undefined;
  }

  private async follow(): Promise<void> {
    await this.discarded;
    this.feed ??= this.viewsLacking
      ? new PollingTaskFeed(this.session, this.clock)
      : new ListViewTaskFeed(this.session);
    await this.feed.follow([...this.waiters].map(({ task }) => task));
  }

  /** Whether there is anything new in the updates. */
  private apply(updates: readonly TaskUpdate[]): boolean {
    const before = [...this.waiters].map(({ state }) => state).join();
    for (const { taskId, state, error, unreadable, gone } of updates) {
      for (const waiter of this.waitersOf(taskId)) {
        // A stale state may come after the last one: what has ended has ended.
        if (waiter.state !== "success" && waiter.state !== "error") waiter.state = state ?? waiter.state;
        if (error) waiter.error = faultFrom(error, taskId);
        else if (unreadable) waiter.settle(faultFrom(unreadable, taskId));
        else if (gone) waiter.settle(unknownTask(taskId));
      }
    }
    for (const { task, state, error, settle } of [...this.waiters]) {
      if (state === "success") settle();
      else if (state === "error")
        settle(
          error ??
            new VimFault({
              type: "MethodFault",
              message: "The task failed and vCenter gave no reason.",
              taskId: task.value,
            }),
        );
    }
    return [...this.waiters].map(({ state }) => state).join() !== before;
  }

  private async failed(error: unknown, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    if (isFault(error, "MethodNotFound") || isFault(error, "NotSupported") || isFault(error, "NotImplemented")) {
      this.viewsLacking = true;
    } else if (isFault(error, "ManagedObjectNotFound") && this.waitersOf(error.object?.value).length > 0) {
      for (const { task, settle } of this.waitersOf(error.object?.value)) settle(unknownTask(task.value));
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

  private discardFeed(): void {
    const feed = this.feed;
    this.feed = undefined;
    if (feed) this.discarded = feed.discard().catch(() => undefined);
  }
}

function unknownTask(taskId: string): TaskOutcomeUnknownError {
  return new TaskOutcomeUnknownError(taskId, "vCenter no longer knows the task");
}

function isHopeless(error: unknown): boolean {
  if (error instanceof VimConnectionError)
    return error.kind === "untrusted_certificate" || error.kind === "wrong_host_name";
  // A session may well be refused again while vCenter starts: that is not for good.
  if (isFault(error, "NotAuthenticated")) return false;
  return isFault(error, "InvalidLogin") || isFault(error, "NoPermission") || !(error instanceof VimFault);
}
