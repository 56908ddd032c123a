import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { GuestAccess } from "../../lib/guest/guest";
import { parseHostKey } from "../../lib/guest/host-key";

const SSHD = "/usr/sbin/sshd";

/** Why no real OpenSSH server can be had here; undefined where one can. */
function missing(): string | undefined {
  if (process.getuid?.() !== 0) return "it takes root to give an SSH server a /sys of its own";
  return existsSync(SSHD) ? undefined : "there is no sshd: apt-get install openssh-server";
}

/** `describe`, skipped loudly where there is no real OpenSSH server; never in CI, which installs it. */
export function realSshd(title: string, tests: () => void): void {
  const absent = missing();
  if (absent === undefined || process.env["CI"] !== undefined) return describe(title, tests);
  process.stderr.write(`Skipped, "${title}": ${absent}\n`);
  describe.skip(title, tests);
}

/** A real OpenSSH server on loopback, whose sessions see a /sys, /dev and /proc/swaps of the test's own. */
export interface Sshd {
  host: string;
  port: number;
  /** Public keys as known_hosts has them, without the host's name. */
  hostKeys: Record<"ed25519" | "ecdsa" | "rsa", string>;
  /** A private key that root may log in with. */
  privateKey: string;
  /** What stands at / for those that log in, as far as it is the test's: sys, bin. */
  root: string;
  /** Ends every session, as a guest that is restarted does. */
  disconnect(): void;
  close(): Promise<void>;
}

/**
 * `host`: an address of the loopback interface. `users`: who may log in beside root, each with a login shell; a path
 * below `root` begins with it. What `prepare` lays into `bin` is found first. `match`: blocks at the end of the
 * configuration.
 */
export async function startSshd(
  options: {
    host?: "127.0.0.1" | "::1";
    config?: string[];
    match?: string[];
    users?: Record<string, (root: string) => string>;
    prepare?(root: string): void;
  } = {},
): Promise<Sshd> {
  const { host = "127.0.0.1" } = options;
  const directory = mkdtempSync(join(tmpdir(), "hotplug-sshd-"));
  const root = join(directory, "root");
  for (const part of ["sys/bus/pci/devices", "sys/class/block", "sys/block", "bin", "dev"])
    mkdirSync(join(root, part), { recursive: true });
  for (const [name, minor] of Object.entries({ null: 3, zero: 5, random: 8, urandom: 9 }))
    layNode(root, { name, kind: "c", major: 1, minor });
  options.prepare?.(root);
  // Whoever isn't root passes through to what is below.
  chmodSync(directory, 0o711);
  const users = Object.entries(options.users ?? {}).map(
    ([name, shell], index) => `${name}:x:${60_001 + index}:65534::/:${shell(root)}`,
  );
  const passwd = join(directory, "passwd");
  writeFileSync(passwd, `${readFileSync("/etc/passwd", "utf8").trimEnd()}\n${users.join("\n")}\n`);
  const key = (name: string, type: string): string => {
    const file = join(directory, name);
    execFileSync("ssh-keygen", [
      "-q",
      "-t",
      type,
      ...(type === "rsa" ? ["-b", "2048"] : []),
      "-N",
      "",
      "-C",
      "",
      "-f",
      file,
    ]);
    return file;
  };
  const hostKeys = {
    ed25519: key("host_ed25519", "ed25519"),
    ecdsa: key("host_ecdsa", "ecdsa"),
    rsa: key("host_rsa", "rsa"),
  };
  const user = key("user", "ed25519");
  const port = await freePort(host);
  const config = join(directory, "sshd_config");
  writeFileSync(
    config,
    [
      ...(options.config ?? []),
      `ListenAddress ${host.includes(":") ? `[${host}]` : host}:${port}`,
      ...Object.values(hostKeys).map((file) => `HostKey ${file}`),
      `AuthorizedKeysFile ${user}.pub`,
      "StrictModes no",
      "PidFile none",
      "UsePAM no",
      "PermitRootLogin yes",
      "LogLevel INFO",
      `SetEnv PATH=${root}/bin:/usr/bin:/bin`,
      ...(options.match ?? []),
      "",
    ].join("\n"),
  );
  // Mounts that nobody else sees and that end with the server. /run, for the folder that sshd wants there.
  const setUp =
    "mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd && " +
    'mount --bind "$1/../passwd" /etc/passwd && mount --bind "$1/sys" /sys && mount --bind "$1/dev" /dev && ' +
    'PATH="$1/bin:$PATH" exec "$2" -D -e -f "$3"';
  const child = spawn("unshare", ["-m", "--propagation", "private", "sh", "-c", setUp, "sh", root, SSHD, config], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  const close = async (): Promise<void> => {
    await ended(child);
    rmSync(directory, { recursive: true, force: true });
  };
  await listening(child).catch(async (error: unknown) => {
    await close();
    throw error;
  });
  const publicKey = (file: string): string => readFileSync(`${file}.pub`, "utf8").trim();
  return {
    host,
    port,
    hostKeys: { ed25519: publicKey(hostKeys.ed25519), ecdsa: publicKey(hostKeys.ecdsa), rsa: publicKey(hostKeys.rsa) },
    privateKey: readFileSync(user, "utf8"),
    root,
    // The listener's children are the sessions.
    disconnect: () => void execFileSync("pkill", ["-P", String(child.pid)]),
    close,
  };
}

/** A device node in the /dev of those that log in. */
export function layNode(
  root: string,
  { name, kind, major, minor }: { name: string; kind: "b" | "c"; major: number; minor: number },
): void {
  execFileSync("mknod", ["-m", "666", join(root, "dev", name), kind, String(major), String(minor)]);
}

/** How root gets in, whose server is known by its ed25519 key. */
export function rootAccess({ host, port, hostKeys, privateKey }: Sshd): GuestAccess {
  const keys = { accepted: [parseHostKey(hostKeys.ed25519)!], revoked: [] };
  return { server: { host, port, user: "root", keys }, credentials: { privateKey } };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

function freePort(host: string): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, host, () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

/** By its log: a connection made to find out could meet itself, while nobody listens at a port of that range. */
function listening(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr!.on("data", (chunk) => {
      log += String(chunk);
      if (log.includes("Server listening")) resolve();
    });
    child.once("exit", () => reject(new Error(`sshd did not start: ${log}`)));
  });
}
