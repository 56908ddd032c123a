import type { Clock } from "../../lib/clock";
import type { Vcenter } from "../../lib/simulator/vcenter";
import { VimConnectionError } from "../../lib/vim/wire/connection-error";
import type { Answer, HttpTransportOptions, PostOptions } from "../../lib/vim/wire/http";

/** What a client's requests go through instead of a network. */
export type Wire = (post: PostOptions, send: () => Promise<Answer>) => Promise<Answer>;

/** Stands in for lib/vim's HttpTransport, to a vCenter in this process: the same promises kept, without a socket. */
export class InProcessTransport {
  private readonly clock: Clock;
  private cookie?: string;

  constructor(
    private readonly options: HttpTransportOptions,
    private readonly line: { vcenter: Vcenter; wire: Wire },
  ) {
    this.clock = options.clock;
  }

  async post(post: PostOptions): Promise<Answer> {
    const outcomeUnknown = post.writes;
    if (post.signal?.aborted) throw new VimConnectionError("aborted", `${post.operation} was cancelled.`);
    const ended = new AbortController();
    const limit = this.clock.sleep(post.limitSeconds * 1000, ended.signal).then(() => {
      throw new VimConnectionError("timeout", `No answer to ${post.operation} within ${post.limitSeconds} s.`, {
        outcomeUnknown,
      });
    });
    const cancelled = new Promise<never>((_, reject) => {
      post.signal?.addEventListener(
        "abort",
        () => reject(new VimConnectionError("aborted", `${post.operation} was cancelled.`, { outcomeUnknown })),
        { once: true },
      );
    });
    limit.catch(() => undefined);
    cancelled.catch(() => undefined);
    try {
      return await Promise.race([this.exchange(post), limit, cancelled]);
    } finally {
      ended.abort(new Error("answered"));
    }
  }

  forgetSession(): void {
    delete this.cookie;
  }

  close(): void {}

  withoutCookies<T>(value: T): T {
    return value;
  }

  private async exchange(post: PostOptions): Promise<Answer> {
    const { vcenter, wire } = this.line;
    return wire(post, () => this.send(post, vcenter));
  }

  private async send({ body, soapAction, operation, writes }: PostOptions, vcenter: Vcenter): Promise<Answer> {
    const answer = await vcenter.handle(body, {
      soapAction,
      userAgent: this.options.userAgent,
      ...(this.cookie && { cookie: this.cookie }),
    });
    if (answer.dropped)
      throw new VimConnectionError("unreachable", `The connection was lost during ${operation}.`, {
        outcomeUnknown: writes,
      });
    if (answer.cookie) this.cookie = answer.cookie;
    return { status: answer.status, body: answer.body };
  }
}
