import { Agent, request, type AgentOptions, type RequestOptions } from "node:https";
import type { Clock } from "../../clock";
import { Secrets } from "../../secrets";
import type { Proxy } from "../../environment/proxy";
import type { ServerAddress } from "../../environment/server-address";
import { ANSWER_LIMITS, AnswerGauge, type AnswerLimits } from "./answer-gauge";
import type { VimConnectionError } from "./connection-error";
import { badAnswer, connectionError, nameOf, refusal, type Operation } from "./http-errors";
import { hidden, type Hidden } from "./hidden";
import { ProxyAgent } from "./proxy-agent";

export interface HttpTransportOptions {
  address: ServerAddress;
  allowUnverifiedSsl?: boolean;
  /** PEM bundle of the only authorities to trust; the runtime's own by default. */
  ca?: string;
  /** What the server is reached through. */
  proxy?: Proxy;
  userAgent: string;
  clock: Clock;
  /** What answers are refused beyond. */
  answerLimits?: AnswerLimits;
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
 * options say otherwise; no environment variable changes that. Redirects aren't followed.
 */
export class HttpTransport {
  private readonly options: Omit<HttpTransportOptions, "proxy">;
  /** The proxy as errors name it. */
  private readonly via: string | undefined;
  private readonly cookies = hidden(new Map<string, string>());
  /** Hidden as well: its connections hold the headers of what they are sending. */
  private readonly agent: Hidden<Agent>;
  /** Sockets whose handshake is over. */
  private readonly secured = hidden(new WeakSet<object>());

  constructor({ proxy, ...options }: HttpTransportOptions) {
    this.options = options;
    this.via = proxy && `the proxy ${nameOf(proxy)} of ${proxy.variable}`;
    const connections: AgentOptions = {
      keepAlive: true,
      maxSockets,
      timeout: idleMilliseconds,
      rejectUnauthorized: !options.allowUnverifiedSsl,
      ...(options.ca && { ca: options.ca }),
    };
    this.agent = hidden(proxy ? new ProxyAgent(hidden(proxy), connections) : new Agent(connections));
  }

  /**
   * Resolves with whatever the server answered as XML; rejects with a VimConnectionError only. What only reads is asked
   * once more when its connection is lost, since a server may close one that was kept just as it is used again. The
   * limit is one for both, and begins where `startedAt` says.
   */
  async post(post: PostOptions): Promise<Answer> {
    const { clock } = this.options;
    const { startedAt = clock.now(), limitSeconds } = post;
    const limit = new AbortController();
    const limitOver = new AbortController();
    clock.sleep(Math.max(0, startedAt + limitSeconds * 1000 - clock.now()), limitOver.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    try {
      return await this.postOnce(post, limit.signal);
    } catch (error) {
      const { code } = error as VimConnectionError;
      if (post.writes || (code !== "ECONNRESET" && code !== "EPIPE")) throw error;
      return await this.postOnce(post, limit.signal);
    } finally {
      limitOver.abort();
    }
  }

  private async postOnce(post: PostOptions, limit: AbortSignal): Promise<Answer> {
    const progress = { sent: false };
    try {
      return await this.send(post, AbortSignal.any([limit, ...(post.signal ? [post.signal] : [])]), progress);
    } catch (error) {
      const { address } = this.options;
      throw connectionError(error, post, { address, via: this.via, sent: progress.sent, expired: limit.aborted });
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
    const { address, userAgent, answerLimits = ANSWER_LIMITS } = this.options;
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
      let answered = false;
      const lost = (): void => reject(Object.assign(new Error("The answer was cut off."), { code: "ECONNRESET" }));
      const outgoing = request(options, (incoming) => {
        answered = true;
        progress.sent = true;
        this.keepCookies(incoming.headers["set-cookie"] ?? []);
        const gauge = new AnswerGauge(answerLimits);
        const chunks: Buffer[] = [];
        incoming.on("data", (chunk: Buffer) => {
          const tooMuch = gauge.add(chunk);
          if (tooMuch === undefined) return void chunks.push(chunk);
          reject(badAnswer(post, tooMuch));
          incoming.destroy();
        });
        incoming.on("error", reject);
        for (const end of ["aborted", "close"]) incoming.on(end, lost);
        incoming.on("end", () => {
          const { statusCode: status = 0, headers } = incoming;
          const answer = { status, body: Buffer.concat(chunks).toString("utf8") };
          const refused = refusal(answer, headers, post, address);
          if (refused) reject(refused);
          else resolve(answer);
        });
      });
      // Node tells nobody of an answer that switches protocols, unless somebody listens.
      outgoing.on("upgrade", (incoming, socket) => {
        socket.destroy();
        progress.sent = true;
        reject(badAnswer(post, `its HTTP status is ${incoming.statusCode}, where vCenter's is 200 or 500`));
      });
      outgoing.on("close", () => {
        if (!answered) lost();
      });
      // Whatever a runtime makes of an aborted request: the limit holds.
      signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
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

  /** Takes the session's cookies out of every text of a value that a server sent back. */
  withoutCookies<T>(value: T): T {
    return new Secrets(...this.cookies().values()).cleanAll(value);
  }
}
