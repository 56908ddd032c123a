/** What `npm run bench -- --quick` runs: figures that are the same at each run, held against those of figures.json. */
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eightHotAdds, fleet, swappedDrive } from "../../scripts/bench/jobs";
import { CountedRuns, type Asked } from "./counted-runs";
import { grown, type Figures } from "./grown";

jest.setTimeout(120_000);

const FILE = join(__dirname, "figures.json");
/** With HOTPLUG_REWRITE=1 the figures are written anew: read the difference, and say in the commit why one grew. */
const REWRITE = process.env["HOTPLUG_REWRITE"] === "1";

const kept = JSON.parse(readFileSync(FILE, "utf8")) as Figures;
const measured: Record<string, Figures[string]> = {};

const report = (title: string, command: string, { requests, bytes, timesItsTasks }: Figures[string]): void => {
  const file = process.env["HOTPLUG_BENCH_REPORT"];
  const time = timesItsTasks === undefined ? "" : `, ${timesItsTasks} of its tasks' own time`;
  if (file) appendFileSync(file, `${title}, ${command}: ${requests} requests, ${Math.ceil(bytes / 1024)} KiB${time}\n`);
};

describe.each([eightHotAdds(), swappedDrive(), fleet(10), fleet(50)])("$title", (job) => {
  let runs: CountedRuns;
  beforeAll(async () => {
    runs = new CountedRuns(job);
    if (Object.keys(job.before).length > 0) await runs.apply(job.before);
  });
  afterAll(() => runs.end());

  const commands: [string, () => Promise<Asked & { timesItsTasks?: number }>][] = [
    ["apply", () => runs.apply(job.after)],
    ["plan with nothing to do", () => runs.emptyPlan(job.after)],
  ];
  test.each(commands)("%s asks no more than before", async (command, run) => {
    const name = `${job.title}: ${command}`;
    const figures = (measured[name] = await run());
    report(job.title, command, figures);
    if (!REWRITE) expect(grown({ [name]: figures }, kept)).toEqual([]);
  });
});

afterAll(() => {
  if (REWRITE) writeFileSync(FILE, `${JSON.stringify(measured, null, 2)}\n`);
});
