/**
 * `npm run test:matrix`: what ships, as the engines run it. The conformance tests under test/terraform over both
 * artefacts (the compiled executable and the script for node) and both engines (Terraform and OpenTofu). Where an engine
 * can't be had its cells are skipped, which in CI is a failure. The last line is `N passed, N failed`.
 */
import { spawnSync } from "node:child_process";
import { build } from "./build";
import { EngineMissingError, findEngine } from "./engine";
import { openTofu } from "./opentofu";
import { NOTHING, addCounts, countsLine, runJest, type Counts } from "./run-jest";

const TESTS = "test/terraform/(conformance|interrupt)\\.test";
const ARTEFACTS = ["native", "node"];

async function main(): Promise<number> {
  build((line) => console.log(line));
  let total = NOTHING;
  for (const [engine, path] of await engines()) {
    for (const artefact of ARTEFACTS) {
      const counts: Counts = path === undefined ? { ...NOTHING, skipped: 1 } : await runJest("specification", {
        args: [`--testPathPatterns=${TESTS}`],
        environment: { HOTPLUG_TEST_ENGINE: path, HOTPLUG_TEST_ARTEFACT: artefact, CHECKPOINT_DISABLE: "1" },
      });
      console.log(`${engine} with the ${artefact} provider: ${countsLine(counts)}`);
      total = addCounts(total, counts);
    }
  }
  console.log(countsLine(total));
  return total.failed > 0 ? 1 : 0;
}

async function engines(): Promise<[string, string | undefined][]> {
  const found = await orMissing(async () => (await findEngine()).path);
  const tofu = await orMissing(() => openTofu());
  const isTofu = found !== undefined && spawnSync(found, ["version"], { encoding: "utf8" }).stdout.startsWith("OpenTofu");
  return [
    ["Terraform", isTofu ? undefined : found],
    ["OpenTofu", tofu ?? (isTofu ? found : undefined)],
  ];
}

async function orMissing(engine: () => string | Promise<string>): Promise<string | undefined> {
  try {
    return await engine();
  } catch (error) {
    if (!(error instanceof EngineMissingError) || process.env["CI"]) throw error;
    console.error(error.message);
    return undefined;
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
