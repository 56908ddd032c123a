import { runHistory, type HistoryOptions } from "./history";
import { Random } from "./random";

export interface Simulation {
  /** How many histories; the seeds are 1 to this. */
  histories: number;
  makeWorld: HistoryOptions["makeWorld"];
  sabotage?: HistoryOptions["sabotage"];
}

/** Runs histories until one breaks an invariant, and tells how to see that one again. `HOTPLUG_SEED` runs a single one. */
export async function simulate({ histories, makeWorld, sabotage }: Simulation): Promise<{ histories: number; applies: number; calls: number; failure?: string }> {
  const only = Number(process.env.HOTPLUG_SEED) || undefined;
  const total = { histories: 0, applies: 0, calls: 0 };
  for (let seed = only ?? 1; seed <= (only ?? histories); seed++) {
    const { violations, trace, applies, calls } = await runHistory({ random: new Random(seed), makeWorld, ...(sabotage && { sabotage }) });
    total.histories++;
    total.applies += applies;
    total.calls += calls;
    if (violations.length > 0 || only) {
      const failure = [`seed ${seed} (replay it with HOTPLUG_SEED=${seed}):`, ...trace, "", ...violations.map((violation) => `BROKEN: ${violation}`)].join("\n");
      if (violations.length > 0) return { ...total, failure };
      process.stderr.write(`${failure}\n`);
    }
  }
  return total;
}
