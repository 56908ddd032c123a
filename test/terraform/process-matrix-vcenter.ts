import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { EmbeddedVcenterOptions } from "../../lib/simulator/embedded-vcenter";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

export interface KillableVcenterOptions {
  inventory: Inventory;
  timings: EmbeddedVcenterOptions["timings"];
  /** The request instead of whose answer it ends. */
  moment: { operation: string; occurrence: number };
}

const SCRIPT = join(__dirname, "process-matrix-child.mjs");

/** An embedded vCenter whose process ends with SIGKILL, and the one that is started in its place at once. */
export class KillableVcenter {
  private readonly ended: Promise<TestVcenter>;

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    readonly environment: Record<string, string>,
    restart: () => Promise<TestVcenter>,
  ) {
    this.ended = gone(child).then(restart);
    this.ended.catch(() => undefined); // Whoever asks for it is told.
  }

  static async start({ moment, ...options }: KillableVcenterOptions): Promise<KillableVcenter> {
    const folder = await mkdtemp(join(tmpdir(), "hotplug-killable-"));
    const { timings } = options;
    const keep = join(folder, "kept");
    const told = {
      ...options,
      moment,
      keep,
      callLogFile: join(folder, "calls.json"),
      caFile: join(keep, "certificate.pem"),
    };
    const child = spawn(process.execPath, [SCRIPT, JSON.stringify(told)], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      const { server, environment } = await announced(child);
      const [host, port] = server.split(":") as [string, string];
      return new KillableVcenter(child, folder, environment, () =>
        startTestVcenter({ timings, keep, listen: { host, port: Number(port) } }),
      );
    } catch (error) {
      child.kill("SIGKILL");
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** The one that goes on, and what the first was asked for; a first that still lives is killed now. */
  async successor(): Promise<{ vcenter: TestVcenter; calls: CallLogEntry[] }> {
    this.child.stdin!.on("error", () => undefined).end(); // It may be gone already.
    const vcenter = await this.ended;
    expect(this.child.signalCode).toBe("SIGKILL");
    return { vcenter, calls: JSON.parse(await readFile(join(this.folder, "calls.json"), "utf8")) as CallLogEntry[] };
  }

  /** The keys of the machine's passthrough devices as they are kept now, by address, and the last that was given. */
  async keys(): Promise<Record<string, number>> {
    const { virtualMachines } = JSON.parse(
      await readFile(join(this.folder, "kept/inventory.json"), "utf8"),
    ) as Inventory;
    const { devices, lastDevice } = virtualMachines!.find(({ id }) => id === "vm-42")!;
    return {
      ...Object.fromEntries(
        devices!.flatMap((device) => (typeof device === "string" ? [] : [[device.backing["id"], device.key]])),
      ),
      last: lastDevice!.key,
    };
  }

  async stop(): Promise<void> {
    this.child.kill("SIGKILL");
    try {
      await (await this.ended).stop();
    } finally {
      await rm(this.folder, { recursive: true, force: true });
    }
  }
}

async function announced(child: ChildProcess): Promise<{ server: string; environment: Record<string, string> }> {
  const lines = createInterface({ input: child.stdout! });
  const line = await new Promise<string>((resolve, reject) => {
    lines.once("line", resolve);
    child.once("error", reject);
    child.once("exit", (status) => reject(new Error(`The embedded vCenter ended with ${status} before it listened`)));
  });
  return JSON.parse(line) as never;
}

const gone = (child: ChildProcess): Promise<void> => new Promise((resolve) => void child.once("exit", () => resolve()));
