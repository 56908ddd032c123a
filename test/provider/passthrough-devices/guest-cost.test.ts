/**
 * What asking the guest costs. `HOTPLUG_FIGURES=1 npx jest --selectProjects=specification
 * --testPathPatterns=guest-cost` prints the figures of docs/guest.md.
 */
import { A, B, C, E, Scenario, db, texts } from "../scenario";
import type { Config, State } from "../../support/plugin-client";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => (scenario = await Scenario.start({ guests: true })));
afterEach(() => scenario.stop());

interface Cost {
  logins: number;
  looks: number;
  seconds: number;
}

/** One apply from `before` to `after`, each with or without its guest. */
async function costOf(config: (devices: string[]) => Config, before: string[], after: string[]): Promise<Cost> {
  const state: State | null = before.length > 0 ? await scenario.given(config(before)) : null;
  const plan = await scenario.plan(config(after), { state });
  const visits = { ...scenario.guest.visits };
  const started = performance.now();
  const { diagnostics, state: made } = await scenario.applyPlan(plan);
  const seconds = (performance.now() - started) / 1000;
  expect(texts(diagnostics)).toEqual([]);
  const { logins, commands } = scenario.guest.visits;
  await scenario.destroy(made, { environment: { HOTPLUG_SKIP_GUEST: "true" } });
  return { logins: logins - visits.logins, looks: commands - visits.commands, seconds };
}

test.each([
  ["one drive added", [], [A], 2],
  ["four drives added", [], [A, B, C, E], 5],
  ["one drive removed", [A, E], [E], 3],
  ["four drives removed", [A, B, C, E], [], 9],
  ["one drive for another", [A], [E], 4],
])("%s: one login, one look at first, one an add and two a removal", async (title, before, after, looks) => {
  const without = await costOf(db, before, after);
  const asked = await costOf((devices) => scenario.confirmed(devices), before, after);

  expect(without).toMatchObject({ logins: 0, looks: 0 });
  expect(asked).toMatchObject({ logins: 1, looks });
  if (process.env["HOTPLUG_FIGURES"])
    process.stdout.write(
      `${title.padEnd(22)} ${looks} looks, ${asked.seconds.toFixed(2)} s (without a guest ` +
        `${without.seconds.toFixed(2)} s: ${(asked.seconds / without.seconds).toFixed(1)} times)\n`,
    );
});
