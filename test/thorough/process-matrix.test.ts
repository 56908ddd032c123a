import { spawnSync } from "node:child_process";
import { runProcessMatrix } from "./process-matrix";

/** Paths of the engines, as `npm run test:thorough` finds them. */
const engines = (process.env["HOTPLUG_TEST_ENGINES"] ?? process.env["HOTPLUG_TEST_ENGINE"] ?? "terraform").split(":");

test.each(engines)("whatever request of a change is disturbed, in whatever way: applied again, the rest is made and nothing twice (%s)", async (path) => {
  const title = spawnSync(path, ["version"], { encoding: "utf8", env: { ...process.env, CHECKPOINT_DISABLE: "1" } }).stdout.split("\n")[0]!;
  const rows = await runProcessMatrix({ path, title });
  // The last call may come after what stays the same in each run; every way met each kind of request that a change makes.
  for (const cells of rows.values()) {
    expect(cells.map(({ operation }) => operation)).toEqual(expect.arrayContaining(["Login", "RetrievePropertiesEx", "QueryConfigTarget", "ReconfigVM_Task", "WaitForUpdatesEx"]));
    expect(cells.length).toBeGreaterThan(20);
  }
}, 1_500_000);
