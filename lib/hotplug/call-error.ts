/**
 * Why a call did not succeed. `busy`: another task holds the object, nothing was done. `changed`: it is not as it was
 * seen, nothing was done. `wrong_power_state`: not while it is powered as it is, nothing was done. `unknown`: the call
 * may have been carried out, or may be under way. `refused`: it failed.
 */
export type CallErrorKind = "busy" | "changed" | "wrong_power_state" | "unknown" | "refused";

/** A target's call that failed, whichever engine asked for it; `cause` is what the target met. */
export class CallError extends Error {
  override readonly name = "CallError";
  constructor(
    readonly kind: CallErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

export function callErrorKind(error: unknown): CallErrorKind | undefined {
  return error instanceof CallError ? error.kind : undefined;
}

/** Whether it is sure that the call was not carried out: after any other error only looking tells. */
export function isRefusal(error: unknown): boolean {
  return error instanceof CallError && error.kind !== "unknown";
}
