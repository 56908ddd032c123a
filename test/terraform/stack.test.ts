/** Several virtual machines in one stack, over a provider that stays. */
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { PROVIDER_ADDRESS } from "../../lib/provider/address";
import { hotplugProvider } from "../../lib/provider/provider";
import { serveForReattach, type ReattachServer } from "../../lib/tfplugin6/reattach";
import { brokenCallRules } from "../support/call-rules";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, C, changes, hotplugWorkspace, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

let vcenter: TestVcenter;
let provider: ReattachServer;
let workspace: TerraformWorkspace;
afterEach(async () => {
  await workspace.dispose();
  await provider.close();
  expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
  await vcenter.stop();
});

async function begin(configuration: object, inventory?: Inventory): Promise<void> {
  vcenter = await startTestVcenter({
    timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 },
    ...(inventory && { inventory }),
  });
  provider = await serveForReattach(hotplugProvider({ environment: vcenter.environment }), {
    address: PROVIDER_ADDRESS,
  });
  workspace = await hotplugWorkspace(vcenter, configuration, { reattach: provider.reattach });
}

const unwrapped = (text: string): string => text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ");

test(
  "one pulled drive in a stack of ten: the plan warns and goes on, nine deploy, the tenth fails by name after " +
    "its other steps",
  async () => {
    const slots = (machine: number): string[] =>
      [1, 2, 3].map((bus) => `0000:${(machine * 8 + bus).toString(16).padStart(2, "0")}:00.0`);
    const numbers = Array.from({ length: 10 }, (_, index) => index);
    const inventory: Inventory = {
      hosts: [
        {
          id: "host-12",
          name: "esx01",
          devices: numbers.flatMap((n) => slots(n).map((address) => ({ address, vendor: "144d", device: "a824" }))),
        },
      ],
      virtualMachines: numbers.map((n) => ({ id: `vm-10${n}`, name: `db${n}`, host: "esx01" })),
    };
    const all = (count: number): object =>
      stack(
        Object.fromEntries(
          numbers.map((n) => [`db${n}`, { virtual_machine_id: `vm-10${n}`, devices: slots(n).slice(0, count) }]),
        ),
      );
    await begin(all(1), inventory);
    await workspace.apply();

    await workspace.write("main.tf.json", all(3));
    const [kept, pulled, last] = slots(7) as [string, string, string];
    vcenter.vcenter.pullDevice("esx01", pulled);
    const plan = await workspace.plan();
    expect(plan.changes.map(({ change }) => change.actions)).toEqual(numbers.map(() => ["update"]));
    expect(unwrapped(plan.text)).toContain(`Warning: Host esx01 (host-12) shows no device at ${pulled}`);

    const printed = unwrapped(await workspace.applyFailing({ saved: true }));
    expect(printed.match(/Error: /g)).toHaveLength(1);
    expect(printed).toContain(`Error: Host esx01 (host-12) shows no device at ${pulled}`);
    expect(printed).toContain("with hotplug_passthrough_devices.db7");
    expect(printed).toContain(`Calls made: add ${last}. Attached now: ${kept}, ${last}. Calls left: add ${pulled}.`);
    const state = await workspace.state();
    for (const n of numbers)
      expect(state[`hotplug_passthrough_devices.db${n}`]!["devices"]).toEqual(n === 7 ? [kept, last] : slots(n));
    expect(changes(vcenter)).toHaveLength(10 + 19);

    vcenter.vcenter.plugDevice("esx01", pulled);
    await workspace.apply();
    expect(changes(vcenter).slice(29)).toEqual([`add ${pulled} to vm-107`]);
  },
);

describe("a device that moves from one virtual machine to another in one apply", () => {
  const before = stack({
    one: { virtual_machine_id: "vm-42", devices: [A, B] },
    two: { virtual_machine_id: "vm-43", devices: [C] },
  });
  const after = (ordered: boolean): object =>
    stack({
      one: { virtual_machine_id: "vm-42", devices: [B] },
      two: {
        virtual_machine_id: "vm-43",
        devices: [A, C],
        ...(ordered && { depends_on: ["hotplug_passthrough_devices.one"] }),
      },
    });

  test("works where the stack orders it, and the plan needs no word about it", async () => {
    await begin(before);
    await workspace.apply();
    await workspace.write("main.tf.json", after(true));
    expect((await workspace.plan()).text).not.toContain("Warning");
    await workspace.apply({ saved: true });
    expect(changes(vcenter).slice(3)).toEqual(["remove from vm-42", `add ${A} to vm-43`]);
    expect((await workspace.plan()).changed).toBe(false);
  });

  test("works where the stack doesn't order it, too: the one waits while the other takes it off", async () => {
    await begin(before);
    await workspace.apply();
    await workspace.write("main.tf.json", after(false));
    await workspace.plan();
    vcenter.vcenter.faults.inject(
      { operation: "ReconfigVM_Task", target: "vm-42" },
      { kind: "slow task", delayMs: 1_500 },
    );
    await workspace.apply({ saved: true });
    expect(changes(vcenter).slice(3)).toEqual(["remove from vm-42", `add ${A} to vm-43`]);
    expect((await workspace.plan()).changed).toBe(false);
  });

  test("is named with its holder where that isn't of the stack, and all else is done", async () => {
    await begin(stack({ two: { virtual_machine_id: "vm-43", devices: [A, C] } }));
    await workspace.apply();
    await workspace.write("main.tf.json", stack({ one: { virtual_machine_id: "vm-42", devices: [A, B] } }));
    await workspace.run(["state", "rm", "hotplug_passthrough_devices.two"]);
    expect(unwrapped((await workspace.plan()).text)).toMatch(
      /Warning: Device 0000:3b:00.0 \([^)]*\) is used by virtual machine cache \(vm-43\)/,
    );
    const printed = unwrapped(await workspace.applyFailing({ saved: true }));
    expect(printed).toMatch(/Error: Device 0000:3b:00.0 \([^)]*\) is used by virtual machine cache \(vm-43\)/);
    expect(printed).toContain(`Attached now: ${B}. Calls left: add ${A}.`);
  });
});

test("two virtual machines that exchange a device have them after one apply", async () => {
  const both = (one: string, two: string): object =>
    stack({
      one: { virtual_machine_id: "vm-42", devices: [one] },
      two: { virtual_machine_id: "vm-43", devices: [two] },
    });
  await begin(both(A, B));
  await workspace.apply();
  await workspace.write("main.tf.json", both(B, A));
  await workspace.apply();
  expect([...changes(vcenter).slice(2)].sort()).toEqual([
    `add ${A} to vm-43`,
    `add ${B} to vm-42`,
    "remove from vm-42",
    "remove from vm-43",
  ]);
  expect((await workspace.plan()).changed).toBe(false);
});

test("a change that failed and is planned again shows its calls", async () => {
  await begin(stack({ db: { virtual_machine_id: "vm-42", devices: [A] } }));
  await workspace.apply();
  await workspace.write("main.tf.json", stack({ db: { virtual_machine_id: "vm-42", devices: [B] } }));
  vcenter.vcenter.faults.inject({ operation: "ReconfigVM_Task" }, { kind: "task fault", type: "InvalidState" });
  await workspace.applyFailing();
  const { text } = await workspace.plan();
  for (const step of [`remove ${A}`, `add ${B}`]) expect(text).toContain(`+ "${step}",`);
});

test("a virtual machine that another resource of the apply makes known is planned and applied", async () => {
  const id = { terraform_data: { machine: { input: "vm-42" } } };
  await begin(
    stack({ db: { virtual_machine_id: "${terraform_data.machine.output}", devices: [A] } }, { resource: id }),
  );
  await workspace.apply();
  expect(changes(vcenter)).toEqual([`add ${A} to vm-42`]);
  // Now the id is to change, and is unknown until it has: what is attached goes first.
  await workspace.write(
    "main.tf.json",
    stack(
      { db: { virtual_machine_id: "${terraform_data.machine.output}", devices: [A] } },
      { resource: { terraform_data: { machine: { input: "vm-43" } } } },
    ),
  );
  const plan = await workspace.plan();
  expect(plan.changes.find(({ address }) => address.startsWith("hotplug"))!.change.actions).toEqual([
    "delete",
    "create",
  ]);
  expect(unwrapped(plan.text)).toContain(
    "Warning: The virtual machine is not known yet, so its devices will be taken off first",
  );
  await workspace.apply({ saved: true });
  expect(changes(vcenter).slice(1)).toEqual(["remove from vm-42", `add ${A} to vm-43`]);
});

test("a resource under a new address: an error at plan without a moved block, nothing to do with one", async () => {
  const devices = { virtual_machine_id: "vm-42", devices: [A] };
  await begin(stack({ old: devices }));
  await workspace.apply();
  await workspace.write("main.tf.json", stack({ new: devices }));
  const { status, stderr, stdout } = await workspace.run(["plan", "-no-color"]);
  expect(status).toBe(1);
  expect(unwrapped(stdout + stderr)).toMatch(
    /Error: Virtual machine (db \()?vm-42\)? goes from one hotplug_passthrough_devices resource to another/,
  );
  await workspace.write(
    "main.tf.json",
    stack(
      { new: devices },
      { moved: [{ from: "hotplug_passthrough_devices.old", to: "hotplug_passthrough_devices.new" }] },
    ),
  );
  await workspace.apply();
  expect(changes(vcenter)).toHaveLength(1);
});

test("two resources for one virtual machine: an error that names both, at plan", async () => {
  await begin(
    stack({
      one: { virtual_machine_id: "vm-42", devices: [A] },
      two: { virtual_machine_id: "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042", devices: [B] },
    }),
  );
  const { status, stdout, stderr } = await workspace.run(["plan", "-no-color"]);
  expect(status).toBe(1);
  expect(unwrapped(stdout + stderr)).toMatch(
    /Error: Two hotplug_passthrough_devices resources name virtual machine db \(vm-42\)/,
  );
});
