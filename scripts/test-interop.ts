/**
 * `npm run test:interop`: the wire held against parties that none of us wrote. Builds pyVmomi's environment and
 * govmomi's programs into .cache/interop, runs test/interop and prints what was compared and who ran. Needs Go and
 * Python; where one is missing it says how to get it and skips, which in CI is a failure. Arguments go to jest.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unlessMissing } from "./run";
import { type Counts, NOTHING, runJest } from "./run-jest";
import { testScript } from "./script";
import { buildGovmomiPrograms, installPyvmomi } from "./third-parties";

testScript(async (jestArgs) => {
  const install = (): true => {
    buildGovmomiPrograms();
    installPyvmomi();
    return true;
  };
  if (!unlessMissing(install, "\nSKIPPED: every test under test/interop.")) return { ...NOTHING, skipped: 1 };
  return runTests(jestArgs);
});

async function runTests(jestArgs: string[]): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-interop-"));
  try {
    const report = join(folder, "report");
    writeFileSync(report, "");
    const counts = await runJest("interop", { args: jestArgs, environment: { HOTPLUG_INTEROP_REPORT: report } });
    console.log(readFileSync(report, "utf8").trimEnd());
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
