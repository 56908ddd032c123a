import { brokenCallRules } from "../../support/call-rules";
import type { Plan, State } from "../../support/plugin-client";
import { hurriedClock } from "../hurried-clock";
import { A, B, C, D, E, Scenario, db, errorsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
let state: State;
beforeEach(async () => {
  scenario = await Scenario.start();
  state = await scenario.given(db([A, D]));
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const PLANNED = [`remove ${D}`, `add ${B}`, `add ${C}`];
const on = (...calls: string[]): string[] => calls.map((call) => `${call} on vm-42`);

async function plannedChange(): Promise<Plan> {
  const plan = await scenario.plan(db([A, B, C]), { state });
  expect(plan).toMatchObject({ diagnostics: [], planned: { steps: PLANNED } });
  return plan;
}

interface Case {
  name: string;
  between: () => void;
  calls: string[];
  errors?: RegExp[];
  attached: string[];
  /** Core plans again before it applies, and that plan is an error already. */
  refusedAtOnce?: true;
}

const CASES: Case[] = [
  { name: "nothing has changed: the planned calls", between: () => undefined, calls: PLANNED, attached: [A, B, C] },
  {
    name: "a planned device was added by somebody: its call is skipped",
    between: () => scenario.attachByHand(B),
    calls: [`remove ${D}`, `add ${C}`],
    attached: [A, B, C],
  },
  {
    name: "a device to remove was removed by somebody: its call is skipped",
    between: () => scenario.detachByHand(D),
    calls: [`add ${B}`, `add ${C}`],
    attached: [A, B, C],
  },
  {
    name: "all was done already: no call",
    between: () => {
      scenario.detachByHand(D);
      scenario.attachByHand(C);
      scenario.attachByHand(B);
    },
    calls: [],
    attached: [A, B, C],
  },
  {
    name: "a device that nobody declared was added: an error before the first call",
    between: () => scenario.attachByHand(E),
    calls: [],
    errors: [
      new RegExp(
        `^error: Virtual machine db \\(vm-42\\) has an NVMe passthrough device that isn't in the plan: ${E} ` +
          `\\(PCI device 2\\)\n[^]*plan again[^]*Calls made: none\\. Attached now: ${A}, ${D}, ${E}\\. Calls ` +
          `left: remove ${D}, add ${B}, add ${C}\\.`,
      ),
    ],
    attached: [A, D, E],
  },
  {
    name: "a kept device was removed by somebody: the planned calls, and an error for the one that nobody reviewed",
    between: () => scenario.detachByHand(A),
    calls: PLANNED,
    errors: [new RegExp(`^error: Device ${A} is no longer on virtual machine db[^]*Plan again`)],
    attached: [B, C],
  },
  {
    name: "a kept device was pulled: every other call, then an error that names it and both ways out",
    between: () => scenario.vcenter.pullDevice("host-12", A),
    calls: PLANNED,
    errors: [
      new RegExp(
        `^error: Host esx01.example.test \\(host-12\\) shows no device at ${A} \\(8086:0a54[^]*Take ${A} out ` +
          "of devices, or put a drive back",
      ),
    ],
    attached: [B, C],
  },
  {
    name: "a device to add was pulled: every other call, then an error that names it",
    between: () => scenario.vcenter.pullDevice("host-12", B),
    calls: [`remove ${D}`, `add ${C}`],
    errors: [
      new RegExp(
        `^error: Host esx01.example.test \\(host-12\\) shows no device at ${B}[^]*Calls made: remove ${D}, add ` +
          `${C}\\. Attached now: ${A}, ${C}\\. Calls left: add ${B}\\.`,
      ),
    ],
    attached: [A, C],
  },
  {
    name: "a device to remove was pulled: its call is skipped",
    between: () => scenario.vcenter.pullDevice("host-12", D),
    calls: [`add ${B}`, `add ${C}`],
    attached: [A, B, C],
  },
  {
    name: "another device was plugged in: the planned calls",
    between: () => scenario.vcenter.plugDevice("host-12", { address: "0000:62:00.0", vendor: "144d", device: "a824" }),
    calls: PLANNED,
    attached: [A, B, C],
  },
  {
    name: "the virtual machine was powered off: the same calls, cold",
    between: () => scenario.change((machine) => (machine.powerState = "poweredOff")),
    calls: PLANNED,
    attached: [A, B, C],
  },
  {
    name: "the virtual machine was suspended: an error before the first call",
    between: () => scenario.change((machine) => (machine.powerState = "suspended")),
    calls: [],
    errors: [/^error: Virtual machine db \(vm-42\) is suspended\n[^]*Power it on, or off, then plan again/],
    attached: [A, D],
    refusedAtOnce: true,
  },
  {
    name: "a device to add was taken by another virtual machine: every other call, then an error that names it",
    between: () => scenario.attachByHand(C, "vm-43"),
    calls: [`remove ${D}`, `add ${B}`],
    errors: [
      new RegExp(
        `^error: Device ${C} \\(Intel Corporation [^]*\\) is used by virtual machine cache ` +
          `\\(vm-43\\)\n[^]*at most two[^]*Calls left: add ${C}\\.`,
      ),
    ],
    attached: [A, B],
  },
  {
    name: "the virtual machine was moved to another host: an error before the first call that names both",
    between: () =>
      scenario.change((machine) => {
        machine.host.virtualMachines.splice(machine.host.virtualMachines.indexOf(machine), 1);
        machine.host = scenario.host("host-13");
        machine.host.virtualMachines.push(machine);
      }),
    calls: [],
    errors: [
      /^error: The virtual machine is on host esx02.example.test \(host-13\), and the devices were attached on host host-12\n/,
      /^error: Host esx02.example.test \(host-13\) runs with maxIntrCookies 1024[^]*Calls made: none\./,
    ],
    attached: [A, D],
  },
];

describe("a saved plan, applied after things have changed", () => {
  it.each(CASES)("$name", async ({ between, calls, errors = [], attached, refusedAtOnce }) => {
    const plan = await plannedChange();
    between();
    const applied = await scenario.applyPlan(plan, { clock: hurriedClock(10) });
    expect(errorsOf(applied)).toEqual(errors.map((pattern) => expect.stringMatching(pattern)));
    expect(scenario.calls()).toEqual(on(...calls));
    expect(scenario.attached()).toEqual(attached);
    expect(applied.state).toMatchObject({
      tainted: false,
      value: { steps: refusedAtOnce ? state.value["steps"] : errors.length > 0 ? calls : PLANNED },
    });
    expect(Object.keys(applied.state!.value["attached"] as object)).toEqual(attached);
  });

  it("a powered-on virtual machine that was off at plan, and isn't ready: an error before the first call", async () => {
    scenario.change((machine) => {
      machine.powerState = "poweredOff";
      machine.settings.fixedPassthruHotPlugEnabled = false;
    });
    const plan = await scenario.plan(db([A, B, C]), { state });
    expect(errorsOf(plan)).toEqual([]);
    scenario.change((machine) => {
      machine.powerState = "poweredOn";
      machine.hotPlugAtPowerOn = false;
    });
    expect(errorsOf(await scenario.applyPlan(plan))).toEqual([
      expect.stringMatching(/has hot plug of passthrough devices switched off\n[^]*\(rule M5\)/),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it(
    "of a new resource: a device that appeared is an error before the first call, and nothing is " + "recorded",
    async () => {
      const plan = await scenario.plan({ virtual_machine_id: "vm-43", devices: [B] });
      scenario.attachByHand(C, "vm-43");
      const applied = await scenario.applyPlan(plan);
      expect(applied.state).toBeNull();
      expect(errorsOf(applied)).toEqual([
        expect.stringContaining(
          `Virtual machine cache (vm-43) has an NVMe passthrough device that isn't declared: ${C}`,
        ),
      ]);
      expect(scenario.calls()).toEqual([]);
    },
  );

  it("of a destroy: a device that appeared is left alone, with an error before the first call", async () => {
    const plan = await scenario.plan(null, { state });
    scenario.attachByHand(B);
    const applied = await scenario.applyPlan(plan);
    expect(errorsOf(applied)).toEqual([expect.stringMatching(new RegExp(`that isn't in the plan: ${B}`))]);
    expect(scenario.calls()).toEqual([]);
    expect(Object.keys(applied.state!.value["attached"] as object)).toEqual([A, B, D]);
    expect(await scenario.destroy(applied.state)).toEqual({ state: null, diagnostics: [] });
    expect(scenario.attached()).toEqual([]);
  });

  it("of a destroy: a device that is gone needs no call", async () => {
    const plan = await scenario.plan(null, { state });
    scenario.vcenter.pullDevice("host-12", A);
    expect(await scenario.applyPlan(plan)).toEqual({ state: null, diagnostics: [] });
    expect(scenario.calls()).toEqual(on(`remove ${D}`));
  });
});
