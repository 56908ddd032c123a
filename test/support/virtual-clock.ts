import type { Clock } from "../../lib/clock";

interface Sleeper {
  at: number;
  wake(): void;
}

/**
 * A clock that stands still while anything runs and jumps to the next sleeper once all that is left is sleeping: an
 * hour takes no time, and the same program wakes in the same order every time. What waits for something real (a socket,
 * a child process) is wrapped in `hold`, or the clock would run ahead of it.
 */
export class VirtualClock implements Clock {
  private readonly sleepers: Sleeper[] = [];
  private held = 0;
  private turn?: NodeJS.Immediate;

  constructor(private time = Date.UTC(2026, 0, 1)) {}

  now(): number {
    return this.time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      const abort = (): void => {
        this.sleepers.splice(this.sleepers.indexOf(sleeper), 1);
        reject(signal!.reason as Error);
      };
      const sleeper: Sleeper = {
        at: this.time + Math.max(0, ms),
        wake: () => {
          signal?.removeEventListener("abort", abort);
          resolve();
        },
      };
      signal?.addEventListener("abort", abort, { once: true });
      // Equal times wake in the order in which they fell asleep.
      const later = this.sleepers.findIndex(({ at }) => at > sleeper.at);
      this.sleepers.splice(later < 0 ? this.sleepers.length : later, 0, sleeper);
      this.proceed();
    });
  }

  /** Keeps time from passing until `work` has ended. */
  async hold<T>(work: Promise<T>): Promise<T> {
    this.held++;
    try {
      return await work;
    } finally {
      this.held--;
      this.proceed();
    }
  }

  /** Wakes one sleeper a turn of the event loop: promises have all settled by then. */
  private proceed(): void {
    this.turn ??= setImmediate(() => {
      delete this.turn;
      if (this.held > 0) return;
      const next = this.sleepers.shift();
      if (!next) return;
      this.time = next.at;
      next.wake();
      if (this.sleepers.length > 0) this.proceed();
    });
  }
}
