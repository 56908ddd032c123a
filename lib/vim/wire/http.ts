import { Agent, request, type RequestOptions } from "node:https";
import type { Clock } from "../../clock";
import type { ServerAddress } from "../../environment/server-address";
import type { VimConnectionError } from "./connection-error";
import { badAnswer, connectionError, refusal, type Operation } from "./http-errors";
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

export interface PostOptions extends Operation {
  body: string;
  soapAction: string;
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
    const { clock, address } = this.options;
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
      throw connectionError(error, post, { address, sent: progress.sent, expired: limit.signal.aborted });
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
          const { statusCode: status = 0, headers } = incoming;
          const answer = { status, body: Buffer.concat(chunks).toString("utf8") };
          const refused = refusal(answer, headers["content-encoding"], post, address);
          if (refused) reject(refused);
          else resolve(answer);
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
}
