import { defaultInventory } from "../../../lib/simulator/inventory/default-inventory";
import { brokenCallRules } from "../../support/call-rules";
import type { Config, Outcome, Plan, State } from "../../support/plugin-client";
import { hurriedClock } from "../hurried-clock";
import { A, B, C, Scenario, TYPE, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => {
  const third = { id: "vm-46", name: "third", host: "host-12" };
  scenario = await Scenario.start({
    inventory: { ...defaultInventory, virtualMachines: [...defaultInventory.virtualMachines!, third] },
  });
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const MACHINES = ["vm-42", "vm-43", "vm-46"];
type Stack = { config: Config; state: State | null }[];

const stackOf = (devices: readonly string[], more: Config = {}): Config[] =>
  devices.map((device, index) => ({ virtual_machine_id: MACHINES[index]!, devices: [device], ...more }));

/** Refreshes and plans every resource in one process, and applies them in another: at once, or one after another. */
async function deploy(
  stack: Stack,
  { atOnce, clock }: { atOnce: boolean; clock?: ReturnType<typeof hurriedClock> },
): Promise<{ plans: Plan[]; outcomes: Outcome[]; stack: Stack }> {
  const plans = await scenario.command({}, async (client) => {
    const made: Plan[] = [];
    for (const { config, state } of stack)
      made.push(await client.plan(TYPE, { prior: state && (await client.refresh(state)).state, config }));
    return made;
  });
  const outcomes = await scenario.command({ ...(clock && { clock }) }, async (client) => {
    if (atOnce) return Promise.all(plans.map((plan) => client.apply(plan)));
    const made: Outcome[] = [];
    for (const plan of plans) made.push(await client.apply(plan));
    return made;
  });
  return { plans, outcomes, stack: stack.map(({ config }, index) => ({ config, state: outcomes[index]!.state })) };
}

const given = async (devices: readonly string[]): Promise<Stack> => {
  const configs = stackOf(devices);
  const { outcomes, stack } = await deploy(
    configs.map((config) => ({ config, state: null })),
    { atOnce: true },
  );
  expect(outcomes.flatMap(({ diagnostics }) => texts(diagnostics))).toEqual([]);
  scenario.forgetCalls();
  return stack;
};
const redeclare = (stack: Stack, devices: readonly string[], more: Config = {}): Stack =>
  stackOf(devices, more).map((config, index) => ({ config, state: stack[index]!.state }));
const errors = (outcomes: readonly Outcome[]): string[] => outcomes.flatMap((outcome) => errorsOf(outcome));

describe("Virtual machines of one stack that exchange their devices", () => {
  it.each([
    ["two", [A, B], [B, A], {}],
    ["two, with order add_first", [A, B], [B, A], { order: "add_first" }],
    ["a ring of three", [A, B, C], [B, C, A], {}],
    ["a ring of three, with order add_first", [A, B, C], [B, C, A], { order: "add_first" }],
  ])("have them after one apply, where Terraform changes them at once: %s", async (_which, before, after, more) => {
    const { outcomes } = await deploy(redeclare(await given(before), after, more), { atOnce: true });
    expect(errors(outcomes)).toEqual([]);
    expect(after.map((_, index) => scenario.attached(MACHINES[index]))).toEqual(after.map((device) => [device]));
    expect(scenario.calls()).toHaveLength(2 * after.length);
  });

  it.each([{}, { order: "add_first" }])(
    "have them after two where Terraform changes them one after another, and the error says so: %j",
    async (more) => {
      const first = await deploy(redeclare(await given([A, B]), [B, A], more), {
        atOnce: false,
        clock: hurriedClock(20),
      });
      expect(errors(first.outcomes)).toEqual([
        expect.stringMatching(
          new RegExp(`^error: Device ${B} [^]* is used by virtual machine cache \\(vm-43\\)[^]*at most two`),
        ),
      ]);
      expect([scenario.attached("vm-42"), scenario.attached("vm-43")]).toEqual([[], [A]]);
      const second = await deploy(first.stack, { atOnce: false });
      expect(errors(second.outcomes)).toEqual([]);
      expect([scenario.attached("vm-42"), scenario.attached("vm-43")]).toEqual([[B], [A]]);
    },
  );

  it.each([{}, { order: "add_first" }])("a ring of three has them after two, one after another: %j", async (more) => {
    const after = [B, C, A];
    const stack = redeclare(await given([A, B, C]), after, more);
    const first = await deploy(stack, { atOnce: false, clock: hurriedClock(20) });
    expect(errors(first.outcomes)).toHaveLength(2);
    const second = await deploy(first.stack, { atOnce: false });
    expect(errors(second.outcomes)).toEqual([]);
    expect(after.map((_, index) => scenario.attached(MACHINES[index]))).toEqual(after.map((device) => [device]));
    expect(scenario.calls()).toHaveLength(6);
  });

  it("are no trouble in the plan of the one that is planned after the one that gives its device up", async () => {
    const { plans } = await deploy(redeclare(await given([A, B]), [B, A]), { atOnce: true });
    expect(plans.map((plan) => warningsOf(plan).length)).toEqual([1, 0]);
  });

  it("don't wait for a holder whose own change has failed", async () => {
    const stack = redeclare(await given([A, B]), [B, A]);
    scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", target: "vm-43", times: 9 },
      { kind: "task fault", type: "InvalidState" },
    );
    const begun = Date.now();
    const { outcomes } = await deploy(stack, { atOnce: true, clock: hurriedClock(20) });
    expect(errors(outcomes)).toEqual([
      expect.stringContaining(`Device ${B} `),
      expect.stringContaining(`did not remove device ${B} from`),
    ]);
    expect(Date.now() - begun).toBeLessThan(20_000);
    expect(scenario.attached("vm-42")).toEqual([]);
  });
});

describe("A change that failed", () => {
  it.each([1, 2])("shows its steps in the plan of the same change, whichever call of it failed: %i", async (call) => {
    const { state } = (await given([A]))[0]!;
    const config = { virtual_machine_id: "vm-42", devices: [B] };
    scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", occurrence: call },
      { kind: "task fault", type: "InvalidState" },
    );
    const failed = await scenario.apply(config, { state });
    expect(errorsOf(failed)).toHaveLength(1);
    for (const refresh of [true, false]) {
      const plan = await scenario.plan(config, { state: failed.state, refresh });
      expect(plan.planned!.steps).toEqual([`remove ${A}`, `add ${B}`].slice(call - 1));
      // Terraform shows an attribute of a plan only where it differs from the state.
      expect(plan.prior!.value.steps).not.toEqual(plan.planned!.steps);
    }
  });
});
