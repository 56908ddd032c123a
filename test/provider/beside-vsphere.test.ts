import { A, B, db, Scenario, warningsOf } from "./scenario";

// What vmware/vsphere takes back where the arguments beside ours aren't in its resource is told by a plan.

let scenario: Scenario;
beforeEach(async () => void (scenario = await Scenario.start()));
afterEach(() => scenario.stop());

const SETTINGS = "hotplug_virtual_machine_settings";

test("memory that was reserved and locked, and no longer is, is told with the arguments to write (M2)", async () => {
  const config = { virtual_machine_id: "vm-42" };
  const plan = await scenario.plan(config, { type: SETTINGS });
  const { state } = await scenario.applyPlan(plan);
  expect(warningsOf(await scenario.refresh(state!))).toEqual([]);

  scenario.change((vm) => (vm.settings.memoryReservationLockedToMax = false));
  const after = await scenario.plan(config, { type: SETTINGS, state });
  expect(warningsOf(after)[0]).toMatch(/memory_reservation equal to memory.*memory_reservation_locked_to_max = true/s);
  expect(after.action).toBe("update");
});

test("all devices taken off at once are told with the argument that keeps them", async () => {
  const state = await scenario.given(db([A, B]));
  scenario.detachByHand(A);
  expect(warningsOf(await scenario.refresh(state))).toEqual([]);

  scenario.detachByHand(B);
  const { diagnostics } = await scenario.refresh(state);
  expect(warningsOf({ diagnostics })).toEqual([
    expect.stringMatching(/db \(vm-42\) has lost all its devices.*ignore_changes = \[pci_device_id\]/s),
  ]);
});

test("a drive that was pulled out is told as that, and not as taken off", async () => {
  const state = await scenario.given(db([A]));
  scenario.vcenter.pullDevice("host-12", A);
  const said = warningsOf(await scenario.refresh(state));
  expect(said).toEqual([expect.stringContaining("(rule V6)")]);
});
