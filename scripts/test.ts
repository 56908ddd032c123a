/**
 * `npm test`: builds what the tests need, runs the specification and then judges the calls that every embedded vCenter
 * of the run was asked to make. Arguments go to jest. The last line is `N passed, N failed`.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build";
import { ROOT, command } from "./build-directory";
import { EngineMissingError, findEngine } from "./engine";

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

async function main(jestArgs: string[]): Promise<number> {
  build((line) => console.log(line));
  const engine = await engineEnvironment();
  const folder = mkdtempSync(join(tmpdir(), "hotplug-test-"));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  process.once("exit", remove);
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

  const environment = { ...engine.environment, CHECKPOINT_DISABLE: "1", HOTPLUG_TEST_CALL_LOG_DIR: folder };
  const specification = await runJest(["--selectProjects=specification", ...engine.jestArgs, ...jestArgs], join(folder, ".specification"), environment);
  // A run of chosen files may not have spoken to any vCenter: only the whole run is judged.
  const callLog = jestArgs.length > 0 ? NOTHING : await runJest(["--selectProjects=call-log"], join(folder, ".call-log"), environment);
  const passed = specification.passed + callLog.passed;
  const failed = specification.failed + callLog.failed;
  const skipped = specification.skipped + callLog.skipped + engine.missing;
  console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
  return failed > 0 ? 1 : 0;
}

const NOTHING: Counts = { passed: 0, failed: 0, skipped: 0 };

/** Where no engine can be had, the tests that need one are left out, loudly; in CI that is a failure. */
async function engineEnvironment(): Promise<{ environment: Record<string, string>; jestArgs: string[]; missing: number }> {
  try {
    const { path, title } = await findEngine();
    console.log(`Engine: ${title} (${path})`);
    return { environment: { HOTPLUG_TEST_ENGINE: path }, jestArgs: [], missing: 0 };
  } catch (error) {
    if (!(error instanceof EngineMissingError) || process.env["CI"]) throw error;
    console.error(`${error.message}\nSKIPPED: every test under test/terraform and the demo.`);
    return { environment: {}, jestArgs: ["--testPathIgnorePatterns=test/(interop|thorough|after|terraform)/"], missing: 1 };
  }
}

/** Jest's own exit status counts too: a file that doesn't compile has no failed test in it. */
async function runJest(args: string[], resultFile: string, environment: Record<string, string>): Promise<Counts> {
  const child = spawn(command("jest"), [...args, "--json", `--outputFile=${resultFile}`], {
    cwd: ROOT,
    stdio: ["inherit", "ignore", "inherit"],
    env: { ...process.env, ...environment },
  });
  const status = await new Promise<number | null>((resolve, reject) => child.once("error", reject).once("close", resolve));
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(resultFile, "utf8")) as Record<string, number>;
    const failed = (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0);
    return { passed: numPassedTests ?? 0, failed: status === 0 ? failed : Math.max(1, failed), skipped: numPendingTests ?? 0 };
  } catch {
    return { ...NOTHING, failed: 1 };
  }
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exit(1);
  },
);
