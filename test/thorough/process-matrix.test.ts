import { spawnSync } from "node:child_process";
import { delimiter } from "node:path";
import { testEngine } from "../support/engine";
import { runProcessMatrix } from "./process-matrix";

/** Their paths, as `npm run test:thorough` found them. */
const engines = process.env["HOTPLUG_TEST_ENGINES"]?.split(delimiter) ?? [testEngine()];

test.each(engines)(
  "whatever request of a change is disturbed, in whatever way: applied again, the rest is made and nothing twice (%s)",
  async (path) => {
    const title = spawnSync(path, ["version"], {
      encoding: "utf8",
      env: { ...process.env, CHECKPOINT_DISABLE: "1" },
    }).stdout.split("\n")[0]!;
    const rows = await runProcessMatrix({ path, title });
    // How often a wait is repeated or a look is taken is a matter of time; these come in every run.
    const certain = rows.filter(
      ({ operation, occurrence }) =>
        operation === "ReconfigVM_Task" ||
        (occurrence === 1 &&
          ["Login", "RetrievePropertiesEx", "QueryConfigTarget", "WaitForUpdatesEx", "Logout"].includes(operation)),
    );
    expect(certain.map(({ operation }) => operation).sort()).toEqual([
      "Login",
      "Logout",
      "QueryConfigTarget",
      "ReconfigVM_Task",
      "ReconfigVM_Task",
      "ReconfigVM_Task",
      "RetrievePropertiesEx",
      "WaitForUpdatesEx",
    ]);
    for (const { operation, occurrence, cells } of certain) {
      expect(
        [...cells]
          .filter(([, { disturbed }]) => !disturbed)
          .map(([name]) => `${operation} ${occurrence} was not disturbed: ${name}`),
      ).toEqual([]);
    }
  },
  1_500_000,
);
