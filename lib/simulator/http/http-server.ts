import { createServer } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type AddressInfo, type Socket, isIPv6 } from "node:net";
import { type ListenAddress, isLoopback } from "../listen-address";
import { type Behind, type Endpoint, type HttpAnswer, HttpError, HttpRequest, json, NoAnswer } from "./endpoint";
import { ownEndpoints } from "./own-endpoints";
import { restEndpoint } from "./rest-endpoint";
import { soapEndpoints } from "./soap-endpoints";

const ENDPOINTS: readonly Endpoint[] = [...soapEndpoints, restEndpoint, ...ownEndpoints];

interface HttpServerOptions extends Behind {
  readonly listen: ListenAddress;
  /** How clients are told to reach it. */
  readonly announcedHost: string;
  /** Whether it takes a password to log in. */
  readonly isGuarded: boolean;
  readonly certificatePem: string;
  readonly privateKeyPem: string;
}

/** The embedded vCenter over HTTPS: what it answers stands in the tables of the endpoints. */
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
    const { port } = made.server.address() as AddressInfo;
    const { announcedHost: host } = options;
    made.address = isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
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

  /** The log, and a hand on the hardware, take no password: they are for this machine, unless nothing takes one. */
  private requireFromHere(endpoint: Endpoint, { socket }: IncomingMessage): void {
    const isFromHere = isLoopback((socket.remoteAddress ?? "").replace(/^::ffff:/, ""));
    if (this.options.isGuarded && !isFromHere && ownEndpoints.includes(endpoint))
      throw new HttpError(403, "this is for the machine that the embedded vCenter runs on");
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const request = new HttpRequest(message);
      const endpoint = endpointFor(request);
      this.requireFromHere(endpoint, message);
      send(response, await endpoint.answer(request, this.options));
    } catch (error) {
      if (error instanceof NoAnswer) return void message.socket.destroy();
      if (response.headersSent || response.destroyed) return void response.destroy();
      send(response, json(error instanceof HttpError ? error.status : 500, { error: (error as Error).message }));
    }
  }
}

function endpointFor({ method, path }: HttpRequest): Endpoint {
  const isAt = (place: string): boolean =>
    place.endsWith("/*") ? path.startsWith(place.slice(0, -1)) : place === `${method} ${path}`;
  const found = ENDPOINTS.find(({ at }) => at.some(isAt));
  if (!found) throw new HttpError(404, `there is nothing at ${method} ${path}`);
  return found;
}

function send(response: ServerResponse, { status, type, body, headers }: HttpAnswer): void {
  if (response.destroyed) return;
  response
    .writeHead(status, {
      ...headers,
      ...(body === "" ? {} : { "Content-Type": type }),
      ...(status === 204 ? {} : { "Content-Length": Buffer.byteLength(body) }),
      "Cache-Control": "no-store",
    })
    .end(body);
}
