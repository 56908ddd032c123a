/**
 * `npm run test:interop`: the wire held against parties that none of us wrote. Builds pyVmomi's environment and
 * govmomi's programs into .cache/interop, runs test/interop and prints what was compared and who ran. Needs Go and
 * Python; where one is missing it says how to get it and skips, which in CI is a failure. Arguments go to jest.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, command } from "./build-directory";

const SOURCE = join(ROOT, "test", "interop");
const CACHE = join(ROOT, ".cache", "interop");
const VENV = join(CACHE, "venv");
const PROGRAMS = ["govc", "govmomi-client", "vcsim"];

class Missing extends Error {}

function main(jestArgs: string[]): number {
  try {
    requireTools();
  } catch (error) {
    if (!(error instanceof Missing) || process.env["CI"]) throw error;
    console.error(`${error.message}\nSKIPPED: every test under test/interop.`);
    console.log("0 passed, 0 failed, 1 skipped");
    return 0;
  }
  mkdirSync(CACHE, { recursive: true });
  installPyvmomi();
  buildPrograms();
  return runTests(jestArgs);
}

function requireTools(): void {
  const go = spawnSync("go", ["version"], { encoding: "utf8" });
  if (go.status !== 0) throw new Missing("Go 1.25 or later is not on PATH: get it from https://go.dev/dl.");
  const python = spawnSync("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"], {
    encoding: "utf8",
  });
  if (python.status !== 0)
    throw new Missing(
      "Python 3.9 or later with its venv module is not on PATH as python3: get it from " +
        "https://www.python.org/downloads or as python3-venv.",
    );
}

/** A virtual environment with exactly the pinned packages; made anew when the pins change. */
function installPyvmomi(): void {
  const requirements = join(SOURCE, "pyvmomi", "requirements.txt");
  const stamp = join(VENV, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing pyVmomi …");
  rmSync(VENV, { recursive: true, force: true });
  must("python3", ["-m", "venv", VENV]);
  must(join(VENV, "bin", "python"), [
    "-m",
    "pip",
    "install",
    "--quiet",
    "--disable-pip-version-check",
    "-r",
    requirements,
  ]);
  writeFileSync(stamp, wanted);
}

/** Go's own build cache makes this quick when nothing has changed. */
function buildPrograms(): void {
  console.log("Building govc, a client of govmomi's and its simulator …");
  must(
    "go",
    [
      "build",
      "-mod=readonly",
      "-trimpath",
      "-o",
      `${join(CACHE, "bin")}/`,
      ...PROGRAMS.map((program) => `./${program}`),
    ],
    SOURCE,
  );
}

function must(program: string, args: readonly string[], cwd = ROOT): void {
  const { status } = spawnSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed.`);
}

function runTests(jestArgs: string[]): number {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-interop-"));
  try {
    const report = join(folder, "report");
    const result = join(folder, "result.json");
    writeFileSync(report, "");
    const jest = spawnSync(
      command("jest"),
      ["--selectProjects=interop", "--json", `--outputFile=${result}`, ...jestArgs],
      {
        cwd: ROOT,
        stdio: ["ignore", "ignore", "inherit"],
        env: { ...process.env, HOTPLUG_INTEROP_REPORT: report },
      },
    );
    console.log(readFileSync(report, "utf8").trimEnd());
    const counts = existsSync(result) ? (JSON.parse(readFileSync(result, "utf8")) as Record<string, number>) : {};
    const failed = (counts["numFailedTests"] ?? 0) + (counts["numRuntimeErrorTestSuites"] ?? 0);
    const failures = jest.status === 0 ? failed : Math.max(1, failed);
    console.log(`${counts["numPassedTests"] ?? 0} passed, ${failures} failed`);
    return failures > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = main(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log("0 passed, 1 failed");
  process.exitCode = 1;
}
