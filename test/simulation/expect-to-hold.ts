import { KINDS, type KindName } from "./kinds";
import { simulate } from "./simulate";

/**
 * Runs `histories` histories of a kind; says how many there were, and fails with the story of one that breaks an
 * invariant. `HOTPLUG_SEED` runs that history alone and tells it; `HOTPLUG_HISTORIES` says how many, from
 * `HOTPLUG_FIRST_SEED` on.
 */
export async function expectToHold(kind: KindName, histories: number): Promise<void> {
  const { history, counts } = KINDS[kind];
  const { failure, ...total } = await simulate({ ...seedsFromEnvironment(histories), history });
  process.stderr.write(
    `histories of ${kind}: ${total.histories}, with ${total.applies} applies and ${total.calls} ${counts}\n`,
  );
  expect(failure).toBeUndefined();
}

function seedsFromEnvironment(histories: number): Omit<Parameters<typeof simulate>[0], "history"> {
  const only = Number(process.env.HOTPLUG_SEED);
  if (only) return { first: only, histories: 1, onStory: (story) => process.stderr.write(`${story}\n`) };
  return {
    first: Number(process.env.HOTPLUG_FIRST_SEED) || 1,
    histories: Number(process.env.HOTPLUG_HISTORIES) || histories,
  };
}
