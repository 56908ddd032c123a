import { UNKNOWN } from "../../../lib/tfplugin6/value";
import type { State } from "../../support/plugin-client";
import { brokenCallRules } from "../../support/call-rules";
import { hurriedClock } from "../hurried-clock";
import { A, B, C, E, GPU, Scenario, db, errorsOf, texts, warningsOf } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

/** How long an apply waits for a device between two looks. */
const WAIT_FOR_DEVICE_MS = 5_000;
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
    const plan = await scenario.plan(db([A, B]), { state });
    expect(plan).toMatchObject({ action: "update", planned: { steps: [`add ${A}`] } });
    expect(texts(plan.diagnostics)).toEqual([
      `warning: Host esx01.example.test (host-12) shows no device at ${A} (8086:0a54 (subsystem 8086:4702) before)\n` +
        `The drive was pulled out, or its slot is off. Take ${A} out of devices, or put a drive back into its ` +
        "slot (wait_for_device makes the apply wait for it), then apply again. (rule V6)",
    ]);
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
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value["devices"]).toEqual([B]);
    expect(scenario.calls()).toEqual([]);
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

describe("a virtual machine on another host", () => {
  const move = (): void =>
    scenario.change((machine) => {
      machine.attached = [];
      machine.host.virtualMachines.splice(machine.host.virtualMachines.indexOf(machine), 1);
      machine.host = scenario.host("host-14");
      machine.host.virtualMachines.push(machine);
    });
  let state: State;
  beforeEach(async () => {
    const nvme = (address: string) => ({
      address,
      vendor: "8086",
      device: "0a54",
      subsystemVendor: "8086",
      subsystemDevice: "4702",
      vendorName: "Intel Corporation",
    });
    const host = { devices: [nvme(A), nvme(B)], version: "8.0.3" };
    scenario = await Scenario.start({
      inventory: {
        hosts: [
          { id: "host-12", name: "esx01", ...host },
          { id: "host-14", name: "esx03", ...host },
        ],
        virtualMachines: [{ id: "vm-42", name: "db", host: "esx01" }],
      },
    });
    state = await scenario.given(db([A]));
    move();
  });

  it("is warned of at plan, and refused at apply before any call, naming both", async () => {
    const plan = await scenario.plan(db([A]), { state });
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(
        /^warning: The virtual machine is on host esx03 \(host-14\), and the devices were attached on host host-12\n/,
      ),
    ]);
    expect(errorsOf(await scenario.applyPlan(plan))).toEqual([
      expect.stringMatching(
        /^error: The virtual machine is on host esx03 \(host-14\), and the devices were attached on host host-12\n[^]*allow_device_change/,
      ),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it("is warned of where nothing else has changed, too", async () => {
    const empty = await scenario.apply(db([]), { state });
    expect(texts((await scenario.plan(db([]), { state: empty.state })).diagnostics)).toEqual([
      expect.stringMatching(
        /^warning: The virtual machine is on host host-14, and the devices were attached on host host-12\n/,
      ),
    ]);
  });

  it("is accepted by allow_device_change, once and for all", async () => {
    const { state: after, diagnostics } = await scenario.apply(db([A], { allow_device_change: true }), { state });
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value["host_id"]).toBe("host-14");
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
    expect(texts((await scenario.plan(db([A, B]), { state: after })).diagnostics)).toEqual([]);
  });

  it("is accepted by an allow_device_change that is known only at apply", async () => {
    const plan = await scenario.plan(db([A], { allow_device_change: UNKNOWN }), { state });
    const { state: after, diagnostics } = await scenario.applyPlan(plan, {
      config: db([A], { allow_device_change: true }),
    });
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value["host_id"]).toBe("host-14");
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
  });

  it("is not accepted by an allow_device_change that turns out to be false", async () => {
    const plan = await scenario.plan(db([A], { allow_device_change: UNKNOWN }), { state });
    const refused = await scenario.applyPlan(plan, { config: db([A], { allow_device_change: false }) });
    expect(errorsOf(refused)).toEqual([
      expect.stringMatching(
        /^error: The virtual machine is on host esx03 \(host-14\), and the devices were attached on host host-12\n/,
      ),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it("is accepted by a host_id that names its new host, by name or by id", async () => {
    const { state: after, diagnostics } = await scenario.apply(db([A], { host_id: "esx03" }), { state });
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value["host_id"]).toBe("esx03");
    expect(await scenario.plan(db([A], { host_id: "esx03" }), { state: after })).toMatchObject({
      action: "no-op",
      diagnostics: [],
    });
  });

  it("is refused where host_id names the host of before, whatever else is allowed", async () => {
    const refused = await scenario.apply(db([A], { host_id: "host-12", allow_device_change: true }), { state });
    expect(errorsOf(refused)).toEqual([
      expect.stringMatching(
        /^error: The virtual machine is on host esx03 \(host-14\), and host_id names host host-12\n/,
      ),
    ]);
    expect(scenario.calls()).toEqual([]);
  });

  it.each([false, true])(
    "is refused where it went there since the apply began (allow_device_change = %s)",
    async (allowed) => {
      const machine = scenario.machine();
      const [host, other] = [scenario.host("host-12"), machine.host];
      const moveTo = (to: typeof host): void => {
        machine.host.virtualMachines.splice(machine.host.virtualMachines.indexOf(machine), 1);
        machine.host = to;
        to.virtualMachines.push(machine);
        machine.touch();
      };
      moveTo(host);
      scenario.vcenter.pullDevice("host-12", A);
      const planned = await scenario.plan(db([A], { wait_for_device: "1m", allow_device_change: allowed }));
      const clock = hurriedClock(30);
      const sleep: typeof clock.sleep = (ms, signal) => {
        if (ms === WAIT_FOR_DEVICE_MS && machine.host === host) moveTo(other);
        return clock.sleep(ms, signal);
      };
      const refused = await scenario.applyPlan(planned, { clock: { ...clock, sleep } });
      expect(errorsOf(refused)).toEqual([
        expect.stringMatching(
          /^error: The virtual machine is on host esx03 \(host-14\), and the devices were attached on host host-12\n/,
        ),
      ]);
      expect(scenario.calls()).toEqual([]);
    },
  );

  it("is refused where a new resource's host_id names another host", async () => {
    const refused = await scenario.apply(db([A], { host_id: "esx01" }));
    expect(errorsOf(refused)).toEqual([
      expect.stringMatching(
        /^error: The virtual machine is on host esx03 \(host-14\), and host_id names host host-12\n/,
      ),
    ]);
    expect(scenario.calls()).toEqual([]);
  });
});

function loses(on: Scenario, connectionState: "orphaned" | "inaccessible"): void {
  const machine = on.machine();
  Object.assign(machine, { description: { ...machine.description, connectionState } });
}

describe("a replacement: another virtual machine, on another host", () => {
  beforeEach(async () => {
    const host = (device: string) => ({ devices: [{ address: A, vendor: "144d", device }] });
    scenario = await Scenario.start({
      inventory: {
        hosts: [
          { id: "host-12", name: "esx01", ...host("a824") },
          { id: "host-14", name: "esx03", ...host("a80a") },
        ],
        virtualMachines: [
          { id: "vm-42", name: "db", host: "esx01" },
          { id: "vm-43", name: "new", host: "esx03" },
        ],
      },
    });
  });

  it("is told nothing of the host and the drives before", async () => {
    const state = await scenario.given(db([A]));
    const { state: after, diagnostics } = await scenario.apply(
      { virtual_machine_id: "vm-43", devices: [A] },
      { state },
    );
    expect(texts(diagnostics)).toEqual([]);
    expect(after!.value).toMatchObject({ host_id: "host-14", attached: { [A]: { device_id: "a80a" } } });
    expect(scenario.calls()).toEqual([`remove ${A} on vm-42`, `add ${A} on vm-43`]);
  });

  it("has the new one's warnings in the plan", async () => {
    const state = await scenario.given(db([A]));
    scenario.vcenter.pullDevice("esx03", A);
    const plan = await scenario.plan({ virtual_machine_id: "vm-43", devices: [A] }, { state });
    expect(plan.action).toBe("replace");
    expect(texts(plan.diagnostics)).toEqual([
      expect.stringMatching(new RegExp(`^warning: Host esx03 \\(host-14\\) shows no device at ${A}\n`)),
    ]);
  });
});

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
      /vm-42[^]*inaccessible[^]*nothing was changed/,
    ],
  ] as const)("%s: an error, and the state stays as it is", async (_what, change, message) => {
    scenario = await Scenario.start();
    const state = await scenario.given(db([A, E]));
    change(scenario);
    const refreshed = await scenario.refresh(state);
    expect(errorsOf(refreshed)).toEqual([expect.stringMatching(message)]);
    expect(refreshed.state).toEqual(state);
    expect(errorsOf(await scenario.destroy(state))).not.toEqual([]);
    expect(scenario.calls()).toEqual([]);
  });
});
