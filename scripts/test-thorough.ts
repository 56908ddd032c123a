/**
 * `npm run test:thorough`: the long tests, over what was built: 20,000 random histories, every way to disturb every
 * request of a change under both engines, and 1,000 damaged requests and answers. Arguments go to jest. The last line
 * is `N passed, N failed`.
 */
import { delimiter } from "node:path";
import { bothEngines } from "./both-engines";
import { build } from "./build";
import { NOTHING, addCounts, countsLine, runJest } from "./run-jest";

const FUZZ_TESTS = "test/(tfplugin6/fuzz|vim/wire/fuzzed-answers)\\.test";

async function main(args: string[]): Promise<number> {
  build((line) => console.log(line));
  const engines = (await bothEngines()).map(([, path]) => path);
  const found = engines.filter((path) => path !== undefined);
  const thorough = await runJest("thorough", {
    args,
    environment: { HOTPLUG_TEST_ENGINES: found.join(delimiter), CHECKPOINT_DISABLE: "1" },
  });
  const fuzz =
    args.length > 0
      ? NOTHING
      : await runJest("specification", {
          args: [`--testPathPatterns=${FUZZ_TESTS}`],
          environment: { FUZZ_REQUESTS: "1000", FUZZ_ANSWERS: "1000" },
        });
  const total = addCounts(thorough, fuzz, { ...NOTHING, skipped: engines.length - found.length });
  console.log(countsLine(total));
  return total.failed > 0 ? 1 : 0;
}

main(process.argv.slice(2)).then(
  (status) => (process.exitCode = status),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    console.log("0 passed, 1 failed");
    process.exitCode = 1;
  },
);
