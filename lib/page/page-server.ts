import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { PAGE, SCRIPT, STYLE } from "./generated/assets";
import { Guard, Refusal } from "./guard";
import type { Journal } from "./journal";
import { type Hand, HandError, type Hands, type Subject } from "./view";

const MAXIMUM_BODY_BYTES = 2 ** 16;
const MOST_EVENTS_AT_ONCE = 1000;
/** How soon a browser comes back after a connection that ended. */
const RETRY_MS = 1000;

interface PageServerOptions {
  readonly subject: Subject;
  readonly journal: Journal;
  /** Without them nothing can be done from the page. */
  readonly hands?: Hands;
  /** @default a free one */
  readonly port?: number;
}

const STATIC: Readonly<Record<string, { type: string; body: string }>> = {
  "/": { type: "text/html; charset=utf-8", body: PAGE },
  "/page.js": { type: "text/javascript; charset=utf-8", body: SCRIPT },
  "/page.css": { type: "text/css; charset=utf-8", body: STYLE },
};

/** Nothing from elsewhere, nothing into a frame, no address told to anyone. */
const HEADERS = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  "Cache-Control": "no-store",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Resource-Policy": "same-origin",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
};

/**
 * The page of slots, calls and guests, over HTTP on loopback alone. What it shows and does takes the token in its
 * address, which stands behind a # there: browsers send that to nobody.
 */
export class PageServer {
  private readonly token = randomBytes(24).toString("base64url");
  private readonly server: Server;
  private guard!: Guard;
  private readonly streams = new Set<ServerResponse>();

  private constructor(private readonly options: PageServerOptions) {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  /** Rejects where the port can't be listened on. */
  static async start(options: PageServerOptions): Promise<PageServer> {
    const made = new PageServer(options);
    await new Promise<void>((resolve, reject) => {
      made.server.once("error", reject);
      made.server.listen(options.port ?? 0, "127.0.0.1", resolve);
    });
    made.guard = new Guard(made.port, made.token);
    return made;
  }

  /** Where a browser opens it. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/#token=${this.token}`;
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const stream of this.streams) stream.end();
    this.server.closeAllConnections();
    await closed;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      this.guard.requireOwnHost(request);
      const { pathname, searchParams } = new URL(request.url ?? "/", "http://page");
      const place = `${request.method ?? ""} ${pathname}`;
      const file = request.method === "GET" ? STATIC[pathname] : undefined;
      if (file) return send(response, { status: 200, ...file });
      if (place === "GET /events") return this.stream(request, response, searchParams);
      if (place !== "POST /act" || !this.options.hands) throw new Refusal(404, `there is nothing at ${place}`);
      this.guard.requireOwnAct(request, request.headers["x-token"]?.toString());
      await this.options.hands(await handIn(request));
      send(response, { status: 204, type: "application/json", body: "" });
    } catch (error) {
      const status = error instanceof Refusal ? error.status : error instanceof HandError ? 400 : 409;
      if (response.headersSent || response.destroyed) return void response.destroy();
      const body = JSON.stringify({ error: (error as Error).message });
      send(response, { status, type: "application/json", body });
    }
  }

  /** All events from the one after that which the browser had last, then each as it comes. */
  private stream(request: IncomingMessage, response: ServerResponse, query: URLSearchParams): void {
    this.guard.requireOwnPage(request, query.get("token") ?? undefined);
    const { journal, subject } = this.options;
    const last = Number(request.headers["last-event-id"] ?? query.get("after") ?? 0);
    let next = Number.isInteger(last) && last > 0 && last <= journal.length ? last : 0;
    response.writeHead(200, { ...HEADERS, "Content-Type": "text/event-stream; charset=utf-8" });
    response.write(`retry: ${RETRY_MS}\n\nevent: subject\ndata: ${JSON.stringify(subject)}\n\n`);
    // A browser that is slow to read is told the rest when it has read this.
    let isFull = false;
    const tell = (): void => {
      while (!isFull && next < journal.length) {
        const { text, next: following } = journal.read(next, MOST_EVENTS_AT_ONCE);
        next = following;
        isFull = !response.write(`id: ${next}\ndata: ${text}\n\n`);
      }
    };
    response.on("drain", () => {
      isFull = false;
      tell();
    });
    const forget = journal.listen(tell);
    this.streams.add(response);
    response.once("close", () => {
      forget();
      this.streams.delete(response);
    });
    tell();
  }
}

async function handIn(request: IncomingMessage): Promise<Hand> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAXIMUM_BODY_BYTES) throw new Refusal(413, "the request is too large");
    parts.push(part);
  }
  try {
    return JSON.parse(Buffer.concat(parts).toString("utf8")) as Hand;
  } catch {
    throw new Refusal(400, "the body is not JSON");
  }
}

function send(response: ServerResponse, { status, type, body }: { status: number; type: string; body: string }): void {
  response.writeHead(status, { ...HEADERS, ...(body !== "" && { "Content-Type": type }) }).end(body);
}
