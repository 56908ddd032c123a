import type { ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { parseHostKey } from "../../lib/guest/host-key";
import { SshConnection } from "../../lib/guest/ssh-connection";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import { VERSION } from "../../lib/version";
import { VimClient } from "../../lib/vim/session/client";
import { readVirtualMachines } from "../../lib/vim/virtual-machine/virtual-machine";
import { DIST } from "../build/directory";
import { ChildProcesses, type Finished } from "./child-processes";
import type { Engine } from "../engine";
import { ROOT, command } from "../run";
import { type DeviceCall, deviceCalls } from "./timeline";

interface Announcement {
  url: string;
  ca_file: string;
  log_url: string;
  environment: Record<string, string>;
}

interface Recorded {
  steps: string[];
  attached: Record<string, { confirmed: boolean | null }>;
}

interface LabOptions {
  virtualMachine: string;
  /** Folder of examples/ and name of its stack. */
  example: string;
  /** What the embedded vCenter holds, and whether its virtual machines have guests. */
  inventory?: Inventory;
  guests?: boolean;
}

/** A folder of its own, an embedded vCenter in a process of its own, and the real cdktf between them. */
export class DemoLab {
  private readonly processes = new ChildProcesses();
  private readonly directory = mkdtempSync(join(tmpdir(), "hotplug-demo-"));
  private addresses = new Map<number, string>();
  private seen = 0;
  private simulator!: ChildProcess;
  private announcement!: Announcement;
  private client!: VimClient;

  private constructor(
    private readonly engine: Engine,
    private readonly options: LabOptions,
  ) {}

  static async start(engine: Engine, options: LabOptions): Promise<DemoLab> {
    const lab = new DemoLab(engine, options);
    process.once("exit", () => lab.dispose());
    await lab.startVcenter();
    const program = [
      process.execPath,
      join(ROOT, "node_modules/tsx/dist/cli.mjs"),
      join(ROOT, "examples", options.example, "main.ts"),
    ];
    writeFileSync(
      join(lab.directory, "cdktf.json"),
      JSON.stringify({
        language: "typescript",
        app: program.map((part) => JSON.stringify(part)).join(" "),
        sendCrashReports: "false",
      }),
    );
    return lab;
  }

  /** Runs `cdktf deploy`, `diff` or `destroy` on the example with the given set of devices. */
  async cdktf(
    verb: "deploy" | "diff" | "destroy",
    devices: readonly string[],
  ): Promise<Finished & { seconds: number }> {
    const started = Date.now();
    const args = [verb, this.options.example, ...(verb === "diff" ? [] : ["--auto-approve"])];
    const finished = await this.processes.run(command("cdktf"), args, {
      cwd: this.directory,
      env: {
        ...this.environment(),
        ...this.announcement.environment,
        VIRTUAL_MACHINE: this.options.virtualMachine,
        ...(this.options.guests && { GUEST_PORT: String(this.guest().port) }),
        DEVICES: devices.join(","),
      },
    });
    return { ...finished, seconds: (Date.now() - started) / 1000 };
  }

  /** The device calls since this was asked last. */
  async newCalls(): Promise<DeviceCall[]> {
    const all = deviceCalls(await this.log(), this.addresses);
    await this.attached();
    const calls = all.slice(this.seen);
    this.seen = all.length;
    return calls;
  }

  /** What the virtual machine has, asked of vCenter itself. */
  async attached(): Promise<string[]> {
    const [vm] = await readVirtualMachines(this.client, [
      { type: "VirtualMachine", value: this.options.virtualMachine },
    ]);
    for (const { key, address } of vm?.passthroughDevices ?? []) this.addresses.set(key, address);
    return (vm?.passthroughDevices ?? []).map(({ address }) => address).sort();
  }

  /** The calls that Terraform planned last, from its state. */
  plannedSteps(): string[] {
    return this.recorded()?.steps ?? [];
  }

  /** What the guest has confirmed, by device, from the state. */
  confirmed(): string[] {
    return Object.entries(this.recorded()?.attached ?? {}).flatMap(([address, { confirmed }]) =>
      confirmed === true ? [address] : [],
    );
  }

  /** What lspci prints in the guest. */
  async lspci(): Promise<string[]> {
    const { host, port, key } = this.guest();
    const privateKey = readFileSync(this.announcement.environment["HOTPLUG_SSH_PRIVATE_KEY"]!, "utf8");
    const server = { host, port, user: "root", keys: { accepted: [parseHostKey(key)!], revoked: [] } };
    const connection = await SshConnection.open(server, { credentials: { privateKey }, timeoutSeconds: 20 });
    try {
      const { stdout } = await connection.run("lspci -nn", { stdin: "", timeoutSeconds: 20 });
      return stdout.split("\n").filter((line) => line !== "");
    } finally {
      connection.close();
    }
  }

  /** Types a line on the embedded vCenter's standard input, such as `pull HOST DEVICE`. */
  async type(line: string, answers: string): Promise<void> {
    const answered = new Promise<string>((resolve) =>
      createInterface({ input: this.simulator.stderr as NodeJS.ReadableStream }).once("line", resolve),
    );
    this.simulator.stdin?.write(`${line}\n`);
    const answer = await answered;
    if (!answer.startsWith(answers)) throw new Error(answer);
  }

  /** The whole call log, as GET /log has it. */
  async log(): Promise<CallLogEntry[]> {
    const answer = await new Promise<string>((resolve, reject) => {
      request(this.announcement.log_url, { ca: readFileSync(this.announcement.ca_file), agent: false }, (response) =>
        resolve(text(response)),
      )
        .once("error", reject)
        .end();
    });
    return JSON.parse(answer) as CallLogEntry[];
  }

  async stop(): Promise<void> {
    await this.client.close();
    const ended = new Promise((resolve) => this.simulator.once("close", resolve));
    this.simulator.stdin?.end();
    await ended;
    this.dispose();
  }

  private async startVcenter(): Promise<void> {
    mkdirSync(join(this.directory, "tmp"));
    const { inventory, guests } = this.options;
    const inventoryFile = join(this.directory, "inventory.json");
    if (inventory) writeFileSync(inventoryFile, JSON.stringify(inventory));
    this.simulator = this.processes.start(
      process.execPath,
      [
        join(DIST, "lib/cli/vsphere-hotplug.js"),
        ...["simulate", "--json", "--until-stdin-closes"],
        ...(inventory ? ["--inventory", inventoryFile] : []),
        ...(guests ? ["--guests"] : []),
      ],
      {
        stdio: ["pipe", "pipe", "pipe"],
        env: this.environment(),
      },
    );
    const failed = new Promise<never>((_, reject) => {
      this.simulator.once("close", (status) => reject(new Error(`The embedded vCenter ended with status ${status}.`)));
    });
    failed.catch(() => undefined);
    const line = new Promise<string>((resolve) =>
      createInterface({ input: this.simulator.stdout as NodeJS.ReadableStream }).once("line", resolve),
    );
    this.announcement = JSON.parse(await Promise.race([line, failed])) as Announcement;
    const {
      VSPHERE_SERVER: server = "",
      VSPHERE_USER: user = "",
      VSPHERE_PASSWORD: password = "",
    } = this.announcement.environment;
    const ca = readFileSync(this.announcement.ca_file, "utf8");
    this.client = new VimClient({
      server,
      user,
      password,
      ca,
      apiTimeoutSeconds: 30,
      userAgent: `hotplug-demo/${VERSION}`,
    });
  }

  /** The guest of the virtual machine, whose address is the first of known_hosts. */
  private guest(): { host: string; port: number; key: string } {
    const known = readFileSync(this.announcement.environment["HOTPLUG_SSH_KNOWN_HOSTS"]!, "utf8");
    const [, host = "", port = "", key = ""] = /^\[(.+)\]:(\d+) (.+)$/m.exec(known) ?? [];
    return { host, port: Number(port), key };
  }

  private recorded(): Recorded | undefined {
    const file = join(this.directory, `terraform.${this.options.example}.tfstate`);
    const state = JSON.parse(readFileSync(file, "utf8")) as {
      resources: { type: string; instances: { attributes: Recorded }[] }[];
    };
    return state.resources.find(({ type }) => type === "hotplug_passthrough_devices")?.instances[0]?.attributes;
  }

  /** Nothing of the user's own configuration, and no request to anybody. */
  private environment(): Record<string, string> {
    return {
      PATH: [dirname(process.execPath), dirname(this.engine.path), "/usr/bin", "/bin"].join(delimiter),
      HOME: this.directory,
      TMPDIR: join(this.directory, "tmp"),
      TERRAFORM_BINARY_NAME: this.engine.path,
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CI: "1",
      FORCE_COLOR: "0",
    };
  }

  private dispose(): void {
    this.processes.killAll();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
