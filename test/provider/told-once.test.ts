import type { Diagnostic } from "../../lib/tfplugin6/diagnostic";
import { smallInventory } from "./preparation-run";
import { errorsOf, Scenario, texts, TYPE } from "./scenario";
import type { State } from "../support/plugin-client";

// What is the matter with a host, or with vCenter itself, is told once a run, whatever depends on it.

const IDS = ["vm-42", "vm-43", "vm-44"];
const machines = IDS.slice(1).map((id) => ({ id, name: id, host: "esx01" }));

let scenario: Scenario;
const states: State[] = [];
beforeEach(async () => {
  scenario = await Scenario.start({ inventory: smallInventory({ machines }) });
  states.length = 0;
  for (const id of IDS) states.push((await scenario.apply({ virtual_machine_id: id, devices: [] })).state!);
  const settings = { type: "hotplug_virtual_machine_settings" };
  const plan = await scenario.plan({ virtual_machine_id: "vm-42" }, settings);
  states.push((await scenario.applyPlan(plan)).state!);
});
afterEach(() => scenario.stop());

/** What the refresh of all says, in one run, and a plan that changes one of them. */
const told = (environment: Record<string, string> = {}): Promise<Diagnostic[]> =>
  scenario.command({ environment }, async (client) => {
    const refreshed = await Promise.all(states.map((state) => client.refresh(state)));
    const config = { virtual_machine_id: "vm-43", devices: ["0000:3b:00.0"] };
    const planned = await client.plan(TYPE, { prior: states[1]!, config });
    return [...refreshed, planned].flatMap(({ diagnostics }) => diagnostics);
  });

test("a host that is away is one warning at the refresh of all that is on it, and stops no plan", async () => {
  scenario.host().connectionState = "disconnected";
  expect(texts(await told())).toEqual([
    expect.stringMatching(/^warning: Host esx01 \(host-12\) is not connected to vCenter\n[^]*can be applied meanwhile/),
  ]);
});

test("a vCenter that is away is one error", async () => {
  expect(errorsOf({ diagnostics: await told({ VSPHERE_SERVER: "127.0.0.1:1" }) })).toHaveLength(1);
});

test("each run tells it anew", async () => {
  scenario.host().connectionState = "disconnected";
  expect([texts(await told()), texts(await told())]).toEqual([[expect.any(String)], [expect.any(String)]]);
});

test("an apply tells it of each resource that it stops, since each has failed", async () => {
  const plans = await Promise.all(
    IDS.slice(1).map((id, index) =>
      scenario.plan({ virtual_machine_id: id, devices: ["0000:3b:00.0"] }, { state: states[index + 1]! }),
    ),
  );
  scenario.host().connectionState = "disconnected";
  const outcomes = await scenario.command({}, (client) => Promise.all(plans.map((plan) => client.applyOnce(plan, {}))));
  expect(outcomes.map((outcome) => errorsOf(outcome).length)).toEqual([1, 1]);
});
