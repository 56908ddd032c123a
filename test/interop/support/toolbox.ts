import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(__dirname, "..", "..", "..");
const cache = join(root, ".cache", "interop");

/** What `npm run test:interop` builds before the tests run. */
export const toolbox = {
  folder: cache,
  python: join(cache, "venv", "bin", "python"),
  govc: join(cache, "bin", "govc"),
  govmomiClient: join(cache, "bin", "govmomi-client"),
  vcsim: join(cache, "bin", "vcsim"),
  script: (name: string): string => join(root, "test", "interop", "pyvmomi", name),
};

const pinned = (file: string, pattern: RegExp): string =>
  pattern.exec(readFileSync(join(root, "test", "interop", file), "utf8"))![1]!;

/** The third parties and the versions at which they are pinned. */
export const versions = {
  pyvmomi: `pyVmomi ${pinned("pyvmomi/requirements.txt", /^pyvmomi==(\S+)/m)}`,
  govmomi: `govmomi ${pinned("go.mod", /govmomi (v\S+)/)}`,
};

export interface Finished {
  status: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  environment?: Record<string, string>;
  input?: string;
  /** Default 120. */
  limitSeconds?: number;
}

/** Runs a program to its end; one that takes too long is killed, and the status is then null. */
export function run(
  command: readonly string[],
  { environment = {}, input = "", limitSeconds = 120 }: RunOptions = {},
): Promise<Finished> {
  const [program, ...args] = command;
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(program!, args, {
    env: { PATH, HOME, ...environment },
    signal: AbortSignal.timeout(limitSeconds * 1000),
    killSignal: "SIGKILL",
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once("error", (error: NodeJS.ErrnoException) => {
      if (error.name !== "AbortError")
        reject(
          new Error(`${program} can't be run (${error.code}): npm run test:interop builds what these tests need.`),
        );
    });
    child.once("close", (status) => resolve({ status, ...output }));
  });
}

/** A line for the end of `npm run test:interop`: what was compared, which client or server ran. */
export function report(line: string): void {
  const file = process.env["HOTPLUG_INTEROP_REPORT"];
  if (file) appendFileSync(file, `${line}\n`);
}
