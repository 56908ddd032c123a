/** Time as a dependency, so that simulations and tests run on a clock of their own. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms`; rejects with the signal's reason when the signal is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason as Error);
      // Node fires a timer beyond 2^31 ms at once.
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener("abort", abort, { once: true });
      function done(): void {
        signal?.removeEventListener("abort", abort);
        resolve();
      }
    }),
};
