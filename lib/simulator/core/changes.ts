/** Tells waiting property collectors that something in the inventory may have changed. */
export class Changes {
  private readonly listeners = new Set<() => void>();

  announce(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Resolves at the next announcement; rejects with the signal's reason. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => (): void => {
        this.listeners.delete(changed);
        signal.removeEventListener("abort", aborted);
        act();
      };
      const changed = settle(resolve);
      const aborted = settle(() => reject(signal.reason as Error));
      if (signal.aborted) return aborted();
      this.listeners.add(changed);
      signal.addEventListener("abort", aborted);
    });
  }
}
