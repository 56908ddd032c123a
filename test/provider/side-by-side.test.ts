/** Several resources of one apply in one provider process, as Terraform asks for them: beside each other. */
import { systemClock } from "../../lib/clock";
import { RunOwnership } from "../../lib/provider/run-ownership";
import { HostGate } from "../../lib/provider/host-gate";
import { brokenCallRules } from "../support/call-rules";
import type { Outcome, Plan, PluginClient } from "../support/plugin-client";
import { until } from "../support/until";
import { A, B, C, errorsOf, Scenario, TYPE } from "./scenario";

jest.setTimeout(60_000);

const HOUR_MS = 3_600_000;
const DEVICES = { type: TYPE, config: { virtual_machine_id: "vm-42", devices: [A, B, C] } };
const SETTINGS = { type: "hotplug_virtual_machine_settings", config: { virtual_machine_id: "vm-42" } };
const HOST = { type: "hotplug_host", config: { host_id: "host-12", passthrough_devices: [A, B, C] } };

let scenario: Scenario;
/** What takes an hour of vCenter's time, which passes when a test says so. */
let asleep: (() => void)[];
beforeEach(async () => {
  asleep = [];
  scenario = await Scenario.start({
    clock: {
      now: systemClock.now,
      sleep: (ms, signal) =>
        ms < HOUR_MS ? systemClock.sleep(ms, signal) : new Promise((resolve) => asleep.push(resolve)),
    },
  });
});
afterEach(async () => {
  jest.restoreAllMocks();
  hourPasses();
  expect(brokenCallRules(scenario.log())).toEqual([]);
  await scenario.stop();
});

const hourPasses = (): void => asleep.splice(0).forEach((wake) => wake());
const isAsleep = (): boolean => asleep.length > 0;

/** Plans in one command, as Terraform does, and lets `apply` do in another what it likes with the plans. */
async function planned<T>(
  resources: readonly { type: string; config: object }[],
  apply: (client: PluginClient, plans: Plan[]) => Promise<T>,
): Promise<T> {
  const plans = await scenario.command({}, async (client) => {
    const all: Plan[] = [];
    for (const { type, config } of resources) all.push(await client.plan(type, { config: { ...config } }));
    return all;
  });
  return scenario.command({}, (client) => apply(client, plans));
}

test("devices, settings and host of one virtual machine: all end, and every call is made", async () => {
  const [machine, host] = [jest.spyOn(RunOwnership.prototype, "exclusively"), jest.spyOn(HostGate.prototype, "alone")];
  scenario.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "slow task", delayMs: HOUR_MS });
  const outcomes = await planned([DEVICES, SETTINGS, HOST], async (client, plans) => {
    const ended: Outcome[] = [];
    const arrived = [isAsleep, () => machine.mock.calls.length === 2, () => host.mock.calls.length === 1];
    for (const [index, plan] of plans.entries()) {
      void client.apply(plan).then((outcome) => (ended[index] = outcome));
      await until(arrived[index]!);
    }
    hourPasses();
    await until(() => ended.filter(Boolean).length === 3);
    return ended;
  });
  expect(outcomes.map(errorsOf)).toEqual([[], [], []]);
  expect(scenario.calls()).toEqual([A, B, C].map((address) => `add ${address} on vm-42`));
  expect(scenario.attached()).toEqual([A, B, C]);
});

describe("a step that waits for its host, which is being changed", () => {
  /** One device is added, and the next step waits, when `meanwhile` is done; then the host's change goes on. */
  async function whileWaiting(meanwhile: (client: PluginClient) => Promise<void>): Promise<Outcome> {
    const [step, host] = [jest.spyOn(HostGate.prototype, "together"), jest.spyOn(HostGate.prototype, "alone")];
    const { faults } = scenario.vcenter;
    return planned([DEVICES, HOST], async (client, [devices, prepared]) => {
      faults.inject({ operation: "ReconfigVM_Task" }, { kind: "slow task", delayMs: HOUR_MS });
      const adding = client.apply(devices!);
      await until(isAsleep);
      const preparing = client.apply(prepared!);
      await until(() => host.mock.calls.length === 1);
      faults.inject({ operation: "ExecuteSoap" }, { kind: "stall", delayMs: HOUR_MS });
      hourPasses();
      await until(() => isAsleep() && step.mock.calls.length === 2);
      expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
      await meanwhile(client);
      hourPasses();
      await preparing;
      return adding;
    });
  }

  it("is taken when the change is over", async () => {
    expect(errorsOf(await whileWaiting(async () => {}))).toEqual([]);
    expect(scenario.calls()).toEqual([A, B, C].map((address) => `add ${address} on vm-42`));
  });

  it("is not taken when Terraform is interrupted meanwhile", async () => {
    expect(errorsOf(await whileWaiting((client) => client.stop()))).toEqual([
      expect.stringMatching(
        new RegExp(
          `^error: The change of virtual machine db \\(vm-42\\) was stopped\n[^]*Calls made: add ${A}\\. ` +
            `Attached now: ${A}\\. Calls left: add ${B}, add ${C}\\.`,
        ),
      ),
    ]);
    expect(scenario.calls()).toEqual([`add ${A} on vm-42`]);
  });
});
