import type { FaultEffect } from "../../../lib/simulator/fault-injection";
import { Reference } from "../../../lib/simulator/value";
import { brokenCallRules } from "../../support/call-rules";
import type { State } from "../../support/plugin-client";
import { hurriedClock } from "../hurried-clock";
import { A, B, C, D, E, Scenario, db, errorsOf, texts } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
beforeEach(async () => {
  scenario = await Scenario.start();
});
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const list = (items: readonly string[]): string => (items.length > 0 ? items.join(", ") : "none");

interface Change {
  name: string;
  before: readonly string[];
  config: Record<string, unknown> | null;
  steps: readonly string[];
}

const CHANGES: Change[] = [
  { name: "create", before: [], config: db([A, B, C]), steps: [`add ${A}`, `add ${B}`, `add ${C}`] },
  { name: "update", before: [A, D], config: db([A, B, C]), steps: [`remove ${D}`, `add ${B}`, `add ${C}`] },
  { name: "delete", before: [A, B, D], config: null, steps: [`remove ${A}`, `remove ${B}`, `remove ${D}`] },
];

const FAILURES: Record<string, { effect: FaultEffect; mark: string; says: RegExp }> = {
  "a fault at the call": {
    effect: { kind: "fault", type: "InvalidState", message: "not now" },
    mark: " (InvalidState)",
    says: /vCenter answered InvalidState: not now/,
  },
  "a task that fails": {
    effect: {
      kind: "task fault",
      type: "GenericVmConfigFault",
      message: "the device didn't answer",
      fields: { reason: "" },
    },
    mark: " (GenericVmConfigFault)",
    says: /vCenter answered GenericVmConfigFault: the device didn't answer/,
  },
};

const table = CHANGES.flatMap((change) =>
  change.steps.flatMap((_, index) =>
    Object.entries(FAILURES).map(([failure, how]) => ({ ...change, ...how, failure, k: index + 1 })),
  ),
);

describe("a call that fails", () => {
  it.each(table)(
    "$name, call $k of 3, $failure: stops there, says what is, and the next apply makes the rest",
    async ({ name, before, config, steps, k, effect, mark, says }) => {
      const state = before.length > 0 ? await scenario.given(db(before)) : null;
      scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task", occurrence: k }, effect);
      const failed = await scenario.apply(config, { state });

      const [done, left] = [steps.slice(0, k - 1), steps.slice(k - 1)];
      const attached = after(before, done);
      const [error, ...others] = errorsOf(failed);
      expect(others).toEqual([]);
      expect(error).toMatch(
        new RegExp(
          `^error: vCenter did not ${left[0]!.startsWith("add") ? "add" : "remove"} device ` +
            `${left[0]!.split(" ")[1]} (to|from) virtual machine db \\(vm-42\\)\n`,
        ),
      );
      expect(error).toMatch(says);
      expect(error).toContain(
        `Calls made: ${list(done)}. Attached now: ${list(attached)}. Calls left: ${left.join(", ")}.`,
      );
      expect(scenario.calls()).toEqual([...done.map((step) => `${step} on vm-42`), `${left[0]} on vm-42${mark}`]);
      expect(scenario.attached()).toEqual(attached);

      // A failed create records nothing: any state would be tainted, and its devices taken off by the next apply.
      if (name === "create") {
        expect(failed.state).toBeNull();
        expect(error).toMatch(
          attached.length > 0
            ? /adopted without a call[^]*import the virtual machine first/
            : /Nothing is recorded in the state: once this is mended, apply again/,
        );
      } else {
        expect(failed.state).toMatchObject({ tainted: false, value: { devices: attached } });
        expect(Object.keys(failed.state!.value["attached"] as object)).toEqual(attached);
      }

      scenario.forgetCalls();
      const again = await scenario.apply(config, { state: failed.state });
      expect(errorsOf(again)).toEqual([]);
      expect(scenario.calls()).toEqual(left.map((step) => `${step} on vm-42`));
      expect(scenario.attached()).toEqual(config ? [A, B, C] : []);
    },
  );
});

describe("an answer that never came", () => {
  it("of a call that was carried out: seen by the look after it, and the change goes on", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task", occurrence: 2 }, { kind: "drop", when: "after" });
    const { state, diagnostics } = await scenario.apply(db([A, B, C]));
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`, `add ${B} on vm-42 (no answer)`, `add ${C} on vm-42`]);
    expect(Object.keys(state!.value["attached"] as object)).toEqual([A, B, C]);
  });

  it("of a call that was not carried out: never made again blindly, and the error says that nobody knows", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task", occurrence: 2 }, { kind: "drop", when: "before" });
    const failed = await scenario.apply(db([A, B, C]), { clock: hurriedClock(30) });
    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: It is not known whether vCenter could add device ${B} to virtual machine db ` +
            "\\(vm-42\\)\n[^]*may have been carried out all the same: look at the virtual machine before trying " +
            `again[^]*Calls made: add ${A}\\. Attached now: ${A}\\. Calls left: add ${B}, add ${C}\\.`,
        ),
      ),
    ]);
    expect(scenario.calls()).toHaveLength(2);
    expect(errorsOf(await scenario.apply(db([A, B, C])))).toEqual([]);
    expect(scenario.attached()).toEqual([A, B, C]);
  });
});

const BUSY: FaultEffect = {
  kind: "fault",
  type: "TaskInProgress",
  message: "A task is under way.",
  fields: { task: new Reference("Task", "task-9") },
};

describe("somebody else at work", () => {
  it("waits for another's task on the virtual machine and goes on", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task", occurrence: 1, times: 2 }, BUSY);
    const { diagnostics } = await scenario.apply(db([A]), { clock: hurriedClock(30) });
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([
      `add ${A} on vm-42 (TaskInProgress)`,
      `add ${A} on vm-42 (TaskInProgress)`,
      `add ${A} on vm-42`,
    ]);
  });

  it("gives up at the limit of one call, and says that the virtual machine is busy", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task", times: 1000 }, BUSY);
    const { diagnostics } = await scenario.apply(db([A], { timeouts: { operation: "10s" } }), {
      clock: hurriedClock(30),
    });
    expect(errorsOf({ diagnostics })).toEqual([
      expect.stringMatching(
        /^error: vCenter did not add device [^]*Another task was at work on the virtual machine until the limit[^]*TaskInProgress: A task is under way\.[^]*Calls made: none/,
      ),
    ]);
  });

  it("looks again where the virtual machine has changed under it, and decides anew", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "fault", type: "ConcurrentAccess" });
    expect(texts((await scenario.apply(db([A]))).diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42 (ConcurrentAccess)`, `add ${A} on vm-42`]);
  });
});

describe("limits of the waiting", () => {
  let state: State;
  beforeEach(async () => {
    state = await scenario.given(db([E]));
  });

  it("one call: the task is named, and said to be running perhaps", async () => {
    scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "slow task", delayMs: 20_000 });
    const failed = await scenario.apply(db([A, B, E], { timeouts: { operation: "10s" } }), {
      state,
      clock: hurriedClock(30),
    });
    const task = scenario.log().find(({ operation }) => operation === "ReconfigVM_Task")!.task!.id;
    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: It is not known whether vCenter could add device ${A} to [^]*${task} did not end within 10 ` +
            `s and may still be running[^]*Calls made: none\\. Attached now: ${E}\\. Calls left: add ${A}, add ` +
            `${B}\\.`,
        ),
      ),
    ]);
    expect(scenario.calls()).toHaveLength(1);
    expect(failed.state).toMatchObject({ tainted: false, value: { devices: [E] } });
  });

  it("the whole change: no call is begun after it, and the rest is left for the next apply", async () => {
    scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", occurrence: 2 },
      { kind: "slow task", delayMs: 1_500 },
    );
    const failed = await scenario.apply(db([A, B, C, E], { timeouts: { update: "30s" } }), {
      state,
      clock: hurriedClock(30),
    });
    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(
        new RegExp(
          "^error: The change of virtual machine db \\(vm-42\\) ran out of time\nThe limit in " +
            `timeouts[^]*Calls made: add ${A}, add ${B}\\. Attached now: ${A}, ${B}, ${E}\\. Calls left: add ` +
            `${C}\\.`,
        ),
      ),
    ]);
    expect(failed.state!.value["devices"]).toEqual([A, B, E]);
    scenario.forgetCalls();
    expect(errorsOf(await scenario.apply(db([A, B, C, E]), { state: failed.state }))).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${C} on vm-42`]);
  });

  it("wait_for_device: a drive that is put back in time is added, after all other steps", async () => {
    scenario.vcenter.pullDevice("host-12", A);
    const plugged = setInterval(() => {
      if (scenario.calls().length === 0) return;
      clearInterval(plugged);
      scenario.vcenter.plugDevice("host-12", A);
    }, 10);
    const { diagnostics } = await scenario.apply(db([A, B, E], { wait_for_device: "10m" }), {
      state,
      clock: hurriedClock(30),
    });
    clearInterval(plugged);
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${B} on vm-42`, `add ${A} on vm-42`]);
  });

  it("wait_for_device: a drive that doesn't come is an error that names it, after all other steps", async () => {
    scenario.vcenter.pullDevice("host-12", A);
    const failed = await scenario.apply(db([A, B, E], { wait_for_device: "20s" }), { state, clock: hurriedClock(30) });
    expect(errorsOf(failed)).toEqual([
      expect.stringMatching(new RegExp(`^error: Host esx01.example.test \\(host-12\\) shows no device at ${A}\n`)),
    ]);
    expect(scenario.calls()).toEqual([`add ${B} on vm-42`]);
  });
});

describe("an interrupt (StopProvider)", () => {
  it("waits for the call that is under way, begins no other, and keeps a true state", async () => {
    const state = await scenario.given(db([E]));
    const interrupt = new AbortController();
    scenario.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", occurrence: 2 },
      { kind: "slow task", delayMs: 500 },
    );
    const applying = scenario.apply(db([A, B, C, E]), { state, signal: interrupt.signal });
    while (scenario.calls().length < 2) await new Promise((resolve) => setTimeout(resolve, 20));
    interrupt.abort();
    const stopped = await applying;
    expect(errorsOf(stopped)).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: The change of virtual machine db \\(vm-42\\) was stopped\n[^]*Calls made: add ${A}, add ` +
            `${B}\\. Attached now: ${A}, ${B}, ${E}\\. Calls left: add ${C}\\.`,
        ),
      ),
    ]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`, `add ${B} on vm-42`]);
    expect(stopped.state).toMatchObject({ tainted: false, value: { devices: [A, B, E] } });
  });
});

/** What is attached when `done` was done. */
function after(before: readonly string[], done: readonly string[]): string[] {
  const attached = new Set(before);
  for (const step of done) {
    const [operation, address] = step.split(" ") as [string, string];
    if (operation === "add") attached.add(address);
    else attached.delete(address);
  }
  return [...attached].sort();
}
