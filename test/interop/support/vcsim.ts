import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface, type Interface } from "node:readline";
import { VimClient, type VimClientOptions } from "../../../lib/vim/session/client";
import { toolbox } from "./toolbox";

interface Announcement {
  server: string;
  /** Its certificate. */
  ca: string;
  user: string;
  password: string;
}

const limitMilliseconds = 20_000;

/** govmomi's simulator in a process of its own. */
export class Vcsim {
  private constructor(
    readonly process: ChildProcessWithoutNullStreams,
    private readonly lines: AsyncIterator<string>,
    private readonly reader: Interface,
    readonly about: Announcement,
  ) {}

  /** `seeded` has what hot plug needs in its inventory; without, it is as it comes. */
  static async start(mode?: "seeded"): Promise<Vcsim> {
    const process = spawn(toolbox.vcsim, mode ? [mode] : [], { stdio: "pipe" });
    process.stderr.resume();
    // One that can't be started ends without a line.
    process.on("error", () => undefined);
    const reader = createInterface(process.stdout);
    const lines = reader[Symbol.asyncIterator]();
    const about = JSON.parse(await nextLine(lines)) as Announcement;
    return new Vcsim(process, lines, reader, about);
  }

  /** A client of ours, logged in to it at its first call. */
  client(options: Partial<VimClientOptions> = {}): VimClient {
    const { server, ca, user, password } = this.about;
    return new VimClient({
      server,
      user,
      password,
      ca,
      apiTimeoutSeconds: 10,
      userAgent: "cdktf-vsphere-hotplug/interop",
      ...options,
    });
  }

  /** Ends every session, or restarts the server with the inventory of its start. */
  async tell(command: "expire" | "restart"): Promise<void> {
    this.process.stdin.write(`${command}\n`);
    await nextLine(this.lines);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.process.once("close", resolve));
    const killer = setTimeout(() => this.process.kill("SIGKILL"), limitMilliseconds);
    this.process.stdin.end();
    await closed;
    clearTimeout(killer);
    this.reader.close();
  }
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error("vcsim doesn't answer")), limitMilliseconds)),
  );
  try {
    const { value, done } = await Promise.race([lines.next(), late]);
    if (done) throw new Error("vcsim has ended, or isn't built: npm run test:interop builds it");
    return value;
  } finally {
    clearTimeout(timer);
  }
}
