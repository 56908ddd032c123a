/**
 * VSPHERE_SERVER names another vCenter than the one that the state is about: the same ids are other people's machines
 * and hosts there.
 */
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Config, State } from "../support/plugin-client";
import { isWrite } from "../support/writes";
import { A, B, Scenario, errorsOf } from "./scenario";

jest.setTimeout(60_000);

const ANOTHER =
  /^error: This is another vCenter than the one that the state is about\n[^]*5a1d8f0e-6c1b-4f7e-9a52-3f0c8f6f1c01[^]*7e57ab1e-0000-4000-8000-000000000002[^]*VSPHERE_SERVER/;

let ours: Scenario;
let theirs: Scenario;
beforeEach(async () => {
  ours = await Scenario.start({ inventory: inventory(defaultInventory.vcenter!.instanceUuid!) });
  theirs = await Scenario.start({ inventory: inventory("7e57ab1e-0000-4000-8000-000000000002") });
  theirs.attachByHand(A);
});
afterEach(async () => {
  await ours.stop();
  await theirs.stop();
});

function inventory(instanceUuid: string): typeof defaultInventory {
  const [host, ...hosts] = defaultInventory.hosts;
  const devices = host!.devices!.map((device) =>
    device.address === B ? { ...device, passthrough: "disabled" as const } : device,
  );
  return {
    ...defaultInventory,
    vcenter: { ...defaultInventory.vcenter, instanceUuid },
    hosts: [{ ...host!, devices }, ...hosts],
  };
}

const CASES: Record<string, { config: Config; change: Config }> = {
  hotplug_passthrough_devices: {
    config: { virtual_machine_id: "vm-42", devices: [A] },
    change: { virtual_machine_id: "vm-42", devices: [] },
  },
  hotplug_virtual_machine_settings: {
    config: { virtual_machine_id: "vm-42" },
    change: { virtual_machine_id: "vm-42", hardware_version: 21, power_cycle: "if_needed", force_power_off: true },
  },
  hotplug_host: {
    config: { host_id: "host-12", passthrough_devices: [B] },
    change: { host_id: "host-12", passthrough_devices: [A, B], min_intr_cookies: 8192 },
  },
};

test.each(Object.entries(CASES))(
  "%s: refresh, plan, apply and destroy are an error there, and change nothing",
  async (type, { config, change }) => {
    const plan = await ours.plan(config, { type });
    const { state } = await ours.applyPlan(plan);
    expect(state).not.toBeNull();
    const saved = await ours.plan(change, { type, state });
    expect(errorsOf(saved)).toEqual([]);

    const refreshed = await theirs.refresh(state!);
    expect([errorsOf(refreshed), refreshed.state]).toEqual([[expect.stringMatching(ANOTHER)], state]);
    expect(errorsOf(await theirs.plan(change, { type, state, refresh: false }))).toEqual([
      expect.stringMatching(ANOTHER),
    ]);
    const applied = await theirs.applyPlan(saved);
    expect([errorsOf(applied), applied.state!.value]).toEqual([[expect.stringMatching(ANOTHER)], saved.prior!.value]);
    // What a virtual machine was set to is left as it is: there a destroy is no more than forgetting.
    const destroyed = await theirs.command({}, (client) => client.destroy(state as State));
    expect(errorsOf(destroyed)).toEqual(
      type === "hotplug_virtual_machine_settings" ? [] : [expect.stringMatching(ANOTHER)],
    );

    expect(theirs.log().filter(isWrite)).toEqual([]);
    expect(theirs.attached()).toEqual([A]);
    expect(errorsOf(await ours.applyPlan(saved))).toEqual([]);
  },
);
