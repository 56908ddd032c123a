import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { testEngine } from "../support/engine";

const ROOT = join(__dirname, "../..");

/** A folder in which the real cdktf deploys an example, with nothing of the user's own configuration around it. */
export class CdktfLab {
  private running?: ChildProcess;

  private constructor(
    private readonly example: string,
    private readonly directory: string,
    private readonly environment: Record<string, string>,
  ) {}

  static async create(example: string, environment: Record<string, string>): Promise<CdktfLab> {
    const directory = await mkdtemp(join(tmpdir(), "hotplug-cdktf-"));
    await mkdir(join(directory, "tmp"));
    const program = [
      process.execPath,
      join(ROOT, "node_modules/tsx/dist/cli.mjs"),
      join(ROOT, "examples", example, "main.ts"),
    ];
    await writeFile(
      join(directory, "cdktf.json"),
      JSON.stringify({
        language: "typescript",
        app: program.map((part) => JSON.stringify(part)).join(" "),
        sendCrashReports: "false",
      }),
    );
    const engine = testEngine();
    return new CdktfLab(example, directory, {
      PATH: [dirname(process.execPath), dirname(engine), "/usr/bin", "/bin"].join(delimiter),
      HOME: directory,
      TMPDIR: join(directory, "tmp"),
      TERRAFORM_BINARY_NAME: engine,
      TSX_DISABLE_CACHE: "1",
      CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
      CHECKPOINT_DISABLE: "1",
      DISABLE_VERSION_CHECK: "1",
      CI: "1",
      FORCE_COLOR: "0",
      ...environment,
    });
  }

  /** Runs it to its end; rejects with what it printed when it fails. */
  async run(verb: "deploy" | "destroy"): Promise<string> {
    const child = spawn(
      process.execPath,
      [join(ROOT, "node_modules/cdktf-cli/bundle/bin/cdktf"), verb, this.example, "--auto-approve"],
      { cwd: this.directory, env: this.environment, detached: true },
    );
    this.running = child;
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    const status = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    delete this.running;
    if (status !== 0) throw new Error(`cdktf ${verb} ended with ${status}:\n${output}`);
    return output;
  }

  /** Kills what still runs, terraform and providers included, and removes the folder. */
  async dispose(): Promise<void> {
    if (this.running?.pid !== undefined) process.kill(-this.running.pid, "SIGKILL");
    await rm(this.directory, { recursive: true, force: true });
  }
}
