/** The embedded vCenter in a process of its own, and CDKTF's matchers, which block theirs. */
import { existsSync } from "node:fs";
import "cdktf/lib/testing/adapters/jest";
import { App, TerraformStack, Testing } from "cdktf";
import { HotplugProvider, HotplugReadyVm } from "../../lib/index";
import { startVcenter, type VcenterProcess } from "../../lib/testing";
import { keepCallLog } from "../support/vcenter";

Testing.setupJest();

const before = { ...process.env };
let vcenter: VcenterProcess;
beforeAll(async () => {
  vcenter = await startVcenter({ timings: { queueMs: 0, hotPlugMs: 1, publishMs: 0 } });
  Object.assign(process.env, vcenter.environment, { CHECKPOINT_DISABLE: "1" });
}, 60_000);
afterAll(async () => {
  await keepCallLog(await vcenter.calls());
  await vcenter.stop();
  for (const name of Object.keys(vcenter.environment)) if (!(name in before)) delete process.env[name];
});

function lab(virtualMachineId: string): string {
  const stack = new TerraformStack(Testing.stubVersion(new App({ stackTraces: false })), "lab");
  new HotplugProvider(stack, "hotplug");
  HotplugReadyVm.fromVirtualMachineId(stack, "db", { virtualMachineId, devices: ["0000:3b:00.0"] });
  return Testing.fullSynth(stack);
}

test("toPlanSuccessfully plans on it, and toBeValidTerraform finds the provider", async () => {
  expect(lab("vm-42")).toBeValidTerraform();
  expect(lab("vm-42")).toPlanSuccessfully();
  expect((await vcenter.calls()).map(({ operation }) => operation)).toContain("Login");
}, 120_000);

test("a stack that vCenter doesn't fit plans with an error", () => {
  expect(lab("vm-99")).not.toPlanSuccessfully();
}, 120_000);

test("its hardware is changed, its faults are injected and its log is read from outside", async () => {
  await vcenter.pullDevice("host-12", "0000:61:00.0");
  await expect(vcenter.pullDevice("host-12", "0000:61:00.0")).rejects.toThrow("0000:61:00.0");
  await vcenter.plugDevice("host-12", "0000:61:00.0");
  await vcenter.injectFault({ operation: "Login" }, { kind: "fault", type: "InvalidLogin" });
  expect(lab("vm-42")).not.toPlanSuccessfully();
}, 120_000);

test("an inventory that is wrong is an error of the start", async () => {
  await expect(startVcenter({ inventory: { hosts: [{}] } as never })).rejects.toThrow(/inventory/);
}, 60_000);

test("once stopped, it is gone with its files, and says so when it is asked", async () => {
  const other = await startVcenter();
  expect(existsSync(other.caFile)).toBe(true);
  await other.stop();
  await other.stop();
  expect(existsSync(other.caFile)).toBe(false);
  await expect(other.calls()).rejects.toThrow("process has ended");
}, 60_000);
