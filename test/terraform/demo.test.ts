import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
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

/** Runs the demo with a temporary folder of its own; `until` stops it by SIGINT as soon as that was printed. */
async function runDemo(args: string[] = [], until?: RegExp): Promise<Demo> {
  const child = spawn(process.execPath, [join(ROOT, "node_modules/tsx/dist/cli.mjs"), join(ROOT, "scripts/demo.ts"), ...args], {
    cwd: ROOT,
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (until?.test(output)) child.kill("SIGINT");
    });
  }
  const status = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  return { status, output, left: readdirSync(folder).filter((name) => !name.startsWith("tsx-")) };
}

/** The lines of a timeline with the heading of each part; what differs from run to run is made the same. */
function normalise(lines: string[]): string[] {
  return lines
    .filter((line, index) => CALL.test(line) || lines.slice(index + 1).find((next) => next.trim() !== "" )?.match(CALL) && line.trim() !== "" )
    .map((line) => line.trim().replace(/\d\d:\d\d:\d\d\.\d{3}/, "TIME").replace(/task-\d+/, "TASK").replace(/\d+ ms/, "MS").replace(/ +/g, " "));
}

test("the demo holds what it claims, its timeline is the README's, and it leaves nothing behind", async () => {
  const callLog = join(folder, "call-log.json");
  const { status, output, left } = await runDemo(["--call-log", callLog]);
  expect(output).toMatch(/(\d+) of \1 claims held/);
  expect({ status, left }).toEqual({ status: 0, left: ["call-log.json"] });
  await keepCallLog(JSON.parse(readFileSync(callLog, "utf8")) as unknown[]);

  const readme = /<!-- timeline -->\n```text\n([^]*?)```/.exec(readFileSync(join(ROOT, "README.md"), "utf8"))?.[1] ?? "";
  expect(normalise(output.split("\n"))).toEqual(normalise(readme.split("\n")));
}, 300_000);

test("stopped by Ctrl-C in the middle, it leaves no file and no process", async () => {
  const { status, left, output } = await runDemo([], /Engine: /);
  expect({ status, left }).toEqual({ status: 130, left: [] });
  expect(output).not.toContain("claims held");
}, 60_000);
