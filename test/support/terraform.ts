import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Distribution, shippedDistribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { installProvider } from "../../lib/install/install-provider";
import { currentPlatform } from "../../lib/install/platform";
import { testEngine } from "./engine";

export interface TerraformOptions {
  /** Files to begin with, by name; objects are written as JSON. */
  files?: Record<string, string | object>;
  /** Variables beside the workspace's own, such as those that point to an embedded vCenter. */
  environment?: Record<string, string>;
  /** The value of TF_REATTACH_PROVIDERS: a warm provider instead of the one that was built. */
  reattach?: string;
  /** @default terraform or tofu as `testEngine` finds it */
  engine?: string;
  /** @default HOTPLUG_TEST_ARTEFACT, else what this machine would get */
  artefact?: "native" | "node";
}

export interface CommandResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** A change of one resource as `show -json` of a plan has it. */
export interface ResourceChange {
  address: string;
  type: string;
  change: {
    actions: string[];
    before: Record<string, unknown> | null;
    after: Record<string, unknown> | null;
    after_unknown: Record<string, unknown>;
  };
}

export interface Plan {
  /** Whether anything would change. */
  changed: boolean;
  changes: ResourceChange[];
  drift: ResourceChange[];
  outputChanges: Record<string, { actions: string[]; after?: unknown }>;
  /** What the person at the terminal reads, warnings included. */
  text: string;
}

const PLAN_FILE = "plan.bin";

/** One configuration in a temporary folder, with nothing of the user's own terraform around it. */
export class TerraformWorkspace {
  private readonly children = new Set<ChildProcess>();

  private constructor(
    readonly directory: string,
    private readonly engine: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async create(options: TerraformOptions = {}): Promise<TerraformWorkspace> {
    const directory = await mkdtemp(join(tmpdir(), "hotplug-tf-"));
    const workspace = new TerraformWorkspace(directory, options.engine ?? testEngine(), {
      PATH: [dirname(process.execPath), "/usr/bin", "/bin"].join(":"),
      HOME: directory,
      CHECKPOINT_DISABLE: "1",
      TF_IN_AUTOMATION: "1",
      TF_INPUT: "0",
      ...(process.env["TMPDIR"] && { TMPDIR: process.env["TMPDIR"] }),
      ...(options.reattach && { TF_REATTACH_PROVIDERS: options.reattach }),
      ...options.environment,
    });
    if (!options.reattach)
      installProvider(directory, { method: "link", lockHosts: [], distribution: distributionOf(options.artefact) });
    for (const [name, content] of Object.entries(options.files ?? {})) await workspace.write(name, content);
    return workspace;
  }

  async write(name: string, content: string | object): Promise<void> {
    await writeFile(join(this.directory, name), typeof content === "string" ? content : JSON.stringify(content));
  }

  /** Runs the engine to its end, whatever its exit status. */
  async run(args: readonly string[], options: { environment?: Record<string, string> } = {}): Promise<CommandResult> {
    return this.start(args, options).ended;
  }

  /** Starts the engine, for tests that do something while it runs. */
  start(
    args: readonly string[],
    options: { environment?: Record<string, string> } = {},
  ): { child: ChildProcess; ended: Promise<CommandResult> } {
    const child = spawn(this.engine, args, {
      cwd: this.directory,
      env: { ...this.environment, ...options.environment },
      detached: true,
    });
    this.children.add(child);
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const)
      child[stream].setEncoding("utf8").on("data", (text: string) => (output[stream] += text));
    const ended = new Promise<CommandResult>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (status) => {
        this.children.delete(child);
        resolve({ status, ...output });
      });
    });
    return { child, ended };
  }

  async init(): Promise<void> {
    await this.succeed(["init", "-no-color"]);
  }

  /** Plans, and keeps the plan for `apply`. */
  async plan(...args: string[]): Promise<Plan> {
    const { stdout, stderr, status } = await this.run([
      "plan",
      "-no-color",
      "-detailed-exitcode",
      `-out=${PLAN_FILE}`,
      ...args,
    ]);
    if (status !== 0 && status !== 2) throw new Error(`plan ended with ${status}:\n${stdout}${stderr}`);
    const plan = JSON.parse((await this.succeed(["show", "-json", PLAN_FILE])).stdout) as Record<string, never>;
    return {
      changed: status === 2,
      changes: plan["resource_changes"] ?? [],
      drift: plan["resource_drift"] ?? [],
      outputChanges: plan["output_changes"] ?? {},
      text: stdout + stderr,
    };
  }

  /** Applies what was planned last when `saved`, else plans again; returns what was printed. Throws when it fails. */
  async apply(options: { saved?: boolean } = {}): Promise<string> {
    const { stdout, stderr } = await this.succeed([
      "apply",
      "-no-color",
      ...(options.saved ? [PLAN_FILE] : ["-auto-approve"]),
    ]);
    return stdout + stderr;
  }

  /** Applies and expects it to fail; returns what was printed. */
  async applyFailing(options: { saved?: boolean } = {}): Promise<string> {
    const { status, stdout, stderr } = await this.run([
      "apply",
      "-no-color",
      ...(options.saved ? [PLAN_FILE] : ["-auto-approve"]),
    ]);
    if (status === 0) throw new Error(`apply was to fail and did not:\n${stdout}${stderr}`);
    return stdout + stderr;
  }

  async destroy(): Promise<string> {
    const { stdout, stderr } = await this.succeed(["destroy", "-no-color", "-auto-approve"]);
    return stdout + stderr;
  }

  /** The values of every managed resource and data source in state, by address. */
  async state(): Promise<Record<string, Record<string, unknown>>> {
    const { values } = JSON.parse((await this.succeed(["show", "-json"])).stdout) as {
      values?: { root_module?: { resources?: { address: string; values: Record<string, unknown> }[] } };
    };
    return Object.fromEntries(
      (values?.root_module?.resources ?? []).map((resource) => [resource.address, resource.values]),
    );
  }

  /** Kills what still runs, providers included, and removes the folder. */
  async dispose(): Promise<void> {
    for (const { pid } of this.children) if (pid !== undefined) process.kill(-pid, "SIGKILL");
    await rm(this.directory, { recursive: true, force: true });
  }

  private async succeed(args: readonly string[]): Promise<CommandResult> {
    const result = await this.run(args);
    if (result.status !== 0)
      throw new Error(`${args.join(" ")} ended with ${result.status}:\n${result.stdout}${result.stderr}`);
    return result;
  }
}

function distributionOf(artefact = process.env["HOTPLUG_TEST_ARTEFACT"]): Distribution {
  const shipped = shippedDistribution();
  if (artefact !== "node") return shipped;
  const script = Object.values(shipped.platforms).find(({ path }) => path === NODE_PACKAGE);
  if (!script) throw new Error("The distribution has no package for node.");
  return { ...shipped, platforms: { ...shipped.platforms, [currentPlatform().name]: script } };
}
