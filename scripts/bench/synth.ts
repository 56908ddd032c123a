import { join } from "node:path";
import { buildSync } from "esbuild";
import { CACHE, ROOT, run } from "../run";
import { table, writeSection } from "./page";
import { spreadOf, spreadText } from "./spread";

const RUNS = 3;
const SIZES = [100, 1_000, 4_000];

/** Synthesizes stacks of virtual machines, bare and ready for hot plug in turn, and writes the ratios into the page. */
export function measureSynth(): void {
  const program = join(CACHE, "bench", "synth-run.js");
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["scripts/bench/synth-run.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    packages: "external",
    logLevel: "error",
    outfile: program,
  });
  const milliseconds = (kind: string, size: number): number =>
    Number(run(process.execPath, [program, kind, `${size}`]));
  const measured = SIZES.map((size) => {
    const runs = Array.from({ length: RUNS }, () => [milliseconds("bare", size), milliseconds("ready", size)] as const);
    return { size, ratio: spreadOf(runs.map(([bare, ready]) => ready / bare)), ready: runs.map(([, ready]) => ready) };
  });
  const unit = spreadOf(measured.at(-1)!.ready).median / SIZES.at(-1)!;
  writeSection("synth", [
    `Medians of ${RUNS} runs each, in turn, with the least and the most.`,
    "",
    ...table(
      [
        "virtual machines",
        "times as many bare ones",
        `one of them, times one of ${SIZES.at(-1)!.toLocaleString("en")}`,
      ],
      measured.map(({ size, ratio, ready }) => [
        size.toLocaleString("en"),
        spreadText(ratio, 2),
        spreadText(spreadOf(ready.map((ms) => ms / size / unit)), 2),
      ]),
    ),
  ]);
}
