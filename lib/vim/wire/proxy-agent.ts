import { Agent, type AgentOptions, type RequestOptions } from "node:https";
import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import type { Proxy } from "../../environment/proxy";

const MOST_HEADER_BYTES = 16 * 1024;

/** What a proxy answered instead of opening the way; its `code` is for errors: `PROXY_407`. */
class ProxyError extends Error {
  constructor(readonly code: string) {
    super(`The proxy did not open the way (${code}).`);
  }
}

/**
 * Connections to a server through a proxy: asked by CONNECT for the way, and what goes over it is TLS with the server
 * itself, whose certificate is verified as without a proxy. Written by hand on sockets, since both runtimes know a
 * `createConnection` of an agent's, and neither proxies in their own requests.
 */
export class ProxyAgent extends Agent {
  private readonly opening = new Set<Socket>();

  constructor(
    private readonly proxy: () => Proxy,
    options: AgentOptions,
  ) {
    super(options);
  }

  /** Gives up what is being opened as well. */
  override destroy(): void {
    for (const socket of this.opening) socket.destroy();
    super.destroy();
  }

  override createConnection(
    given: RequestOptions,
    created: (error: Error | null, socket: Duplex) => void = () => undefined,
  ): undefined {
    const options = given as ConnectionOptions & { host: string; port: number };
    const { host, port, secure, authorization } = this.proxy();
    const target = `${isIP(options.host) === 6 ? `[${options.host}]` : options.host}:${options.port}`;
    const socket = secure
      ? connectTls({ host, port, rejectUnauthorized: true, ...(isIP(host) === 0 && { servername: host }) })
      : connect({ host, port });
    this.opening.add(socket);
    const fail = (error: Error): void => {
      this.opening.delete(socket);
      socket.off("close", closed).destroy();
      created(error, socket);
    };
    const closed = (): void => fail(new ProxyError("PROXY_CLOSED"));
    let head = "";
    const read = (chunk: Buffer): void => {
      head += chunk.toString("latin1");
      if (!head.includes("\r\n\r\n")) {
        if (head.length > MOST_HEADER_BYTES) fail(new ProxyError("PROXY_BAD_ANSWER"));
        return;
      }
      socket.off("data", read).off("error", fail).off("close", closed);
      this.opening.delete(socket);
      const status = /^HTTP\/1\.[01] (\d{3})\b/.exec(head)?.[1];
      if (status === undefined) return fail(new ProxyError("PROXY_BAD_ANSWER"));
      if (!status.startsWith("2")) return fail(new ProxyError(`PROXY_${status}`));
      const servername = isIP(options.host) === 0 ? options.host : "";
      created(null, connectTls({ ...options, socket, servername }));
    };
    socket.on("error", fail).on("close", closed).on("data", read);
    socket.once(secure ? "secureConnect" : "connect", () => {
      const credentials = authorization === undefined ? "" : `Proxy-Authorization: ${authorization}\r\n`;
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${credentials}\r\n`);
    });
    return undefined;
  }
}
