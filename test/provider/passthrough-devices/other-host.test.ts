import { UNKNOWN } from "../../../lib/tfplugin6/value";
import type { State } from "../../support/plugin-client";
import { brokenCallRules } from "../../support/call-rules";
import { hurriedClock } from "../hurried-clock";
import { A, B, Scenario, db, errorsOf, texts } from "../scenario";

jest.setTimeout(60_000);

let scenario: Scenario;
afterEach(async () => {
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

/** How long an apply waits for a device between two looks. */
const WAIT_FOR_DEVICE_MS = 5_000;

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

  it("is refused where only host_id changes, and no call is left: the state doesn't say what isn't so", async () => {
    const [one, other] = [scenario.host("host-12"), scenario.host("host-14")];
    const home = scenario.machine();
    other.virtualMachines.splice(other.virtualMachines.indexOf(home), 1);
    home.host = one;
    one.virtualMachines.push(home);
    const before = await scenario.given(db([A], { host_id: "host-12" }));
    const refused = await scenario.apply(db([A], { host_id: "host-14" }), { state: before });
    expect(errorsOf(refused)).toEqual([
      expect.stringMatching(
        /^error: The virtual machine is on host esx01 \(host-12\), and host_id names host host-14\n/,
      ),
    ]);
    expect(refused.state!.value).toMatchObject({ host_id: "host-12", devices: [A] });
    expect(scenario.calls()).toEqual([]);
  });

  it("is not accepted in silence by a change of something else", async () => {
    const empty = await scenario.apply(db([]), { state });
    const changed = await scenario.apply(db([], { timeouts: { update: "5m" } }), { state: empty.state });
    expect(errorsOf(changed)).toEqual([expect.stringMatching(/^error: The virtual machine is on host esx03/)]);
  });

  it("is no obstacle to a destroy that has no device to take off", async () => {
    expect(errorsOf(await scenario.destroy(state))).toEqual([]);
  });

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
