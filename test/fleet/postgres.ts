import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSIONS = "/usr/lib/postgresql";

/** A PostgreSQL of this machine's in a folder of its own, reached by a socket in it: no port, no password. */
export class Postgres {
  private constructor(
    private readonly folder: string,
    private readonly server: ChildProcess,
  ) {}

  /** What Terraform's backend `pg` connects with. */
  get connection(): string {
    return `host=${this.folder} user=postgres dbname=postgres sslmode=disable`;
  }

  /** @throws Error where the machine has none, which says how to get it */
  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), "pg-"));
    chmodSync(folder, 0o755);
    const account = accountOfServer();
    if (account.uid !== undefined) chownSync(folder, account.uid, account.gid!);
    const data = join(folder, "data");
    execFileSync(program("initdb"), ["-D", data, "-U", "postgres", "--auth=trust", "--no-sync"], {
      ...account,
      cwd: folder,
      stdio: "ignore",
    });
    const settings = ["-D", data, "-k", folder, "-h", "", "-F"];
    const server = spawn(program("postgres"), settings, {
      ...account,
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
    });
    await ready(server);
    return new Postgres(folder, server);
  }

  async stop(): Promise<void> {
    const ended = once(this.server, "exit");
    this.server.kill("SIGINT");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function ready(server: ChildProcess): Promise<void> {
  let said = "";
  await new Promise<void>((resolve, reject) => {
    server.stderr!.on("data", (text) => {
      said += text;
      if (said.includes("ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`PostgreSQL didn't start:\n${said}`)));
  });
}

function program(name: string): string {
  const [newest] = existsSync(VERSIONS) ? readdirSync(VERSIONS).sort((one, other) => Number(other) - Number(one)) : [];
  if (newest === undefined) throw new Error("There is no PostgreSQL here: install it, as Debian's package postgresql.");
  return join(VERSIONS, newest, "bin", name);
}

/** It refuses to run as root: then as the account that its package made. */
function accountOfServer(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const number = (option: string): number => Number(execFileSync("id", [option, "postgres"], { encoding: "utf8" }));
  return { uid: number("-u"), gid: number("-g") };
}
