import type { Config, Outcome, Plan, State } from "../support/plugin-client";
import { smallInventory } from "./preparation-run";
import { errorsOf, Scenario, texts, TYPE, warningsOf } from "./scenario";

// A host that is away, or a virtual machine that vCenter has lost touch with, stops nobody else of a stack.

const [FIRST, SECOND] = ["0000:3b:00.0", "0000:3c:00.0"] as const;
const NUMBERS = [12, 13, 14];
const AWAY = 13;

type Resource = readonly [type: string, config: Config];
const stack = (devices: string[]): Resource[] =>
  NUMBERS.flatMap((number): Resource[] => [
    ["hotplug_host", { host_id: `host-${number}`, passthrough_devices: [FIRST, SECOND] }],
    ["hotplug_virtual_machine_settings", { virtual_machine_id: `vm-${number}` }],
    [TYPE, { virtual_machine_id: `vm-${number}`, devices }],
  ]);

let scenario: Scenario;
beforeEach(async () => {
  const { hosts, virtualMachines } = smallInventory({});
  scenario = await Scenario.start({
    inventory: {
      hosts: NUMBERS.map((number) => ({
        ...hosts[0]!,
        id: `host-${number}`,
        name: `esx${number}`,
        devices: [FIRST, SECOND].map((address) => ({ address, vendor: "144d", device: "a824" })),
      })),
      virtualMachines: NUMBERS.map((number) => ({
        ...virtualMachines![0]!,
        id: `vm-${number}`,
        name: `vm${number}`,
        host: `esx${number}`,
      })),
    },
  });
});
afterEach(() => scenario.stop());

function loses(connectionState: "orphaned" | "inaccessible"): void {
  const machine = scenario.machine("vm-13");
  Object.assign(machine, { description: { ...machine.description, connectionState } });
}

/** Refreshes and plans all of it in one run, and applies it in another, as Terraform does. */
async function deploy(
  resources: readonly Resource[],
  states: readonly (State | null)[] = [],
): Promise<{ refreshed: Outcome[]; plans: Plan[]; outcomes: Outcome[]; states: (State | null)[] }> {
  const [refreshed, plans] = await scenario.command({}, async (client) => {
    const seen: Outcome[] = [];
    for (const state of states) if (state) seen.push(await client.refresh(state));
    const made: Plan[] = [];
    for (const [index, [type, config]] of resources.entries())
      made.push(await client.plan(type, { prior: seen[index]?.state ?? null, config }));
    return [seen, made] as const;
  });
  const outcomes = await scenario.command({}, async (client) => {
    const made: Outcome[] = [];
    for (const plan of plans) made.push(await client.apply(plan));
    return made;
  });
  return { refreshed, plans, outcomes, states: outcomes.map(({ state }) => state) };
}

test.each([
  [
    "a host that is away",
    (): unknown => (scenario.host("host-13").connectionState = "notResponding"),
    /^warning: Host esx13 /,
  ],
  [
    "a virtual machine that is orphaned",
    (): unknown => loses("orphaned"),
    /^warning: Virtual machine vm13 \(vm-13\) is not reachable/,
  ],
  [
    "a virtual machine that is inaccessible",
    (): unknown => loses("inaccessible"),
    /^warning: vCenter has lost touch with VirtualMachine vm-13: it is inaccessible/,
  ],
])("%s is told once, and all others of the stack get what they are to have", async (_what, breakIt, said) => {
  const { states } = await deploy(stack([FIRST]));
  breakIt();
  const { refreshed, plans, outcomes } = await deploy(stack([FIRST, SECOND]), states);
  const told = [...refreshed, ...plans].flatMap(({ diagnostics }) => texts(diagnostics));
  expect(told).toEqual([expect.stringMatching(said)]);
  // What it has is left as it was: nothing is taken for gone, and its own change alone fails, before any call.
  expect(refreshed.map(({ state }) => state?.value)).toEqual(states.map((state) => state?.value));
  expect(plans.map(({ action }) => action)).toEqual(NUMBERS.flatMap(() => ["no-op", "no-op", "update"]));
  expect(outcomes.map((outcome) => errorsOf(outcome).length)).toEqual([0, 0, 0, 0, 0, 1, 0, 0, 0]);
  expect(scenario.calls()).toEqual(
    [FIRST, FIRST, FIRST]
      .map((device, index) => `add ${device} on vm-${NUMBERS[index]}`)
      .concat(NUMBERS.filter((number) => number !== AWAY).map((number) => `add ${SECOND} on vm-${number}`)),
  );
});

test("nothing changes on it by an unchanged stack, and no apply fails for it", async () => {
  const { states } = await deploy(stack([FIRST]));
  scenario.host("host-13").connectionState = "disconnected";
  const { plans, outcomes } = await deploy(stack([FIRST]), states);
  expect(plans.map(({ action }) => action)).toEqual(plans.map(() => "no-op"));
  expect(outcomes.flatMap((outcome) => errorsOf(outcome))).toEqual([]);
  expect(warningsOf({ diagnostics: outcomes.flatMap(({ diagnostics }) => diagnostics) })).toEqual([]);
});
