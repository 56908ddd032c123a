import { Agent, request, type RequestOptions } from "node:https";
import type { Clock } from "../../clock";
import type { ServerAddress } from "../../server-address";
import { connectionErrorKind, VimConnectionError } from "./connection-error";
import { hidden, type Hidden } from "./hidden";

export interface HttpTransportOptions {
  address: ServerAddress;
  allowUnverifiedSsl?: boolean;
  /** PEM bundle of the only authorities to trust; the runtime's own by default. */
  ca?: string;
  userAgent: string;
  clock: Clock;
  /** Texts that no answer may bring back in an error. */
  secrets: readonly string[];
  /** Answers beyond this many bytes are refused; default 64 MiB. */
  maxAnswerBytes?: number;
}

export interface PostOptions {
  body: string;
  soapAction: string;
  /** What is asked for, for messages: a method's name. */
  operation: string;
  /** The call changes something: if its answer is lost, the error says that the outcome is unknown. */
  writes: boolean;
  limitSeconds: number;
  signal?: AbortSignal;
}

export interface Answer {
  status: number;
  body: string;
}

const maxSockets = 8;
/**
 * An idle connection is given up before any server or proxy would do it: a reset then would leave a call's outcome
 * unknown.
 */
const idleMilliseconds = 4_000;

/**
 * Posts SOAP envelopes to `https://SERVER/sdk` and keeps the session's cookie. Certificates are verified unless the
 * options say otherwise; no environment variable changes that, and none names a proxy. Redirects aren't followed.
 */
export class HttpTransport {
  private readonly options: Omit<HttpTransportOptions, "secrets">;
  private readonly secrets: Hidden<readonly string[]>;
  private readonly cookies = hidden(new Map<string, string>());
  /** Hidden as well: its connections hold the headers of what they are sending. */
  private readonly agent: Hidden<Agent>;
  /** Sockets whose handshake is over. */
  private readonly secured = hidden(new WeakSet<object>());

  constructor({ secrets, ...options }: HttpTransportOptions) {
    this.options = options;
    this.secrets = hidden(secrets);
    this.agent = hidden(
      new Agent({
        keepAlive: true,
        maxSockets,
        timeout: idleMilliseconds,
        rejectUnauthorized: !options.allowUnverifiedSsl,
        ...(options.ca && { ca: options.ca }),
      }),
    );
  }

  /**
   * Resolves with whatever the server answered as XML; rejects with a VimConnectionError only. What only reads is asked
   * once more when its connection is lost, since a server may close one that was kept just as it is used again.
   */
  async post(post: PostOptions): Promise<Answer> {
    try {
      return await this.postOnce(post);
    } catch (error) {
      const { code } = error as VimConnectionError;
      if (post.writes || (code !== "ECONNRESET" && code !== "EPIPE")) throw error;
      return this.postOnce(post);
    }
  }

  private async postOnce(post: PostOptions): Promise<Answer> {
    const { clock } = this.options;
    const limit = new AbortController();
    const limitOver = new AbortController();
    clock.sleep(post.limitSeconds * 1000, limitOver.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    const progress = { sent: false };
    try {
      return await this.send(post, AbortSignal.any([limit.signal, ...(post.signal ? [post.signal] : [])]), progress);
    } catch (error) {
      throw this.connectionError(error, post, { sent: progress.sent, expired: limit.signal.aborted });
    } finally {
      limitOver.abort();
    }
  }

  /** Forgets the session's cookie. */
  forgetSession(): void {
    this.cookies().clear();
  }

  close(): void {
    this.agent().destroy();
  }

  private send(post: PostOptions, signal: AbortSignal, progress: { sent: boolean }): Promise<Answer> {
    const { address, userAgent, maxAnswerBytes = 64 * 1024 * 1024 } = this.options;
    const options: RequestOptions = {
      agent: this.agent(),
      host: address.host,
      port: address.port,
      path: "/sdk",
      method: "POST",
      signal,
      headers: {
        "Content-Type": "text/xml; charset=utf-8",
        "Content-Length": Buffer.byteLength(post.body),
        SOAPAction: post.soapAction,
        "User-Agent": userAgent,
        ...(this.cookies().size > 0 && { Cookie: [...this.cookies()].map((pair) => pair.join("=")).join("; ") }),
      },
    };
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const outgoing = request(options, (incoming) => {
        progress.sent = true;
        this.keepCookies(incoming.headers["set-cookie"] ?? []);
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on("data", (chunk: Buffer) => {
          length += chunk.length;
          chunks.push(chunk);
          if (length <= maxAnswerBytes) return;
          reject(badAnswer(post, `it is longer than ${maxAnswerBytes} bytes`));
          incoming.destroy();
        });
        incoming.on("error", reject);
        incoming.on("aborted", () =>
          reject(Object.assign(new Error("The answer was cut off."), { code: "ECONNRESET" })),
        );
        incoming.on("end", () => {
          try {
            resolve(
              this.accept(
                post,
                incoming.statusCode ?? 0,
                incoming.headers["content-encoding"],
                Buffer.concat(chunks).toString("utf8"),
              ),
            );
          } catch (error) {
            reject(error as Error);
          }
        });
      });
      outgoing.on("error", reject);
      outgoing.on("socket", (socket) => {
        // A socket that served a waiting request before isn't called reused.
        if (outgoing.reusedSocket || this.secured().has(socket)) progress.sent = true;
        else
          socket.once("secureConnect", () => {
            this.secured().add(socket);
            progress.sent = true;
          });
      });
      outgoing.end(post.body);
    });
  }

  private accept(post: PostOptions, status: number, encoding: string | undefined, body: string): Answer {
    if (status === 502 || status === 503 || status === 504) {
      throw new VimConnectionError(
        "unreachable",
        `${this.server()} answers, but its vCenter service does not (HTTP status ${status}).`,
        {
          code: `HTTP_${status}`,
          outcomeUnknown: post.writes,
        },
      );
    }
    if (status !== 200 && status !== 500)
      throw badAnswer(post, `its HTTP status is ${status}, where vCenter's is 200 or 500`);
    if (encoding && encoding !== "identity") throw badAnswer(post, "it is compressed, which nobody asked for");
    // vCenter sends neither; both are ways to make a parser grow or reach for what it shouldn't.
    if (/<!(?:DOCTYPE|ENTITY)/i.test(body)) throw badAnswer(post, "it declares a document type");
    if (/\s(?:id|href)\s*=\s*["']#?__proto__/.test(body)) throw badAnswer(post, "it refers to itself");
    return { status, body };
  }

  private connectionError(
    error: unknown,
    post: PostOptions,
    { sent, expired }: { sent: boolean; expired: boolean },
  ): VimConnectionError {
    if (error instanceof VimConnectionError) return error;
    const outcomeUnknown = post.writes && sent;
    const lost = outcomeUnknown
      ? ` ${post.operation} may have been carried out all the same: look before repeating it.`
      : "";
    if (post.signal?.aborted)
      return new VimConnectionError("aborted", `${post.operation} was cancelled.${lost}`, { outcomeUnknown });
    if (expired) {
      return new VimConnectionError(
        "timeout",
        `${this.server()} did not answer ${post.operation} within ${Number(post.limitSeconds.toFixed(3))} s.${lost}`,
        { outcomeUnknown },
      );
    }
    const code = String((error as { code?: unknown }).code ?? "UNKNOWN");
    const kind = connectionErrorKind(code);
    const what = {
      untrusted_certificate: `The certificate of ${this.server()} is not trusted (${code}).`,
      wrong_host_name: `The certificate of ${this.server()} is for another name (${code}).`,
    };
    const text =
      what[kind as keyof typeof what] ??
      (sent
        ? `The connection to ${this.server()} was lost (${code}).`
        : `${this.server()} can't be reached (${code}).`);
    return new VimConnectionError(kind, text + lost, { code, outcomeUnknown });
  }

  private keepCookies(headers: readonly string[]): void {
    for (const header of headers) {
      const [, name, value] = /^([^=;\s]+)=([^;]*)/.exec(header) ?? [];
      if (name) this.cookies().set(name, value!);
    }
  }

  /** Takes credentials and cookies out of a text that a server sent back. */
  redact(text: string): string {
    const secrets = [...this.secrets(), ...this.cookies().values()].filter((secret) => secret.length > 0);
    return secrets.reduce((clean, secret) => clean.replaceAll(secret, "(redacted)"), text);
  }

  private server(): string {
    const { host, port } = this.options.address;
    return `${host.includes(":") ? `[${host}]` : host}${port === 443 ? "" : `:${port}`}`;
  }
}

function badAnswer(post: PostOptions, why: string): VimConnectionError {
  return new VimConnectionError("bad_answer", `The answer to ${post.operation} can't be used: ${why}.`, {
    outcomeUnknown: post.writes,
  });
}
