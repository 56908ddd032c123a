/**
 * `npm run test:thorough`: the long tests, over what was built: every way to disturb every request of a change under
 * both engines, and beside it 32,600 random histories (`npm run histories`); then 1,000 damaged requests and answers,
 * 40 rounds of installs that are killed (INSTALL_ROUNDS=200 of test/install/many-installs takes about a quarter of an
 * hour) and the other long tests. Arguments go to jest. The last line is `N passed, N failed`.
 */
import { delimiter } from "node:path";
import { build } from "./build";
import { bothEngines } from "./engine";
import { runHistories } from "./histories";
import { LONG_TESTS, NOTHING, addCounts, runJest } from "./run-jest";
import { testScript } from "./script";

const FUZZ_TESTS = "test/(tfplugin6/fuzz|vim/wire/fuzzed-answers)\\.test";

testScript(async (args) => {
  build((line) => console.log(line));
  const engines = bothEngines().map(([, path]) => path);
  const found = engines.filter((path) => path !== undefined);
  const thorough = runJest("thorough", {
    args,
    environment: { HOTPLUG_TEST_ENGINES: found.join(delimiter), CHECKPOINT_DISABLE: "1" },
  });
  // The matrix waits for processes most of its time.
  const histories = args.length > 0 ? NOTHING : await runHistories();
  const fuzz =
    args.length > 0
      ? NOTHING
      : await runJest("specification", {
          args: [`--testPathPatterns=${FUZZ_TESTS}|${LONG_TESTS}`],
          environment: {
            FUZZ_REQUESTS: "1000",
            FUZZ_ANSWERS: "1000",
            INSTALL_ROUNDS: "40",
            HOTPLUG_TEST_ENGINE: found[0] ?? "",
            CHECKPOINT_DISABLE: "1",
          },
        });
  return addCounts(await thorough, histories, fuzz, { ...NOTHING, skipped: engines.length - found.length });
});
