import type { Client, ConnectConfig } from "ssh2";
import { printable } from "../printable";
import { Secrets } from "../secrets";
import { GuestError } from "./guest-error";
import { algorithmsFor, formatHostKey, hostKeyOf, isSameKey } from "./host-key";
import type { KnownKeys } from "./known-hosts";

/** A server and the keys that it may show. */
export interface SshServer {
  host: string;
  port: number;
  user: string;
  keys: KnownKeys;
}

/** What to log in with; what is given is tried in this order. */
export interface SshCredentials {
  /** PEM or OpenSSH format. */
  privateKey?: string;
  passphrase?: string;
  /** Path of the agent's socket. */
  agent?: string;
  password?: string;
}

/** `root@db:22`, `root@[::1]:22` */
export function nameOfServer({ user, host, port }: SshServer): string {
  return `${printable(user)}@${host.includes(":") ? `[${printable(host)}]` : printable(host)}:${port}`;
}

interface OpenOptions {
  credentials: SshCredentials;
  /** The connection to reach it through. */
  through?: SshConnection;
  timeoutSeconds: number;
}

/** What a command printed and how it ended; without an exit code it is lost how. */
export interface CommandResult {
  stdout: string;
  stderr: string;
  exitCode?: number;
}

const OUTPUT_LIMIT_BYTES = 8 * 1024 * 1024;
const KEEPALIVE = { keepaliveInterval: 10_000, keepaliveCountMax: 3 };

/** One connection to an SSH server whose key was checked. Errors are GuestErrors, and carry no secret. */
export class SshConnection {
  private lost?: GuestError;
  /** What is under way, to be told when the connection is lost. */
  private readonly waiting = new Set<(error: GuestError) => void>();

  private constructor(
    private readonly client: Client,
    private readonly title: string,
    /** What a server is logged in to with, and must not say back. */
    private readonly secrets: Secrets,
    private readonly through?: SshConnection,
  ) {}

  static async open(server: SshServer, options: OpenOptions): Promise<SshConnection> {
    const title = nameOfServer(server);
    // Loaded when the first guest is asked: most processes of a provider never do.
    const {
      default: { Client },
    } = await import("ssh2");
    const { privateKey, passphrase, password } = options.credentials;
    const secrets = new Secrets(privateKey, passphrase, password);
    const connection = new SshConnection(new Client(), title, secrets, options.through);
    try {
      await connection.connect(server, options);
    } catch (error) {
      connection.close();
      throw error;
    }
    return connection;
  }

  /** Whether it can be asked no more. */
  get isLost(): boolean {
    return this.lost !== undefined || this.through?.isLost === true;
  }

  /** Runs a command with `stdin`, to its end or within the limit. */
  async run(
    command: string,
    { stdin, timeoutSeconds }: { stdin: string; timeoutSeconds: number },
  ): Promise<CommandResult> {
    if (this.lost) throw this.lost;
    return new Promise((resolve, reject) => {
      const ended = bounded(timeoutSeconds, () => {
        // What doesn't answer in time may answer later: this connection is of no use any more.
        this.fail(this.unreachable(`didn't answer within ${timeoutSeconds} s`));
      });
      const settle = (settled: () => void): void => {
        this.waiting.delete(lose);
        ended();
        settled();
      };
      const lose = (error: GuestError): void => settle(() => reject(error));
      this.waiting.add(lose);
      this.client.exec(command, (error, channel) => {
        if (error)
          return settle(() =>
            reject(this.noAnswer(`no command can be run there: ${this.secrets.clean(error.message)}`)),
          );
        const output = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
        let bytes = 0;
        let exitCode: number | undefined;
        const collect =
          (stream: keyof typeof output) =>
          (chunk: Buffer): void => {
            bytes += chunk.length;
            if (bytes <= OUTPUT_LIMIT_BYTES) output[stream].push(chunk);
            else this.fail(this.noAnswer("it answers without end"));
          };
        channel.on("data", collect("stdout")).stderr.on("data", collect("stderr"));
        channel.on("exit", (code: number | null) => (exitCode = code ?? undefined));
        channel.on("error", () => undefined);
        channel.on("close", () =>
          settle(() =>
            resolve({
              stdout: this.secrets.clean(Buffer.concat(output.stdout).toString("utf8")),
              stderr: this.secrets.clean(Buffer.concat(output.stderr).toString("utf8")),
              ...(exitCode !== undefined && { exitCode }),
            }),
          ),
        );
        channel.end(stdin);
      });
    });
  }

  close(): void {
    this.client.end();
    this.client.destroy();
    this.through?.close();
  }

  private async connect(server: SshServer, { credentials, through, timeoutSeconds }: OpenOptions): Promise<void> {
    const sock = await through?.forward(server, timeoutSeconds);
    let refusedKey: GuestError | undefined;
    const config: ConnectConfig = {
      ...(sock ? { sock } : { host: server.host, port: server.port }),
      username: server.user,
      readyTimeout: 0,
      ...KEEPALIVE,
      algorithms: { serverHostKey: algorithmsFor(server.keys.accepted) as never[] },
      hostVerifier: (blob: Buffer): boolean => {
        refusedKey = this.judgeKey(blob, server.keys);
        return refusedKey === undefined;
      },
      ...authentication(server.user, credentials),
    };
    await new Promise<void>((resolve, reject) => {
      const ended = bounded(timeoutSeconds, () => {
        reject(this.unreachable(`didn't answer within ${timeoutSeconds} s`));
        this.client.destroy();
      });
      this.client.on("ready", () => {
        // A look is a few small packets, which would wait for one another's acknowledgement.
        this.client.setNoDelay(true);
        ended();
        resolve();
      });
      // Listened to for good: an error that nobody hears ends the process.
      this.client.on("error", (error: Error & { level?: string; code?: string }) => {
        ended();
        reject(refusedKey ?? this.explain(error, credentials));
        this.fail(this.unreachable(`broke the connection: ${this.textOf(error)}`));
      });
      this.client.on("close", () => {
        ended();
        reject(refusedKey ?? this.unreachable("closed the connection"));
        this.fail(this.unreachable("closed the connection"));
      });
      if (credentials.password !== undefined)
        this.client.on("keyboard-interactive", (_name, _text, _language, prompts, finish) =>
          finish(prompts.map(({ echo }) => (echo ? "" : credentials.password!))),
        );
      try {
        this.client.connect(config);
      } catch (error) {
        // Its text tells what is wrong with the key, and nothing of it.
        ended();
        reject(
          new GuestError(
            "credentials",
            `The private key for ${this.title} can't be read: ${this.textOf(error as Error)}`,
            "Check guest_ssh.private_key, and private_key_passphrase where the key is encrypted.",
          ),
        );
      }
    });
  }

  private judgeKey(blob: Buffer, { accepted, revoked }: KnownKeys): GuestError | undefined {
    const shown = hostKeyOf(blob);
    if (revoked.some((key) => isSameKey(key, shown)))
      return new GuestError(
        "host_key",
        `${this.title} shows a key that known_hosts revokes: ${formatHostKey(shown)}`,
        "Nobody logged in. Give the server a new key, or find out who answers in its place.",
      );
    if (accepted.some((key) => isSameKey(key, shown))) return undefined;
    const known = accepted.map(formatHostKey).join(", ");
    return new GuestError(
      "host_key",
      known
        ? `${this.title} shows another key than the one that is known: ${formatHostKey(shown)} instead of ${known}`
        : `The key of ${this.title} is not known: it shows ${formatHostKey(shown)}`,
      "Nobody logged in. Compare it on the server's console (ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub); if " +
        "it is the right one, write it into guest.host_key or known_hosts (ssh-keyscan prints the line).",
    );
  }

  private explain(error: Error & { level?: string; code?: string }, { agent }: SshCredentials): GuestError {
    const text = this.textOf(error);
    if (error.level === "client-authentication")
      return new GuestError(
        "credentials",
        `${this.title} lets nobody in with these credentials`,
        "Check the user, and private_key, agent or password in guest_ssh; the server's log says which it refused.",
      );
    if (error.level === "agent")
      return new GuestError(
        "credentials",
        `The SSH agent at ${printable(agent ?? "SSH_AUTH_SOCK")} can't be asked: ${text}`,
        "Check that it runs and holds the key (ssh-add -l).",
      );
    return this.unreachable(`can't be reached: ${text}`);
  }

  private textOf({ message }: Error): string {
    return printable(this.secrets.clean(message));
  }

  private unreachable(what: string): GuestError {
    return new GuestError(
      "unreachable",
      `${this.title} ${what}`,
      "Check that the guest runs, that its SSH server listens there, and that this machine may reach it.",
    );
  }

  private noAnswer(what: string): GuestError {
    return new GuestError("no_answer", `${this.title}: ${printable(what)}`, "Log in by ssh and try /bin/sh there.");
  }

  /** From now on it is lost, for `error`: what is under way ends with it. */
  private fail(error: GuestError): void {
    if (this.lost) return;
    this.lost = error;
    for (const lose of this.waiting) lose(error);
    this.client.destroy();
  }

  private forward({ host, port }: SshServer, timeoutSeconds: number): Promise<NonNullable<ConnectConfig["sock"]>> {
    return new Promise((resolve, reject) => {
      const refuse = (what: string): void => reject(this.unreachable(`as jump host ${what}`));
      const ended = bounded(timeoutSeconds, () => refuse(`didn't answer within ${timeoutSeconds} s`));
      this.client.forwardOut("127.0.0.1", 0, host, port, (error, channel) => {
        ended();
        if (error) refuse(`can't reach ${printable(host)}:${port}: ${printable(error.message)}`);
        else resolve(channel as unknown as NonNullable<ConnectConfig["sock"]>);
      });
    });
  }
}

/** Calls `expire` when the time is over, unless what it returns was called before. */
function bounded(timeoutSeconds: number, expire: () => void): () => void {
  const timer = setTimeout(expire, timeoutSeconds * 1000);
  return () => clearTimeout(timer);
}

function authentication(user: string, { privateKey, passphrase, agent, password }: SshCredentials): ConnectConfig {
  return {
    username: user,
    ...(privateKey !== undefined && { privateKey, ...(passphrase !== undefined && { passphrase }) }),
    ...(agent !== undefined && { agent }),
    ...(password !== undefined && { password, tryKeyboard: true }),
    authHandler: [
      "none",
      ...(privateKey !== undefined ? (["publickey"] as const) : []),
      ...(agent !== undefined ? (["agent"] as const) : []),
      ...(password !== undefined ? (["password", "keyboard-interactive"] as const) : []),
    ],
  };
}
