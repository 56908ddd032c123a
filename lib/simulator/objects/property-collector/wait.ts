import type { World } from "../../core/world";

/** One wait for updates: asleep until something may have changed, its time is over, or it is given up. */
export class Wait {
  private readonly timer = new AbortController();
  private readonly endings: (() => void)[] = [];
  private hasHeard = false;
  private isOver = false;
  private failure?: Error;
  private proceed?: () => void;

  /** `seconds`: how long it waits at most; it is given up when one of `signals` is aborted. */
  constructor(world: World, { seconds, signals }: { seconds?: number; signals: readonly AbortSignal[] }) {
    this.endings.push(world.changes.listen(() => this.wake()));
    for (const signal of signals) {
      const giveUp = (): void => this.cancel(signal.reason as Error);
      signal.addEventListener("abort", giveUp);
      this.endings.push(() => signal.removeEventListener("abort", giveUp));
      if (signal.aborted) giveUp();
    }
    if (seconds)
      world.sleep(seconds * 1000, this.timer.signal).then(
        () => {
          this.isOver = true;
          this.proceed?.();
        },
        () => undefined,
      );
  }

  /** Whether to look again, rather than time being over. Rejects with the reason where it was given up. */
  async next(): Promise<boolean> {
    if (!this.hasHeard && !this.isOver && !this.failure) await new Promise<void>((resolve) => (this.proceed = resolve));
    if (this.failure) throw this.failure;
    const look = this.hasHeard;
    this.hasHeard = false;
    return look;
  }

  wake(): void {
    this.hasHeard = true;
    this.proceed?.();
  }

  cancel(reason: Error): void {
    this.failure ??= reason;
    this.proceed?.();
  }

  end(): void {
    this.endings.forEach((end) => end());
    this.timer.abort(ENDED);
  }
}

/** One for all: an error made for each would cost more than the wait. */
const ENDED = new Error("the wait has ended");
