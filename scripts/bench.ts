/**
 * `npm run bench`: ours beside a script with pyVmomi and a program with govmomi, each doing the same changes on the
 * same embedded vCenter, in turn; prints what it measured and writes it into docs/performance.md, with a picture. It
 * takes about half an hour on a machine that has nothing else to do. `--fleet N` ends with the fleet of so many virtual
 * machines (10, 100 or 1,000; 1,000 unless given), `--runs N` is how often each is measured (5).
 *
 * `npm run bench -- --quick`: what the provider asks of a vCenter, counted by a clock of its own, so that the figures
 * are the same at each run. They are held against those in test/bench/figures.json, and one that has grown is a
 * failure; HOTPLUG_REWRITE=1 keeps those of now. The last line is `N passed, N failed`.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeChanges } from "./bench/changes-section";
import { type JobFigures, measureJob } from "./bench/changes";
import { measureEmptyPlan, type EmptyPlanFigures } from "./bench/empty-plans";
import { eightHotAdds, fleet, swappedDrive } from "./bench/jobs";
import { MeasuredVcenter } from "./bench/measured-vcenter";
import { findPeers } from "./bench/peers";
import { spreadText } from "./bench/spread";
import { measureStarts } from "./bench/starts";
import { measureSynth } from "./bench/synth";
import { build } from "./build";
import { findEngine } from "./engine";
import { type Counts, NOTHING, runJest } from "./run-jest";
import { testScript } from "./script";

/** A fleet of 1,000 takes minutes for each peer: it is measured once. */
const MEASURED_ONCE = 1_000;

testScript(async (args) => {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: "boolean", default: false },
      fleet: { type: "string", default: String(MEASURED_ONCE) },
      runs: { type: "string", default: "5" },
    },
  });
  if (values.quick) return countRequests();
  const [largest, runs] = [Number(values.fleet), Number(values.runs)];
  if (!(largest >= 10) || !(runs >= 1)) throw new Error("--fleet is a number from 10 on, --runs one from 1 on.");
  await compare(largest, runs);
  return NOTHING;
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

async function compare(largest: number, runs: number): Promise<void> {
  delete process.env["TF_CLI_CONFIG_FILE"];
  build((line) => console.log(line));
  await measureStarts();
  measureSynth();
  const engine = findEngine();
  const peers = findPeers(engine.path);
  const fleets = [10, 100, 1_000].filter((size) => size <= largest).map((size) => ({ size, job: fleet(size) }));
  const vcenter = MeasuredVcenter.start();
  const changes: JobFigures[] = [];
  const plans: EmptyPlanFigures[] = [];
  try {
    // Not counted: what was never used before takes its time.
    await measureJob(vcenter, fleet(10), { peers, runs: 1 });
    for (const { job, times } of [
      { job: eightHotAdds(), times: runs },
      { job: swappedDrive(), times: runs },
      ...fleets.map(({ size, job }) => ({ job, times: size < MEASURED_ONCE ? runs : 1 })),
    ]) {
      for (const figures of await measureJob(vcenter, job, { peers, runs: times })) {
        changes.push(figures);
        say(figures);
      }
    }
    for (const { size, job } of fleets) {
      const times = size < MEASURED_ONCE ? runs : Math.min(3, runs);
      const figures = await measureEmptyPlan(vcenter, job, { engine: engine.path, runs: times });
      plans.push(figures);
      console.log(`${job.title}: an empty plan ${spreadText(figures.timesTerraformData, 2)} of Terraform's own`);
    }
  } finally {
    await vcenter.stop();
  }
  const times = runs === 1 ? "One run" : `Medians of ${runs} runs`;
  const machine = `${engine.title}, node ${process.version}, ${availableParallelism()} processors.`;
  const how = `${times} each, in turn, with the least and the most; fleets of 1,000 once, their empty plans thrice.`;
  writeChanges(changes, plans, `${machine} ${how}`);
}

function say({ job, peer, figures }: JobFigures): void {
  const { change, command, requestsACall, memoryMiB, vcenterShare } = figures;
  console.log(
    `${job}, ${peer}: ${spreadText(change, 2)} of its tasks (the command ${spreadText(command, 2)}), ` +
      `${spreadText(requestsACall, 1)} requests a call, ${spreadText(memoryMiB, 0)} MiB, ` +
      `vCenter's share ${spreadText(vcenterShare, 2)}`,
  );
}
