import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A place for one state that outlives the engine, locks included: what Terraform's `http` backend talks to. */
export class StateServer {
  state: string | undefined;
  private lock: { ID: string } | undefined;
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(([status, body]) => response.writeHead(status).end(body));
  });

  static async start(): Promise<StateServer> {
    const made = new StateServer();
    await new Promise<void>((resolve) => made.server.listen(0, "127.0.0.1", resolve));
    return made;
  }

  /** The `backend` block of a configuration that keeps its state here. */
  get backend(): object {
    const address = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
    return { http: { address, lock_address: address, unlock_address: address } };
  }

  /** Who holds the lock now. */
  get lockId(): string | undefined {
    return this.lock?.ID;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage): Promise<[number, string?]> {
    const body = await text(request);
    switch (request.method) {
      case "LOCK":
        if (this.lock) return [423, JSON.stringify(this.lock)];
        this.lock = JSON.parse(body) as { ID: string };
        return [200];
      case "UNLOCK":
        this.lock = undefined;
        return [200];
      case "POST":
        this.state = body;
        return [200];
      default:
        return this.state === undefined ? [404] : [200, this.state];
    }
  }
}
