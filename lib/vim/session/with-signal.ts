import { VimConnectionError } from "../wire/connection-error";

/** Waits for what several callers share, and stops waiting, but not the work, when this caller's signal is aborted. */
export function withSignal<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return shared;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new VimConnectionError("aborted", "The call was cancelled before it was made."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
