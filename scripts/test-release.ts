/**
 * `npm run test:release`: makes a release for this machine and tests it as people get it: the tarballs installed into a
 * folder of their own, the zips through a filesystem mirror. It needs npm's registry. The last line is
 * `N passed, N failed`.
 */
import { bothEngines } from "./engine";
import { ROOT, run } from "./run";
import { addCounts, NOTHING, runJest } from "./run-jest";
import { testScript } from "./script";

testScript(async (jestArgs) => {
  run("npm", ["run", "--silent", "release", "--", "--here"], { directory: ROOT });
  const engines = bothEngines().flatMap(([, path]) => path ?? []);
  if (engines.length === 0) return { ...NOTHING, skipped: 1 };
  const counts = await runJest("release", {
    args: jestArgs,
    environment: { HOTPLUG_TEST_ENGINES: engines.join(":"), HOTPLUG_TEST_ENGINE: engines[0]!, CHECKPOINT_DISABLE: "1" },
  });
  return addCounts(counts, { ...NOTHING, skipped: 2 - engines.length });
});
