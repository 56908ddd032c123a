import type { HistoryResult } from "./history-options";
import { Random } from "./random";

export interface Simulation {
  /** One history, told by what is random in it. */
  history(random: Random): Promise<HistoryResult>;
  /** The first seed. @default 1 */
  first?: number;
  /** From one seed to the next. @default 1 */
  stride?: number;
  histories: number;
  /** Told what happened in each history. */
  onStory?(story: string): void;
}

export interface SimulationResult {
  histories: number;
  applies: number;
  calls: number;
  /** The story of the history that broke an invariant. */
  failure?: string;
}

/** Runs histories until one breaks an invariant, and tells how to see that one again. */
export async function simulate({
  first = 1,
  stride = 1,
  histories,
  onStory,
  history,
}: Simulation): Promise<SimulationResult> {
  const total = { histories: 0, applies: 0, calls: 0 };
  for (let seed = first; seed < first + histories * stride; seed += stride) {
    const { violations, trace, applies, calls } = await history(new Random(seed));
    total.histories++;
    total.applies += applies;
    total.calls += calls;
    const story = [
      `seed ${seed} (replay it with HOTPLUG_SEED=${seed}):`,
      ...trace,
      "",
      ...violations.map((violation) => `BROKEN: ${violation}`),
    ].join("\n");
    if (violations.length > 0) return { ...total, failure: story };
    onStory?.(story);
  }
  return total;
}
