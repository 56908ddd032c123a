/**
 * Why a guest gave no answer. `host_key`: it is not known to be the one that is meant; `credentials`: it let nobody in;
 * `no_root`: it doesn't let the user look as root; `unreachable`: no connection, or one that broke; `no_answer`: it
 * took the question and did not answer it.
 */
type GuestErrorKind = "host_key" | "credentials" | "no_root" | "unreachable" | "no_answer";

/** What went wrong on the way into a guest, in whole sentences, and what to do about it. */
export class GuestError extends Error {
  override readonly name = "GuestError";
  constructor(
    readonly kind: GuestErrorKind,
    message: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}
