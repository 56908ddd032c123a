/** Ctrl-C in a terminal: the interrupt reaches the engine and the provider at once. */
import { brokenCallRules } from "../support/call-rules";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, C, changes, hotplugWorkspace, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

let vcenter: TestVcenter;
let workspace: TerraformWorkspace;
beforeEach(async () => {
  vcenter = await startTestVcenter({ timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 } });
  workspace = await hotplugWorkspace(vcenter, stack({ db: { virtual_machine_id: "vm-42", devices: [A] } }));
  await workspace.apply();
  await workspace.write("main.tf.json", stack({ db: { virtual_machine_id: "vm-42", devices: [A, B, C] } }));
});
afterEach(async () => {
  await workspace.dispose();
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

/** Applies a change whose first call takes `delayMs`, and returns once that call was made. */
async function applyUntilFirstCall(delayMs: number): Promise<ReturnType<TerraformWorkspace["start"]>> {
  vcenter.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "slow task", delayMs });
  const applying = workspace.start(["apply", "-no-color", "-auto-approve"]);
  await until(() => changes(vcenter).length === 2, applying.ended);
  return applying;
}

const interrupt = ({ child }: Awaited<ReturnType<typeof applyUntilFirstCall>>): boolean =>
  process.kill(-child.pid!, "SIGINT");

test("once: the call under way is waited for, no other is begun, and the state is true", async () => {
  const applying = await applyUntilFirstCall(2_000);
  interrupt(applying);
  const { status, stdout, stderr } = await applying.ended;
  expect(status).not.toBe(0);
  const printed = unwrapped(stdout + stderr);
  expect(printed).toContain("Error: The change of virtual machine db (vm-42) was stopped");
  expect(printed).toContain(`Calls made: add ${B}. Attached now: ${A}, ${B}. Calls left: add ${C}.`);
  expect(changes(vcenter)).toEqual([`add ${A} to vm-42`, `add ${B} to vm-42`]);
  expect((await workspace.state())["hotplug_passthrough_devices.db"]!["devices"]).toEqual([A, B]);
  await workspace.apply();
  expect(changes(vcenter).slice(2)).toEqual([`add ${C} to vm-42`]);
});

test("twice: ends at once, leaves no process, and the next apply finds what was done", async () => {
  const applying = await applyUntilFirstCall(4_000);
  const killed = Date.now();
  interrupt(applying);
  await new Promise((resolve) => applying.child.stdout!.once("data", resolve));
  interrupt(applying);
  const { status, stdout, stderr } = await applying.ended;
  expect(status).not.toBe(0);
  expect(unwrapped(stdout + stderr)).toMatch(/Two interrupts received|Operation canceled|interrupt/i);
  expect(Date.now() - killed).toBeLessThan(30_000);
  await until(() => groupIsGone(applying.child.pid!));

  await until(() => vcenter.vcenter.calls().every(({ task }) => task === undefined || task.completedAt !== undefined));
  expect(changes(vcenter)).toEqual([`add ${A} to vm-42`, `add ${B} to vm-42`]);
  // What the engine knows may be older than what was done; its refresh sees it, and only the rest is planned.
  const plan = await workspace.plan();
  expect(plan.changes).toMatchObject([{ change: { actions: ["update"], after: { steps: [`add ${C}`] } } }]);
  await workspace.apply({ saved: true });
  expect(changes(vcenter).slice(2)).toEqual([`add ${C} to vm-42`]);
});

async function until(holds: () => boolean, ended?: Promise<unknown>): Promise<void> {
  let over = false;
  void ended?.then(() => (over = true));
  for (const limit = Date.now() + 60_000; !holds(); ) {
    if (over || Date.now() > limit) throw new Error("what was waited for never came");
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

function groupIsGone(processGroup: number): boolean {
  try {
    return !process.kill(-processGroup, 0);
  } catch {
    return true;
  }
}

function unwrapped(text: string): string {
  return text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
}
