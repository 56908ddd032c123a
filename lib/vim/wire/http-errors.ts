import type { ServerAddress } from "../../environment/server-address";
import { VimConnectionError } from "./connection-error";

/** A request as far as its errors tell of it. */
export interface Operation {
  /** What is asked for: a method's name. */
  operation: string;
  /** The call changes something: if its answer is lost, the error says that the outcome is unknown. */
  writes: boolean;
  limitSeconds: number;
  /** When the work began that the limit is for, where this request isn't its first; by the clock's `now`. */
  startedAt?: number;
  signal?: AbortSignal;
}

/** What is wrong with an answer, before anybody parses it; undefined if nothing is. */
export function refusal(
  { status, body }: { status: number; body: string },
  headers: { "content-encoding"?: string; "content-type"?: string },
  asked: Operation,
  address: ServerAddress,
): VimConnectionError | undefined {
  if (status === 502 || status === 503 || status === 504) {
    const what = `${nameOf(address)} answers, but its vCenter service does not (HTTP status ${status}).`;
    return new VimConnectionError("unreachable", what, { code: `HTTP_${status}`, outcomeUnknown: asked.writes });
  }
  if (status >= 300 && status < 400)
    return badAnswer(asked, `it is a redirect (HTTP status ${status}), and those are not followed`);
  if (status !== 200 && status !== 500)
    return badAnswer(asked, `its HTTP status is ${status}, where vCenter's is 200 or 500`);
  const encoding = headers["content-encoding"];
  if (encoding && encoding !== "identity") return badAnswer(asked, "it is compressed, which nobody asked for");
  const [type] = /^(?:text\/html|text\/plain|application\/json)\b/i.exec(headers["content-type"] ?? "") ?? [];
  if (type) return badAnswer(asked, `it is ${type}, where vCenter's is text/xml`);
  // vCenter sends neither; both are ways to make a parser grow or reach for what it shouldn't.
  if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) return badAnswer(asked, "it declares a document type");
  if (/\s(?:id|href)\s*=\s*["']#?__proto__/.test(body)) return badAnswer(asked, "it refers to itself");
  return undefined;
}

export function badAnswer(
  { operation, writes }: Pick<Operation, "operation" | "writes">,
  why: string,
): VimConnectionError {
  return new VimConnectionError("bad_answer", `The answer to ${operation} can't be used: ${why}.`, {
    outcomeUnknown: writes,
  });
}

/** Makes an error of whatever kept an answer from coming. */
export function connectionError(
  error: unknown,
  { operation, writes, limitSeconds, signal }: Operation,
  {
    address,
    via,
    sent,
    expired,
  }: { address: ServerAddress; via?: string | undefined; sent: boolean; expired: boolean },
): VimConnectionError {
  if (error instanceof VimConnectionError) return error;
  const server = nameOf(address) + (via ? ` (by ${via})` : "");
  const outcomeUnknown = writes && sent;
  const lost = outcomeUnknown ? ` ${operation} may have been carried out all the same: look before repeating it.` : "";
  if (signal?.aborted)
    return new VimConnectionError("aborted", `${operation} was cancelled.${lost}`, { outcomeUnknown });
  if (expired) {
    const what = `${server} did not answer ${operation} within ${Number(limitSeconds.toFixed(3))} s.${lost}`;
    return new VimConnectionError("timeout", what, { outcomeUnknown });
  }
  const code = String((error as { code?: unknown }).code ?? "UNKNOWN");
  const kind = kindOf(code);
  const what = {
    untrusted_certificate: `The certificate of ${server} is not trusted (${code}).`,
    wrong_host_name: `The certificate of ${server} is for another name (${code}).`,
    unreachable: sent ? `The connection to ${server} was lost (${code}).` : `${server} can't be reached (${code}).`,
  }[kind];
  return new VimConnectionError(kind, what + lost, { code, outcomeUnknown });
}

export function nameOf({ host, port }: ServerAddress): string {
  return `${host.includes(":") ? `[${host}]` : host}${port === 443 ? "" : `:${port}`}`;
}

const certificateCode =
  /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|SELF_SIGNED|CRL|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH/;

/** Tells by its code what kind of failure a socket reports: messages differ between runtimes. */
function kindOf(code: string): "wrong_host_name" | "untrusted_certificate" | "unreachable" {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "wrong_host_name";
  if (certificateCode.test(code)) return "untrusted_certificate";
  return "unreachable";
}
