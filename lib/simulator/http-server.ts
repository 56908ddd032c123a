import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import type { InventoryDevice } from "./inventory/inventory";
import type { Hardware } from "./hardware";
import type { Vcenter } from "./vcenter";

const MAXIMUM_BODY_BYTES = 16 * 2 ** 20;

/** API versions that have a name of their own, newest first; a client picks one that it knows. */
const API_VERSIONS = [
  "9.0.0.0",
  "8.0.3.0",
  "8.0.2.0",
  "8.0.1.0",
  "8.0.0.2",
  "8.0.0.1",
  "8.0.0.0",
  "7.0.3.0",
  "7.0.2.0",
  "7.0.1.0",
  "7.0.0.0",
  "6.7.3",
  "6.7",
  "6.5",
  "6.0",
  "5.5",
  "5.1",
  "5.0",
  "4.1",
  "4.0",
  "2.5",
];

interface HttpServerOptions {
  readonly listen: { readonly host: string; readonly port: number };
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  readonly vcenter: Vcenter;
  readonly hardware: Hardware;
}

class HttpError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The embedded vCenter's HTTPS endpoint: SOAP at /sdk, the call log at /log, the hardware at /pull and /plug. */
export class HttpServer {
  /** "127.0.0.1:PORT" */
  address!: string;
  private readonly connections = new Set<Socket>();
  private readonly server;

  private constructor(private readonly options: HttpServerOptions) {
    this.server = createServer(
      { cert: options.certificatePem, key: options.privateKeyPem },
      (request, response) => void this.serve(request, response),
    );
    // Clients keep connections for a while; Node would end them after five seconds, sometimes in a request's face.
    this.server.keepAliveTimeout = 120_000;
    this.server.on("connection", (socket: Socket) => {
      this.connections.add(socket);
      socket.once("close", () => this.connections.delete(socket));
    });
    this.server.on("tlsClientError", () => undefined);
  }

  static async start(options: HttpServerOptions): Promise<HttpServer> {
    const made = new HttpServer(options);
    await new Promise<void>((resolve, reject) => {
      made.server.once("error", reject);
      made.server.listen(options.listen.port, options.listen.host, resolve);
    });
    const { address, family, port } = made.server.address() as AddressInfo;
    made.address = family === "IPv6" ? `[${address}]:${port}` : `${address}:${port}`;
    return made;
  }

  dropConnections(): void {
    for (const socket of this.connections) socket.destroy();
  }

  async stop(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.dropConnections();
    await closed;
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      await this.route(request, response);
    } catch (error) {
      if (response.headersSent || response.destroyed) return void response.destroy();
      const status = error instanceof HttpError ? error.status : 500;
      send(response, status, "application/json", JSON.stringify({ error: (error as Error).message }));
    }
  }

  private async route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? "/").replace(/\?.*$/, "").replace(/(.)\/$/, "$1");
    switch (`${request.method} ${path}`) {
      case "POST /sdk":
      case "POST /sdk/vimService":
        return this.soap(request, response);
      case "GET /sdk/vimServiceVersions.xml":
        return send(response, 200, "text/xml", this.serviceVersions());
      case "GET /log":
        return send(response, 200, "application/json", JSON.stringify(this.options.vcenter.log));
      case "POST /pull": {
        const { host, device } = await jsonBody(request);
        this.byHand(() => this.options.hardware.pull(host as string, device as string));
        return send(response, 200, "application/json", "{}");
      }
      case "POST /plug": {
        const { host, device } = await jsonBody(request);
        this.byHand(() => this.options.hardware.plug(host as string, device as InventoryDevice | string));
        return send(response, 200, "application/json", "{}");
      }
      default:
        throw new HttpError(404, `there is nothing at ${request.method} ${path}`);
    }
  }

  private async soap(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await readBody(request);
    const answer = await this.options.vcenter.handle(body, {
      cookie: /(?:^|;\s*)vmware_soap_session="?([^";]+)/.exec(request.headers.cookie ?? "")?.[1],
      userAgent: request.headers["user-agent"],
      soapAction: String(request.headers["soapaction"] ?? ""),
    });
    if (answer.dropped) return void request.socket.destroy();
    if (answer.cookie)
      response.setHeader(
        "Set-Cookie",
        `vmware_soap_session="${answer.cookie}"; Path=/; HttpOnly; Secure; SameSite=Strict`,
      );
    send(response, answer.status, "text/xml; charset=utf-8", answer.body);
  }

  private byHand(act: () => void): void {
    try {
      act();
      this.options.vcenter.save();
    } catch (error) {
      throw new HttpError(409, (error as Error).message);
    }
  }

  private serviceVersions(): string {
    const current = String(this.options.vcenter.world.options.about["apiVersion"]);
    const prior = API_VERSIONS.filter((version) => version.localeCompare(current, "en", { numeric: true }) < 0);
    return (
      '<?xml version="1.0" encoding="UTF-8"?>\n<namespaces ' +
      `version="1.0"><namespace><name>urn:vim25</name><version>${current}</version>` +
      `<priorVersions>${prior.map((version) => `<version>${version}</version>`).join("")}</priorVersions>` +
      "</namespace></namespaces>"
    );
  }
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  if (response.destroyed) return;
  response
    .writeHead(status, { "Content-Type": type, "Content-Length": Buffer.byteLength(body), "Cache-Control": "no-store" })
    .end(body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAXIMUM_BODY_BYTES) throw new HttpError(413, "the request is too large");
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A browser can't send this content type to another site without asking first: no page pulls a drive. */
async function jsonBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = await readBody(request);
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? ""))
    throw new HttpError(415, "Content-Type: application/json is needed");
  let value: unknown;
  try {
    value = JSON.parse(body.toString("utf8"));
  } catch {
    throw new HttpError(400, "the body is not JSON");
  }
  const { host, device } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof host !== "string" || device === undefined)
    throw new HttpError(400, '{"host": …, "device": …} is expected');
  return { host, device };
}
