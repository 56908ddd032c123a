import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";

/** A line to a server of loopback on which everything takes its time, each way. */
export class DelayingProxy {
  connections = 0;
  /** How often the client has spoken after the server had: each is a round trip that nothing else was done in. */
  turns = 0;
  private isServersTurn = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly delayMs: number,
  ) {}

  static async start({ port, delayMs }: { port: number; delayMs: number }): Promise<DelayingProxy> {
    const server = createServer();
    const proxy = new DelayingProxy(server, delayMs);
    server.on("connection", (client) => proxy.join(client, connect(port, "127.0.0.1")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private join(client: Socket, server: Socket): void {
    this.connections++;
    client.on("data", () => {
      if (!this.isServersTurn) this.turns++;
      this.isServersTurn = true;
    });
    this.pass(client, server);
    this.pass(server, client, () => (this.isServersTurn = false));
  }

  /** `onDelivery`: what comes after the delay. */
  private pass(from: Socket, to: Socket, onDelivery?: () => void): void {
    this.sockets.add(from);
    const later = (act: () => void): void => void setTimeout(act, this.delayMs);
    from.on("data", (chunk) =>
      later(() => {
        onDelivery?.();
        to.write(chunk);
      }),
    );
    from.on("error", () => undefined);
    from.on("end", () => later(() => to.end()));
    from.on("close", () => this.sockets.delete(from));
  }
}
