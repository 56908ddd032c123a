import type { IncomingMessage } from "node:http";
import type { Hardware } from "../hardware";
import type { Vcenter } from "../vcenter";

const MAXIMUM_BODY_BYTES = 16 * 2 ** 20;

/** What the HTTP server answers at some places. */
export interface Endpoint {
  /** "POST /sdk"; "/rest/*" for all that is below, by any method. */
  readonly at: readonly string[];
  readonly answer: (request: HttpRequest, behind: Behind) => HttpAnswer | Promise<HttpAnswer>;
}

/** What stands behind the server. */
export interface Behind {
  readonly vcenter: Vcenter;
  readonly hardware: Hardware;
}

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The connection is to end without an answer. */
export class NoAnswer extends Error {}

/** A request, as endpoints look at it. */
export class HttpRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;

  constructor(private readonly message: IncomingMessage) {
    const [path = "/", query = ""] = (message.url ?? "/").split(/\?(.*)/s);
    this.method = message.method ?? "GET";
    this.path = path.replace(/(.)\/$/, "$1");
    this.query = new URLSearchParams(query);
  }

  header(name: string): string | undefined {
    const value = this.message.headers[name];
    return value === undefined ? undefined : String(value);
  }

  cookie(name: string): string | undefined {
    return new RegExp(`(?:^|;\\s*)${name}="?([^";]+)`).exec(this.message.headers.cookie ?? "")?.[1];
  }

  async body(): Promise<Buffer> {
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of this.message as AsyncIterable<Buffer>) {
      size += part.length;
      if (size > MAXIMUM_BODY_BYTES) throw new HttpError(413, "the request is too large");
      parts.push(part);
    }
    return Buffer.concat(parts);
  }
}

export const json = (status: number, value: unknown): HttpAnswer => ({
  status,
  type: "application/json",
  body: JSON.stringify(value),
});
