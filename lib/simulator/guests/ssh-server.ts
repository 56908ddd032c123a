import { generateKeyPairSync } from "node:crypto";
import type { Connection, ParsedKey, Server } from "ssh2";
import type { Answer } from "./shell";

/** Made by node: ssh2's own generator makes a malformed key now and then. */
export function makeKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }) as string;
}

/** An SSH server on loopback: one key may log in, as whatever user, and run commands. */
export class SshServer {
  /** As known_hosts has it. */
  readonly hostKey: string;
  host = "";
  port = 0;
  private readonly connections = new Set<Connection>();

  private constructor(
    private readonly server: Server,
    hostKey: Buffer,
  ) {
    this.hostKey = `ecdsa-sha2-nistp256 ${hostKey.toString("base64")}`;
  }

  static async start(options: {
    /** Where to listen; at a free port of 127.0.0.1 where that can't be had. */
    host: string;
    port: number;
    clientKey: string;
    /** Its private host key. */
    hostKey: string;
    onLogin(): void;
    run(command: string, stdin: string): Promise<Answer>;
  }): Promise<SshServer> {
    // By its default: node finds no names in a CommonJS module that makes its exports as this one does.
    const { default: ssh2 } = await import("ssh2");
    const publicPart = (key: string): Buffer => (ssh2.utils.parseKey(key) as ParsedKey).getPublicSSH();
    const allowed = publicPart(options.clientKey);
    const server = new ssh2.Server({ hostKeys: [options.hostKey] }, (connection) =>
      one.serve(connection, { ...options, allowed }),
    );
    const one = new SshServer(server, publicPart(options.hostKey));
    await one.listen(options.host, options.port).catch(() => one.listen("127.0.0.1", 0));
    return one;
  }

  /** Ends every connection, as a guest that is restarted does. */
  disconnect(): void {
    for (const connection of this.connections) connection.end();
  }

  async stop(): Promise<void> {
    this.disconnect();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private listen(host: string, port: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(port, host, () => {
        this.server.off("error", reject);
        this.host = host;
        this.port = (this.server.address() as { port: number }).port;
        resolve();
      });
    });
  }

  private serve(
    connection: Connection,
    {
      allowed,
      onLogin,
      run,
    }: { allowed: Buffer; onLogin(): void; run(command: string, stdin: string): Promise<Answer> },
  ): void {
    this.connections.add(connection);
    connection.on("error", () => undefined);
    connection.on("close", () => this.connections.delete(connection));
    connection.on("authentication", (context) => {
      if (context.method === "publickey" && context.key.data.equals(allowed)) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("ready", () => {
      // As OpenSSH does.
      (connection as unknown as { setNoDelay(noDelay: boolean): void }).setNoDelay(true);
      onLogin();
      connection.on("session", (acceptSession) =>
        acceptSession().on("exec", (acceptExec, _reject, { command }) => {
          const channel = acceptExec();
          let stdin = "";
          channel.on("data", (chunk: Buffer) => (stdin += chunk.toString()));
          channel.on("end", () => {
            void run(command, stdin).then(
              ({ stdout, stderr, exitCode }) => {
                channel.write(stdout);
                channel.stderr.write(stderr);
                channel.exit(exitCode);
                channel.end();
              },
              () => connection.end(),
            );
          });
        }),
      );
    });
  }
}
