import { setMaxListeners } from "node:events";

/** Tells waiting property collectors, and who else listens, that something in the inventory may have changed. */
export class Changes {
  private readonly listeners = new Set<() => void>();

  announce(): void {
    for (const listener of [...this.listeners]) listener();
  }

  /** Calls `listener` at every announcement, until the function that this returns is called. */
  listen(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
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

/** Node takes more than ten who wait for one signal for a leak. */
export function manyMayWaitFor(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}
