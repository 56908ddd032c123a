import type { Clock } from "../clock";

// What the engines share: they look, change one thing, look again, and answer with what was done and what stood in the
// way.

export interface WorkOptions {
  clock: Clock;
  /** Aborted: no further change is begun. What is under way is waited for, and what went down for it comes up again. */
  signal: AbortSignal;
  /** Told of what is done, as it is done. */
  onProgress?(message: string, fields?: Record<string, unknown>): void;
  /** Told of what else goes on. */
  onDetail?(message: string, fields?: Record<string, unknown>): void;
}

/** Why no further change is begun, though nothing has failed. */
export type Hindrance = { kind: "stopped" } | { kind: "timed_out" };

/** Ends an engine's work for the problems that it carries. Thrown and caught inside an engine, never seen outside. */
export class Halt<Problem> extends Error {
  readonly problems: readonly Problem[];
  constructor(...problems: Problem[]) {
    super("halted");
    this.problems = problems;
  }
}

/** The problems that halted `work`; none where it came to its end. A bug is thrown on. */
export async function halted<Problem>(work: () => Promise<void>): Promise<Problem[]> {
  try {
    await work();
    return [];
  } catch (error) {
    if (error instanceof Halt) return [...(error as Halt<Problem>).problems];
    throw error;
  }
}

/** What a call failed with; undefined where it succeeded. */
export function errorOf(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => undefined,
    (error: unknown) => error ?? new Error("unknown"),
  );
}

/**
 * How often and how long something is asked for, at least once. Each pause is twice the one before, up to the longest.
 * `limit`: in milliseconds since the epoch. `stoppable`: halted in a pause too; else what has begun is waited for.
 */
interface Polling {
  limit?: number;
  attempts?: number;
  pauseMs: number;
  longestPauseMs?: number;
  stoppable?: boolean;
}

/** The clock, the limits and the notes of one change. */
export class Work<Done = string> {
  readonly done: Done[] = [];
  /** No change is begun after it. */
  readonly deadline: number;

  constructor(
    private readonly options: WorkOptions,
    changeTimeoutSeconds = Infinity,
  ) {
    this.deadline = this.after(changeTimeoutSeconds);
  }

  after(seconds: number): number {
    return this.options.clock.now() + seconds * 1000;
  }

  secondsLeft(): number {
    return Math.ceil((this.deadline - this.options.clock.now()) / 1000);
  }

  /** Halts where no further change may be begun. */
  mayBegin(): void {
    if (this.options.signal.aborted) throw new Halt<Hindrance>({ kind: "stopped" });
    if (this.secondsLeft() <= 0) throw new Halt<Hindrance>({ kind: "timed_out" });
  }

  note(done: Done, message = String(done)): void {
    this.done.push(done);
    this.options.onProgress?.(message);
  }

  /** Asks until it holds; false where it doesn't in time. */
  async until(
    holds: () => Promise<boolean>,
    { limit = Infinity, attempts = Infinity, pauseMs, longestPauseMs = pauseMs, stoppable = false }: Polling,
  ): Promise<boolean> {
    for (let attempt = 1, pause = pauseMs; ; attempt++, pause = Math.min(pause * 2, longestPauseMs)) {
      if (await holds()) return true;
      if (attempt >= attempts || this.options.clock.now() >= limit) return false;
      await (stoppable ? this.pause(pause) : this.options.clock.sleep(pause));
    }
  }

  /** Halts where the work is stopped meanwhile. */
  async pause(ms: number): Promise<void> {
    await this.options.clock.sleep(ms, this.options.signal).catch(() => {
      throw new Halt<Hindrance>({ kind: "stopped" });
    });
  }
}
