/**
 * `npm run test:matrix`: what ships, as the engines run it. The conformance tests under test/terraform over both
 * artefacts (the compiled executable and the script for node) and both engines (Terraform and OpenTofu). Where an
 * engine can't be had its cells are skipped, which in CI is a failure. The last line is `N passed, N failed`.
 */
import { bothEngines } from "./both-engines";
import { build } from "./build";
import { NOTHING, addCounts, countsLine, runJest, type Counts } from "./run-jest";

const TESTS = "test/terraform/(conformance|interrupt)\\.test";
const ARTEFACTS = ["native", "node"];

async function main(): Promise<number> {
  build((line) => console.log(line));
  let total = NOTHING;
  for (const [engine, path] of await bothEngines()) {
    for (const artefact of ARTEFACTS) {
      const counts: Counts =
        path === undefined
          ? { ...NOTHING, skipped: 1 }
          : await runJest("specification", {
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

main().then(
  (status) => process.exit(status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exit(1);
  },
);
