/**
 * `npm run test:matrix`: what ships, as the engines run it. The conformance tests under test/terraform over both
 * artefacts (the compiled executable and the script for node) and both engines (Terraform and OpenTofu). Where an
 * engine can't be had its cells are skipped, which in CI is a failure. The last line is `N passed, N failed`.
 */
import { build } from "./build";
import { bothEngines } from "./engine";
import { type Counts, MATRIX_TESTS, NOTHING, addCounts, countsLine, runJest } from "./run-jest";
import { testScript } from "./script";

const ARTEFACTS = ["native", "node"];

testScript(async () => {
  build((line) => console.log(line));
  let total = NOTHING;
  for (const [engine, path] of bothEngines()) {
    for (const artefact of ARTEFACTS) {
      const counts: Counts =
        path === undefined
          ? { ...NOTHING, skipped: 1 }
          : await runJest("specification", {
              args: [`--testPathPatterns=${MATRIX_TESTS}`],
              environment: { HOTPLUG_TEST_ENGINE: path, HOTPLUG_TEST_ARTEFACT: artefact, CHECKPOINT_DISABLE: "1" },
            });
      console.log(`${engine} with the ${artefact} provider: ${countsLine(counts)}`);
      total = addCounts(total, counts);
    }
  }
  return total;
});
