import type { State } from "../../support/plugin-client";
import { brokenCallRules } from "../../support/call-rules";
import { A, B, C, E, GPU, Scenario, db, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const PULLED =
  `warning: Host esx01.example.test (host-12) shows no device at ${A} (8086:0a54 (subsystem 8086:4702) before)\n` +
  `The drive was pulled out, or its slot is off. Take ${A} out of devices, or put a drive back into its ` +
  "slot (wait_for_device makes the apply wait for it), then apply again. (rule V6) More: docs/rules.md#v6";
const OTHER_MODEL = {
  address: A,
  vendor: "144d",
  device: "a824",
  vendorName: "Samsung Electronics Co Ltd",
  name: "NVMe SSD Controller PM173X",
};

describe("a drive that was pulled out (V6)", () => {
  let state: State;
  beforeEach(async () => {
    scenario = await Scenario.start();
    state = await scenario.given(db([A, B]));
    scenario.vcenter.pullDevice("host-12", A);
  });

  it("leaves the state at refresh; the plan names it and plans its hot-add", async () => {
    const refreshed = await scenario.refresh(state);
    expect(refreshed.state!.value).toMatchObject({ devices: [B] });
    expect(texts(refreshed.diagnostics)).toEqual([PULLED]);
    const plan = await scenario.plan(db([A, B]), { state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [`add ${A}`] } });
    expect(texts(plan.diagnostics)).toEqual([PULLED]);
  });

  it("is named where the set, computed from what the host shows, has forgotten it already", async () => {
    const plan = await scenario.plan(db([B]), { state });
    expect([plan.action, texts(plan.diagnostics)]).toEqual(["no-op", [PULLED]]);
  });

  it("is told by the plan where it has left the state before", async () => {
    const { state: before } = await scenario.refresh(state);
    expect(texts((await scenario.plan(db([A, B]), { state: before })).diagnostics)).toEqual([PULLED]);
  });

  it("fails the apply after every other step, and leaves all other devices alone", async () => {
    const failed = await scenario.apply(db([A, B, C]), { state });
    expect(errorsOf(failed)).toEqual([expect.stringContaining(`shows no device at ${A}`)]);
    expect(scenario.calls()).toEqual([`add ${C} on vm-42`]);
    expect(scenario.attached()).toEqual([B, C]);
    expect(failed.state!.value["devices"]).toEqual([B, C]);
  });

  it("is let go by taking it out of the set: no call", async () => {
    const { state: after, diagnostics } = await scenario.apply(db([B]), { state });
    expect(texts(diagnostics)).toEqual([PULLED]);
    expect(after!.value["devices"]).toEqual([B]);
    expect(scenario.calls()).toEqual([]);
    expect(await scenario.plan(db([B]), { state: after })).toMatchObject({ action: "no-op", diagnostics: [] });
  });

  it("is added again once a drive of the same model is back", async () => {
    const failed = await scenario.apply(db([A, B]), { state });
    scenario.vcenter.plugDevice("host-12", A);
    const { diagnostics } = await scenario.apply(db([A, B]), { state: failed.state });
    expect(texts(diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
  });

  it(
    "is not taken for the one before where another model is in the slot: warned at plan, refused at that step " +
      "alone (V8)",
    async () => {
      // Even after a failed apply in between: what was at an address outlives the state's own list.
      const failed = await scenario.apply(db([A, B]), { state });
      scenario.vcenter.plugDevice("host-12", OTHER_MODEL);
      const plan = await scenario.plan(db([A, B, C]), { state: failed.state });
      expect(texts(plan.diagnostics)).toEqual([
        expect.stringMatching(
          new RegExp(`^warning: Another model is at ${A} now: 144d:a824[^]*, before 8086:0a54[^]*allow_device_change`),
        ),
      ]);
      const refused = await scenario.applyPlan(plan);
      expect(errorsOf(refused)).toEqual([expect.stringMatching(new RegExp(`^error: Another model is at ${A} now`))]);
      expect(scenario.calls()).toEqual([`add ${C} on vm-42`]);

      const { state: after, diagnostics } = await scenario.apply(db([A, B, C], { allow_device_change: true }), {
        state: refused.state,
      });
      expect(texts(diagnostics)).toEqual([]);
      expect(scenario.calls()).toEqual([`add ${C} on vm-42`, `add ${A} on vm-42`]);
      expect(await scenario.plan(db([A, B, C]), { state: after })).toMatchObject({
        action: "update",
        diagnostics: [],
        planned: { steps: [] },
      });
    },
  );
});

describe("a drive that its host no longer shows and the virtual machine still has", () => {
  beforeEach(async () => {
    scenario = await Scenario.start({ assumptions: { pulledDeviceLeavesVm: "at refresh" } });
  });

  it("is named, and can be cleaned off by the virtual machine's own key", async () => {
    const state = await scenario.given(db([A, B]));
    scenario.vcenter.pullDevice("host-12", A);
    const refreshed = await scenario.refresh(state);
    expect(texts(refreshed.diagnostics)).toEqual([
      expect.stringMatching(
        new RegExp(`^warning: Host esx01.example.test \\(host-12\\) no longer shows ${A} \\(PCI device 0\\)\n`),
      ),
    ]);
    expect(refreshed.state!.value["devices"]).toEqual([A, B]);
    const { diagnostics } = await scenario.apply(db([B]), { state: refreshed.state });
    expect(errorsOf({ diagnostics })).toEqual([]);
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`]);
    expect(scenario.attached()).toEqual([B]);
  });

  it("is left alone and named where it was never seen before", async () => {
    scenario.attachByHand(GPU);
    const state = await scenario.given(db([B]));
    scenario.vcenter.pullDevice("host-12", GPU);
    const { diagnostics } = await scenario.apply(db([]), { state });
    expect(warningsOf({ diagnostics })).toEqual([
      expect.stringContaining(`What kind of device ${GPU} (PCI device 0) is can't be told`),
    ]);
    expect(scenario.attached()).toEqual([GPU]);
  });
});

describe("a device of another class that was pulled out, with a drive in its slot now", () => {
  it("is not taken for that drive: left alone and named", async () => {
    scenario = await Scenario.start();
    scenario.attachByHand(GPU);
    const state = await scenario.given(db([B]));
    const { attached } = scenario.machine();
    scenario.vcenter.pullDevice("host-12", GPU);
    scenario.vcenter.plugDevice("host-12", { ...OTHER_MODEL, address: GPU });
    scenario.change((machine) => (machine.attached = attached));
    const { state: after, diagnostics } = await scenario.apply(db([B]), { state });
    expect(texts(diagnostics)).toEqual([
      expect.stringMatching(new RegExp(`^warning: What kind of device ${GPU} \\(PCI device 0\\) is can't be told\n`)),
    ]);
    expect(after!.value["devices"]).toEqual([B]);
    expect(scenario.calls()).toEqual([]);
  });
});

describe("another model that somebody attached at a remembered address", () => {
  it("is told at each refresh, until it is accepted", async () => {
    scenario = await Scenario.start();
    const state = await scenario.given(db([A, B]));
    scenario.vcenter.pullDevice("host-12", A);
    scenario.vcenter.plugDevice("host-12", OTHER_MODEL);
    scenario.attachByHand(A);
    const warning = expect.stringMatching(new RegExp(`^warning: Another model is at ${A} now`));
    expect(texts((await scenario.refresh(state)).diagnostics)).toEqual([warning]);
    const { state: accepted } = await scenario.apply(db([A, B], { allow_device_change: true }), { state });
    expect(texts((await scenario.refresh(accepted!)).diagnostics)).toEqual([]);
    expect(scenario.calls()).toEqual([]);
  });
});

function loses(on: Scenario, connectionState: "orphaned" | "inaccessible"): void {
  const machine = on.machine();
  Object.assign(machine, { description: { ...machine.description, connectionState } });
}

describe("drives that can't be seen", () => {
  it.each([
    [
      "a disconnected host",
      (on: Scenario): unknown => (on.host().connectionState = "disconnected"),
      /Host esx01.example.test \(host-12\) is not connected to vCenter\n[^]*Reconnect the host/,
    ],
    [
      "an orphaned virtual machine",
      (on: Scenario): unknown => loses(on, "orphaned"),
      /Virtual machine db \(vm-42\) is not reachable through its host \(disconnected, orphaned or inaccessible\)\n/,
    ],
    [
      "an inaccessible virtual machine",
      (on: Scenario): unknown => loses(on, "inaccessible"),
      /^warning: vCenter has lost touch with VirtualMachine vm-42: it is inaccessible\n[^]*nothing was changed/,
    ],
  ] as const)("%s: a warning, the state stays as it is, and no apply touches it", async (_what, change, message) => {
    scenario = await Scenario.start();
    const state = await scenario.given(db([A, E]));
    change(scenario);
    const refreshed = await scenario.refresh(state);
    expect(texts(refreshed.diagnostics)).toEqual([expect.stringMatching(message)]);
    expect(refreshed.state).toEqual(state);
    const plan = await scenario.plan(db([A]), { state });
    expect([errorsOf(plan), plan.planned!.steps]).toEqual([[], [`remove ${E}`]]);
    const applied = await scenario.applyPlan(plan);
    expect([errorsOf(applied).length, applied.state!.value["devices"]]).toEqual([1, [A, E]]);
    expect(errorsOf(await scenario.destroy(state))).not.toEqual([]);
    expect(scenario.calls()).toEqual([]);
  });
});
