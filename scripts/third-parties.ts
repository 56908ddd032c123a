import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { CACHE, ProgramMissingError, ROOT, run, runs } from "./run";

const SOURCE = join(ROOT, "test", "interop");
const BUILT = join(CACHE, "interop");
const VENV = join(BUILT, "venv");
const PROGRAMS = ["govc", "govmomi-client", "govmomi-hotplug", "vcsim"];

/**
 * Installs pyVmomi, as it is pinned, into a virtual environment under .cache/interop; made anew when the pins change.
 *
 * @throws ProgramMissingError where there is no Python
 */
export function installPyvmomi(): void {
  if (!runs("python3", ["-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))"]))
    throw new ProgramMissingError(
      "Python 3.9 or later with its venv module is not on PATH as python3: get it from " +
        "https://www.python.org/downloads or as python3-venv.",
    );
  const requirements = join(SOURCE, "pyvmomi", "requirements.txt");
  const stamp = join(VENV, "requirements.sha256");
  const wanted = createHash("sha256").update(readFileSync(requirements)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  console.log("Installing pyVmomi …");
  mkdirSync(BUILT, { recursive: true });
  rmSync(VENV, { recursive: true, force: true });
  run("python3", ["-m", "venv", VENV]);
  const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
  run(join(VENV, "bin/python"), [...pip, "-r", requirements]);
  writeFileSync(stamp, wanted);
}

/**
 * Builds the programs that are written with govmomi into .cache/interop. Go's own build cache makes this quick when
 * nothing has changed.
 *
 * @throws ProgramMissingError where there is no Go
 */
export function buildGovmomiPrograms(): void {
  if (!runs("go", ["version"]))
    throw new ProgramMissingError("Go 1.25 or later is not on PATH: get it from https://go.dev/dl.");
  console.log("Building govmomi's govc and simulator, and two clients of it …");
  mkdirSync(BUILT, { recursive: true });
  const packages = PROGRAMS.map((program) => `./${program}`);
  run("go", ["build", "-mod=readonly", "-trimpath", "-o", `${join(BUILT, "bin")}/`, ...packages], {
    directory: SOURCE,
  });
}
