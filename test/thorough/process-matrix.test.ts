import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { testEngine } from "../support/engine";
import { runProcessMatrix } from "./process-matrix";

/** Their paths, as `npm run test:thorough` found them. */
const engines = process.env["HOTPLUG_TEST_ENGINES"]?.split(delimiter) ?? [testEngine()];

test.each(engines)("whatever request of a change is disturbed, in whatever way: applied again, the rest is made and nothing twice (%s)", async (path) => {
  const title = spawnSync(path, ["version"], { encoding: "utf8", env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).stdout.split("\n")[0]!;
  const rows = await runProcessMatrix({ path, title });
  // The last call may come after what stays the same in each run; every way met each kind of request that a change makes.
  for (const cells of rows.values()) {
    expect(cells.map(({ operation }) => operation)).toEqual(expect.arrayContaining(["Login", "RetrievePropertiesEx", "QueryConfigTarget", "ReconfigVM_Task", "WaitForUpdatesEx"]));
    expect(cells.length).toBeGreaterThan(20);
  }
}, 1_500_000);
