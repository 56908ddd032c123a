import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepCallLog } from "../support/vcenter";

const ROOT = join(__dirname, "../..");
const CALL = /^\s*\d\d:\d\d:\d\d\.\d{3} +\S+ +(hot|cold)-/;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hotplug-demo-test-"))));
afterEach(() => rmSync(folder, { recursive: true }));

interface Demo {
  status: number | null;
  output: string;
  /** What it left in its temporary folder. */
  left: string[];
}

/**
 * Runs the demo with a temporary folder of its own; it is stopped by SIGINT as soon as `until` says so of its output.
 */
async function runDemo(args: string[] = [], until?: (output: string) => boolean): Promise<Demo> {
  const child = spawn(process.execPath, ["--import", "tsx", join(ROOT, "scripts/demo.ts"), ...args], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder, TSX_DISABLE_CACHE: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const watch = setInterval(() => until?.(output) && child.kill("SIGINT"), 50);
  const status = await new Promise<number | null>((resolve, reject) =>
    child.once("error", reject).once("close", resolve),
  ).finally(() => clearInterval(watch));
  return { status, output, left: readdirSync(folder) };
}

/** Processes that work in a folder, or did before it was removed (Linux tells; elsewhere none are seen). */
function processesIn(directory: string): string[] {
  const processes = existsSync("/proc/self/cwd") ? readdirSync("/proc").filter((name) => /^\d+$/.test(name)) : [];
  return processes.filter((id) => {
    try {
      return readlinkSync(`/proc/${id}/cwd`).startsWith(directory);
    } catch {
      return false; // It has ended since, or is somebody else's.
    }
  });
}

/** The calls of a timeline, each below the heading of its part; what differs from run to run is made the same. */
function normalise(text: string): string[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return lines
    .filter((line, index) => CALL.test(line) || CALL.test(lines[index + 1] ?? ""))
    .map((line) =>
      line
        .trim()
        .replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME")
        .replace(/task-\d+/, "TASK")
        .replace(/\d+ ms/, "MS")
        .replace(/ +/g, " "),
    );
}

test("the demo holds what it claims, its timeline is the README's, and it leaves nothing behind", async () => {
  const callLog = join(folder, "call-log.json");
  const { status, output, left } = await runDemo(["--call-log", callLog]);
  expect(output).toMatch(/(\d+) of \1 claims held/);
  expect({ status, left }).toEqual({ status: 0, left: ["call-log.json"] });
  await keepCallLog(JSON.parse(readFileSync(callLog, "utf8")) as unknown[]);

  const readme =
    /<!-- timeline -->\n```text\n([^]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
  expect(normalise(output)).toEqual(normalise(readme));
}, 300_000);

test("stopped by Ctrl-C in the middle of a deploy, it leaves no file and no process", async () => {
  const { status, left, output } = await runDemo(
    [],
    (text) => text.includes("Deploy: three devices") && processesIn(folder).length > 1,
  );
  expect({ status, left, processes: processesIn(folder) }).toEqual({ status: 130, left: [], processes: [] });
  expect(output).not.toContain("claims held");
}, 60_000);
