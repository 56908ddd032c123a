import type { HistoryResult } from "./history-options";
import { Random } from "./random";

export interface Simulation {
  /** One history, told by what is random in it. */
  history(random: Random): Promise<HistoryResult>;
  /** The first seed. @default 1 */
  first?: number;
  histories: number;
  /** Told what happened in each history. */
  onStory?(story: string): void;
}

/**
 * `HOTPLUG_SEED` runs that history alone and tells it; otherwise `HOTPLUG_HISTORIES` says how many, from
 * `HOTPLUG_FIRST_SEED` on.
 */
function seedsFromEnvironment(histories: number): Pick<Simulation, "first" | "histories" | "onStory"> {
  const only = Number(process.env.HOTPLUG_SEED);
  if (only) return { first: only, histories: 1, onStory: (story) => process.stderr.write(`${story}\n`) };
  return {
    first: Number(process.env.HOTPLUG_FIRST_SEED) || 1,
    histories: Number(process.env.HOTPLUG_HISTORIES) || histories,
  };
}

/** Runs histories until one breaks an invariant, and tells how to see that one again. */
export async function simulate({
  first = 1,
  histories,
  onStory,
  history,
}: Simulation): Promise<{ histories: number; applies: number; calls: number; failure?: string }> {
  const total = { histories: 0, applies: 0, calls: 0 };
  for (let seed = first; seed < first + histories; seed++) {
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

/**
 * Runs as many as the environment asks for, or `histories`; says how many there were, and fails with the story of one
 * that breaks an invariant.
 */
export async function expectToHold(
  what: string,
  { histories, history, counts = "calls" }: Pick<Simulation, "histories" | "history"> & { counts?: string },
): Promise<void> {
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(histories), history });
  process.stderr.write(
    `simulation of ${what}: ${total.histories} histories, ${total.applies} applies, ${total.calls} ${counts}\n`,
  );
  expect(failure).toBeUndefined();
}
