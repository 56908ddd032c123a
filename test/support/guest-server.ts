import { generateKeyPairSync } from "node:crypto";
import { Server, utils, type Connection, type ParsedKey } from "ssh2";

/** A drive as a guest shows it; `holders`: records as the look's script prints them, kind, node and detail. */
export interface ShownDrive {
  address: string;
  vendorId: number;
  deviceId: number;
  serialNumber?: string;
  disks?: string[];
  holders?: [kind: string, node: string, detail: string][];
  /** The errno of an exclusive open; empty where nothing can ask. @default "0" */
  exclusive?: string;
}

const hex = (id: number): string => id.toString(16).padStart(4, "0");

// Not by ssh2's own generator, which makes a malformed key now and then.
function makeKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "sec1", format: "pem" }) as string;
}

function publicPart(privateKey: string): Buffer {
  return (utils.parseKey(privateKey) as ParsedKey).getPublicSSH();
}

/**
 * An SSH server in this process that answers looks for a guest: what `shows` says at the moment it is asked. What the
 * script itself makes of a real /sys is tested against a real OpenSSH server.
 */
export class GuestServer {
  readonly privateKey: string;
  readonly hostKey: string;
  port = 0;
  logins = 0;
  looks = 0;
  /** Whatever else happens when it is asked: it may fail, or take its time. */
  onLook: () => Promise<void> = async () => undefined;
  private readonly server: Server;
  private readonly connections = new Set<Connection>();

  private constructor(private readonly shows: () => ShownDrive[]) {
    const hostKey = makeKey();
    this.hostKey = `ecdsa-sha2-nistp256 ${publicPart(hostKey).toString("base64")}`;
    this.privateKey = makeKey();
    this.server = new Server({ hostKeys: [hostKey] }, (connection) => this.serve(connection));
  }

  static async start(shows: () => ShownDrive[]): Promise<GuestServer> {
    const guest = new GuestServer(shows);
    await new Promise<void>((resolve) => guest.server.listen(0, "127.0.0.1", resolve));
    guest.port = (guest.server.address() as { port: number }).port;
    return guest;
  }

  /** What a configuration says of this guest. */
  get config(): Record<string, unknown> {
    return { host: "127.0.0.1", port: this.port, host_key: this.hostKey };
  }

  /** Ends every connection, as a guest that is restarted does. */
  disconnect(): void {
    for (const connection of this.connections) connection.end();
  }

  async stop(): Promise<void> {
    this.disconnect();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private serve(connection: Connection): void {
    this.connections.add(connection);
    connection.on("error", () => undefined);
    connection.on("close", () => this.connections.delete(connection));
    const allowed = publicPart(this.privateKey);
    connection.on("authentication", (context) => {
      const isKnown = context.method === "publickey" && context.key.data.equals(allowed);
      if (isKnown) context.accept();
      else context.reject(["publickey"]);
    });
    connection.on("ready", () => {
      this.logins++;
      connection.on("session", (acceptSession) =>
        acceptSession().on("exec", (acceptExec) => {
          const channel = acceptExec();
          let script = "";
          channel.on("data", (chunk: Buffer) => (script += chunk.toString()));
          channel.on("end", () => {
            this.looks++;
            void this.onLook().then(
              () => {
                channel.write(this.answer(script));
                channel.exit(0);
                channel.end();
              },
              () => connection.end(),
            );
          });
        }),
      );
    });
  }

  private answer(script: string): string {
    const nonce = /^echo (look-\w+) begin$/m.exec(script)![1]!;
    const asked = [...script.matchAll(/^holders (\S+)$/gm)].map(([, address]) => address!);
    const records = this.shows().flatMap((drive) => {
      const { address, vendorId, deviceId, serialNumber = "", disks = [], holders = [], exclusive = "0" } = drive;
      return [
        ["drive", address, "0x010802", `0x${hex(vendorId)}`, `0x${hex(deviceId)}`, "nvme"],
        ["controller", address, "nvme0", "live", serialNumber, "FAKE NVME"],
        ...disks.map((disk) => ["disk", address, disk]),
        ...(asked.includes(address)
          ? [
              ["asked", address],
              ...holders.map((holder) => ["held", address, ...holder]),
              ...disks.map((disk) => ["exclusive", address, disk, exclusive]),
            ]
          : []),
      ];
    });
    const lines = [...records.map((record) => record.join("\t")), "done"];
    return `${nonce} begin\n${lines.join("\n")}\n${nonce} end ${lines.length}\n`;
  }
}
