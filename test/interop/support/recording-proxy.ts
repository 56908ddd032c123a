import { createServer, request, type Server } from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { selfSignedCertificate } from "../../../lib/x509/self-signed";

export interface RecordedRequest {
  /** The User-Agent. */
  client: string;
  soapAction: string;
  body: string;
}

/** Stands before a vCenter, hands everything through and keeps each SOAP request as it came. */
export class RecordingProxy {
  readonly requests: RecordedRequest[] = [];
  readonly caPem: string;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(private readonly target: { server: string; caPem: string }) {
    const { certificatePem, privateKeyPem } = selfSignedCertificate({
      commonName: "localhost",
      dnsNames: ["localhost"],
      ipAddresses: ["127.0.0.1"],
    });
    this.caPem = certificatePem;
    this.#server = createServer(
      { cert: certificatePem, key: privateKeyPem },
      (incoming, outgoing) => void this.#pass(incoming, outgoing),
    );
    this.#server.on("connection", (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once("close", () => this.#sockets.delete(socket));
    });
  }

  static async start(target: { server: string; caPem: string }): Promise<RecordingProxy> {
    const proxy = new RecordingProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  /** "127.0.0.1:PORT" */
  get server(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of incoming as AsyncIterable<Buffer>) parts.push(part);
    const body = Buffer.concat(parts);
    const { headers, method, url } = incoming;
    if (method === "POST")
      this.requests.push({
        client: headers["user-agent"] ?? "",
        soapAction: String(headers["soapaction"] ?? ""),
        body: body.toString("utf8"),
      });
    const [host, port] = this.target.server.split(":");
    const onward = request(
      { host, port, path: url, method, headers: { ...headers, host: this.target.server }, ca: this.target.caPem },
      (answer) => {
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      },
    );
    onward.on("error", () => outgoing.destroy());
    outgoing.on("close", () => onward.destroy());
    onward.end(body);
  }
}
