/**
 * What has to hold with the provider as it ships, by whichever engine: the same tests for the compiled executable and
 * the script, for Terraform and OpenTofu (HOTPLUG_TEST_ARTEFACT, HOTPLUG_TEST_ENGINE).
 */
import { brokenCallRules } from "../support/call-rules";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, C, D, E, changes, hotplugWorkspace, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

let vcenter: TestVcenter;
let workspace: TerraformWorkspace;
beforeEach(async () => {
  vcenter = await startTestVcenter({ timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 } });
});
afterEach(async () => {
  await workspace.dispose();
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

const ADDRESS = "hotplug_passthrough_devices.db";
const db = (devices: unknown, more: object = {}): Record<string, object> => ({
  db: { virtual_machine_id: "vm-42", devices, ...more },
});
const use = (configuration: object): Promise<void> => workspace.write("main.tf.json", configuration);

test.each([1, 2])(
  "a change whose call %i failed shows the calls that are left when it is planned again",
  async (call) => {
    workspace = await hotplugWorkspace(vcenter, stack(db([A])));
    await workspace.apply();
    await use(stack(db([B])));
    vcenter.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", occurrence: call },
      { kind: "task fault", type: "InvalidState" },
    );
    await workspace.applyFailing();
    const left = [`remove ${A}`, `add ${B}`].slice(call - 1);
    const again = await workspace.plan();
    expect(again.changes).toMatchObject([{ change: { actions: ["update"], after: { steps: left } } }]);
    // In what the person reads, too, where an unchanged attribute is hidden.
    for (const step of left) expect(again.text).toContain(`"${step}"`);
    await workspace.apply({ saved: true });
    expect((await workspace.plan()).changed).toBe(false);
  },
);

test(
  "a set that changes becomes single calls in the planned order; another plan is empty; destroy " + "takes all off",
  async () => {
    workspace = await hotplugWorkspace(vcenter, stack(db([A, D])));
    const created = await workspace.plan();
    expect(created.changes).toMatchObject([
      {
        address: ADDRESS,
        change: {
          actions: ["create"],
          after: { steps: [`add ${A}`, `add ${D}`] },
          after_unknown: { attached: true, host_id: true },
        },
      },
    ]);
    await workspace.apply({ saved: true });
    expect(changes(vcenter)).toEqual([`add ${A} to vm-42`, `add ${D} to vm-42`]);

    await use(stack(db([A, B, C])));
    const updated = await workspace.plan();
    expect(updated.changes).toMatchObject([
      { change: { actions: ["update"], after: { steps: [`remove ${D}`, `add ${B}`, `add ${C}`] } } },
    ]);
    for (const step of [`remove ${D}`, `add ${B}`, `add ${C}`]) expect(updated.text).toContain(`"${step}"`);
    await workspace.apply({ saved: true });
    expect(changes(vcenter).slice(2)).toEqual(["remove from vm-42", `add ${B} to vm-42`, `add ${C} to vm-42`]);
    expect((await workspace.state())[ADDRESS]).toMatchObject({
      host_id: "host-12",
      attached: { [A]: { vendor_id: "8086", device_id: "0a54" }, [B]: {}, [C]: {} },
    });

    expect((await workspace.plan()).changed).toBe(false);
    await workspace.destroy();
    expect(changes(vcenter).slice(5)).toEqual(["remove from vm-42", "remove from vm-42", "remove from vm-42"]);
  },
);

test("devices from another resource's attribute are unknown at plan, and applied", async () => {
  const slots = { terraform_data: { slots: { input: [A, E] } } };
  workspace = await hotplugWorkspace(vcenter, stack(db("${terraform_data.slots.output}"), { resource: slots }));
  const plan = await workspace.plan();
  expect(plan.changes.find(({ address }) => address === ADDRESS)).toMatchObject({
    change: { actions: ["create"], after_unknown: { devices: true, steps: true } },
  });
  await workspace.apply({ saved: true });
  expect(changes(vcenter)).toEqual([`add ${A} to vm-42`, `add ${E} to vm-42`]);
  expect((await workspace.state())[ADDRESS]).toMatchObject({
    attached: { [E]: { vendor_id: "144d", device_id: "a824" } },
  });
  expect((await workspace.plan()).changed).toBe(false);
});

test("a create that fails halfway records nothing and taints nothing: the next apply adopts and goes on", async () => {
  workspace = await hotplugWorkspace(vcenter, stack(db([A, B, C])));
  vcenter.vcenter.faults.inject(
    { operation: "ReconfigVM_Task", occurrence: 2 },
    { kind: "task fault", type: "InvalidState", message: "the slot is off" },
  );
  const printed = unwrapped(await workspace.applyFailing());
  expect(printed).toContain(`Error: vCenter did not add device ${B} to virtual machine db (vm-42)`);
  expect(printed).toContain(`Calls made: add ${A}. Attached now: ${A}. Calls left: add ${B}, add ${C}.`);
  expect(printed).not.toMatch(/Provider produced|tainted/);
  expect(await workspace.state()).toEqual({});
  const again = await workspace.plan();
  expect(again.changes).toMatchObject([{ change: { actions: ["create"] } }]);
  expect(again.text).toContain(`Virtual machine db (vm-42) already has ${A}`);
  await workspace.apply({ saved: true });
  expect(changes(vcenter).slice(2)).toEqual([`add ${B} to vm-42`, `add ${C} to vm-42`]);
});

test("an update that fails halfway keeps what is true, and the next apply makes the rest", async () => {
  workspace = await hotplugWorkspace(vcenter, stack(db([A])));
  await workspace.apply();
  await use(stack(db([A, B, C])));
  vcenter.vcenter.faults.inject(
    { operation: "ReconfigVM_Task", occurrence: 2 },
    { kind: "task fault", type: "InvalidState" },
  );
  await workspace.applyFailing();
  expect((await workspace.state())[ADDRESS]!["devices"]).toEqual([A, B]);
  await workspace.apply();
  expect(changes(vcenter)).toEqual([
    `add ${A} to vm-42`,
    `add ${B} to vm-42`,
    `add ${C} to vm-42 (error)`,
    `add ${C} to vm-42`,
  ]);
});

test("an import block by inventory path plans nothing but the import", async () => {
  workspace = await hotplugWorkspace(vcenter, stack(db([A])));
  await workspace.apply();
  const other = await hotplugWorkspace(
    vcenter,
    stack(db([A], { virtual_machine_id: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042" }), {
      import: [{ to: ADDRESS, id: "/DC0/vm/db" }],
    }),
  );
  try {
    const plan = await other.plan();
    expect(plan.changes).toMatchObject([{ change: { actions: ["no-op"], importing: { id: "/DC0/vm/db" } } }]);
    await other.apply({ saved: true });
    expect((await other.plan()).changed).toBe(false);
    expect(changes(vcenter)).toHaveLength(1);
  } finally {
    await other.dispose();
  }
});

test("a saved plan never makes a call that it didn't name", async () => {
  workspace = await hotplugWorkspace(vcenter, stack(db([A])));
  await workspace.apply();
  await use(stack(db([A, B])));
  await workspace.plan();
  vcenter.vcenter.pullDevice("host-12", A);
  vcenter.vcenter.plugDevice("host-12", A);
  const printed = unwrapped(await workspace.applyFailing({ saved: true }));
  expect(printed).toContain(`Error: Device ${A} is no longer on virtual machine db (vm-42)`);
  expect(printed).not.toContain("Provider produced");
  expect(changes(vcenter)).toEqual([`add ${A} to vm-42`, `add ${B} to vm-42`]);
});

/** What the engine printed, without the frame and the line breaks that it puts into it. */
function unwrapped(text: string): string {
  return text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");
}
