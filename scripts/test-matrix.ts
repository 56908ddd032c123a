/**
 * `npm run test:matrix`: what ships, as the engines run it. The conformance tests under test/terraform over both
 * artefacts (the compiled executable and the script for node) and both engines (Terraform and OpenTofu). Where an engine
 * can't be had its cells are skipped, which in CI is a failure. The last line is `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build";
import { ROOT, command } from "./build-directory";
import { EngineMissingError, findEngine } from "./engine";
import { openTofu } from "./opentofu";

const TESTS = "test/terraform/(conformance|interrupt)\\.test";
const ARTEFACTS = ["native", "node"];

interface Counts {
  passed: number;
  failed: number;
}

async function main(): Promise<number> {
  build((line) => console.log(line));
  const total = { passed: 0, failed: 0, skipped: 0 };
  for (const [engine, path] of await engines()) {
    for (const artefact of ARTEFACTS) {
      const counts = path === undefined ? undefined : runCell({ HOTPLUG_TEST_ENGINE: path, HOTPLUG_TEST_ARTEFACT: artefact });
      console.log(`${engine.padEnd(10)} ${artefact.padEnd(7)} ${counts ? `${counts.passed} passed, ${counts.failed} failed` : "SKIPPED"}`);
      if (counts) total.passed += counts.passed;
      if (counts) total.failed += counts.failed;
      else total.skipped++;
    }
  }
  console.log(`${total.passed} passed, ${total.failed} failed${total.skipped > 0 ? `, ${total.skipped} skipped` : ""}`);
  return total.failed > 0 ? 1 : 0;
}

async function engines(): Promise<[string, string | undefined][]> {
  const [found, tofu] = [await orMissing(async () => (await findEngine()).path), await orMissing(async () => openTofu())];
  const isTofu = found !== undefined && spawnSync(found, ["version"], { encoding: "utf8" }).stdout.startsWith("OpenTofu");
  return [["terraform", isTofu ? undefined : found], ["opentofu", tofu ?? (isTofu ? found : undefined)]];
}

async function orMissing(engine: () => Promise<string>): Promise<string | undefined> {
  try {
    return await engine();
  } catch (error) {
    if (!(error instanceof EngineMissingError) || process.env["CI"]) throw error;
    console.error(error.message);
    return undefined;
  }
}

function runCell(environment: Record<string, string>): Counts {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-matrix-"));
  try {
    const result = join(folder, "result.json");
    const { status } = spawnSync(command("jest"), ["--selectProjects=specification", `--testPathPatterns=${TESTS}`, "--json", `--outputFile=${result}`], {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, ...environment },
    });
    const { numPassedTests, numFailedTests, numRuntimeErrorTestSuites } = JSON.parse(readFileSync(result, "utf8")) as Record<string, number>;
    const failed = (numFailedTests ?? 0) + (numRuntimeErrorTestSuites ?? 0);
    return { passed: numPassedTests ?? 0, failed: status === 0 ? failed : Math.max(1, failed) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exit(1);
  },
);
