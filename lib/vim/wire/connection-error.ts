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

const hostNameCodes = new Set(["ERR_TLS_CERT_ALTNAME_INVALID"]);
const certificateCode =
  /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;

/** Tells by its code what kind of failure a socket reports: messages differ between runtimes. */
export function connectionErrorKind(code: string): ConnectionErrorKind {
  if (hostNameCodes.has(code)) return "wrong_host_name";
  if (certificateCode.test(code)) return "untrusted_certificate";
  return "unreachable";
}
