/**
 * `npm run test:interop`: the wire held against parties that none of us wrote. Builds pyVmomi's environment and
 * govmomi's programs into .cache/interop, runs test/interop and prints what was compared and who ran. Needs Go and
 * Python; where one is missing it says how to get it and skips, which in CI is a failure. Arguments go to jest.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CACHE, ProgramMissingError, ROOT, run, runs, unlessMissing } from "./run";
import { type Counts, NOTHING, runJest } from "./run-jest";
import { testScript } from "./script";

const SOURCE = join(ROOT, "test", "interop");
const COMPARED = join(CACHE, "interop");
const VENV = join(COMPARED, "venv");
const PROGRAMS = ["govc", "govmomi-client", "vcsim"];

testScript(async (jestArgs) => {
  if (!unlessMissing(requireTools, "\nSKIPPED: every test under test/interop.")) return { ...NOTHING, skipped: 1 };
  mkdirSync(COMPARED, { recursive: true });
  installPyvmomi();
  buildPrograms();
  return runTests(jestArgs);
});

function requireTools(): true {
  if (!runs("go", ["version"]))
    throw new ProgramMissingError("Go 1.25 or later is not on PATH: get it from https://go.dev/dl.");
  if (!runs("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"]))
    throw new ProgramMissingError(
      "Python 3.9 or later with its venv module is not on PATH as python3: get it from " +
        "https://www.python.org/downloads or as python3-venv.",
    );
  return true;
}

/** A virtual environment with exactly the pinned packages; made anew when the pins change. */
function installPyvmomi(): void {
  const requirements = join(SOURCE, "pyvmomi", "requirements.txt");
  const stamp = join(VENV, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing pyVmomi …");
  rmSync(VENV, { recursive: true, force: true });
  run("python3", ["-m", "venv", VENV]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(join(VENV, "bin/python"), [...pip, "-r", requirements]);
  writeFileSync(stamp, wanted);
}

/** Go's own build cache makes this quick when nothing has changed. */
function buildPrograms(): void {
  console.log("Building govc, a client of govmomi's and its simulator …");
  const packages = PROGRAMS.map((program) => `./${program}`);
  run("go", ["build", "-mod=readonly", "-trimpath", "-o", `${join(COMPARED, "bin")}/`, ...packages], {
    directory: SOURCE,
  });
}

async function runTests(jestArgs: string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-interop-"));
  try {
    const report = join(folder, "report");
    writeFileSync(report, "");
    const counts = await runJest("interop", { args: jestArgs, environment: { HOTPLUG_INTEROP_REPORT: report } });
    console.log(readFileSync(report, "utf8").trimEnd());
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
