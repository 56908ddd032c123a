export type ConnectionErrorKind =
  | "unreachable"
  | "untrusted_certificate"
  | "wrong_host_name"
  | "timeout"
  | "bad_answer"
  | "aborted";

interface ConnectionErrorOptions {
  /** The machine-readable cause beneath, such as ECONNREFUSED. */
  code?: string;
  outcomeUnknown?: boolean;
}

/** No usable answer came from vCenter. Never carries credentials, cookies or what was sent. */
export class VimConnectionError extends Error {
  override readonly name = "VimConnectionError";
  readonly code?: string;
  /** The call changes something and may have been carried out: look before repeating it. */
  readonly outcomeUnknown: boolean;

  constructor(
    readonly kind: ConnectionErrorKind,
    message: string,
    { code, outcomeUnknown = false }: ConnectionErrorOptions = {},
  ) {
    super(message);
    if (code) this.code = code;
    this.outcomeUnknown = outcomeUnknown;
  }
}
