/**
 * `npm run bench -- --quick`: what the provider asks of a vCenter, counted by a clock of its own, so that the figures
 * are the same at each run. They are held against those in test/bench/figures.json, and one that has grown is a
 * failure; HOTPLUG_REWRITE=1 keeps those of now. The last line is `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Counts, runJest } from "./run-jest";
import { testScript } from "./script";

testScript(async (args) => {
  parseArgs({ args, options: { quick: { type: "boolean" } } });
  return countRequests();
});

async function countRequests(): Promise<Counts> {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-bench-"));
  try {
    const report = join(folder, "report");
    writeFileSync(report, "");
    const counts = await runJest("bench", { environment: { HOTPLUG_BENCH_REPORT: report } });
    console.log(readFileSync(report, "utf8").trimEnd());
    return counts;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
