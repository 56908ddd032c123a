import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { ROOT, command } from "./run";

/** How many tests ended how. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Tests of the specification that take minutes, and those of the matrix: `npm test` leaves them to `npm run
 * test:thorough` and `npm run test:matrix`, which CI runs as well.
 */
export const MATRIX_TESTS = "test/terraform/(conformance|interrupt)\\.test";
export const LONG_TESTS =
  "test/(install/many-installs|security/(forged-texts|hostile-server|weak-passwords)|" +
  "terraform/(adopt|demo|guest-disturbances|registry-pages|two-pipelines|weak-passwords))\\.test";

export const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

export function addCounts(...all: Counts[]): Counts {
  return all.reduce(
    (sum, { passed, failed, skipped }) => ({
      passed: sum.passed + passed,
      failed: sum.failed + failed,
      skipped: sum.skipped + skipped,
    }),
    NOTHING,
  );
}

/** The line that every test command ends with. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** Runs one of jest's projects to its end. */
export async function runJest(
  project: string,
  options: { args?: readonly string[]; environment: Record<string, string> },
): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-jest-"));
  const resultFile = join(folder, "result.json");
  try {
    // Jest alone would leave one processor free: half of a small machine, while many tests wait for processes.
    const workers = Math.max(2, availableParallelism() - 1);
    const args = [
      `--selectProjects=${project}`,
      "--json",
      `--outputFile=${resultFile}`,
      `--maxWorkers=${workers}`,
      ...(options.args ?? []),
    ];
    const child = spawn(command("jest"), args, {
      cwd: ROOT,
      stdio: ["inherit", "ignore", "inherit"],
      env: { ...process.env, ...options.environment },
    });
    const status = await new Promise<number | null>((resolve, reject) =>
      child.once("error", reject).once("close", resolve),
    );
    return readCounts(resultFile, status);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Jest's own exit status counts too: a file that doesn't compile has no failed test in it. */
function readCounts(resultFile: string, status: number | null): Counts {
  try {
    const results = JSON.parse(readFileSync(resultFile, "utf8")) as Record<string, number>;
    const failed = (results["numFailedTests"] ?? 0) + (results["numRuntimeErrorTestSuites"] ?? 0);
    return {
      passed: results["numPassedTests"] ?? 0,
      failed: status === 0 ? failed : Math.max(1, failed),
      skipped: results["numPendingTests"] ?? 0,
    };
  } catch {
    return { ...NOTHING, failed: 1 };
  }
}
