/**
 * `npm test`: builds what the tests need, runs the specification and then judges the calls that every embedded vCenter
 * of the run was asked to make. What takes minutes is left to `npm run test:thorough` and `test:matrix`. Arguments go
 * to jest. The last line is `N passed, N failed`.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "./build";
import { findEngine } from "./engine";
import { unlessMissing } from "./run";
import { LONG_TESTS, MATRIX_TESTS, NOTHING, addCounts, runJest } from "./run-jest";
import { testScript } from "./script";

const NOT_HERE = ["interop", "thorough", "after", "release", "browser", "bench", "fleet"];
const without = (...folders: string[]): string =>
  `--testPathIgnorePatterns=test/(${[...NOT_HERE, ...folders].join("|")})/|${LONG_TESTS}|${MATRIX_TESTS}`;

testScript(async (jestArgs) => {
  build((line) => console.log(line));
  // Where no engine can be had, the tests that need one are left out, loudly; in CI that is a failure.
  const engine = unlessMissing(
    () => findEngine(),
    "\nSKIPPED: every test under test/terraform and test/examples, the demo among them.",
  );
  if (engine) console.log(`Engine: ${engine.title} (${engine.path})`);
  const folder = mkdtempSync(join(tmpdir(), "hotplug-test-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

  const environment = {
    ...(engine && { HOTPLUG_TEST_ENGINE: engine.path }),
    CHECKPOINT_DISABLE: "1",
    HOTPLUG_TEST_CALL_LOG_DIR: folder,
  };
  const left = engine ? without() : without("terraform", "examples");
  // Whoever names tests gets them, the long ones too.
  const args = jestArgs.length > 0 && engine ? jestArgs : [left, ...jestArgs];
  const specification = await runJest("specification", { args, environment });
  // A run of chosen files may not have spoken to any vCenter: only the whole run is judged.
  const callLog = jestArgs.length > 0 ? NOTHING : await runJest("call-log", { environment });
  return addCounts(specification, callLog, { ...NOTHING, skipped: engine ? 0 : 1 });
});
