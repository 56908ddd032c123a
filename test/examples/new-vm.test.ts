import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { synthesizeExample, withoutReferences, type SynthesizedStack } from "./synthesize";

const MADE = "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0101";

let stack: SynthesizedStack;
let site: TestVcenter;
let workspace: TerraformWorkspace;
beforeAll(async () => {
  stack = await synthesizeExample("new-vm");
  // As vmware/vsphere leaves a new virtual machine: on, without a guest, its memory locked, nothing of ours set.
  const made = {
    id: "vm-101",
    name: "orders-db",
    host: "host-12",
    uuid: MADE,
    instanceUuid: "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0101",
    hardwareVersion: 20,
    motherboardLayout: "i440bxHostBridge",
    fixedPassthruHotPlugEnabled: false,
    tools: "notInstalled",
  } as const;
  site = await startTestVcenter({
    inventory: { ...defaultInventory, virtualMachines: [...defaultInventory.virtualMachines!, made] },
  });
  workspace = await TerraformWorkspace.create({
    files: { "cdk.tf.json": withoutVsphere(stack) },
    environment: site.environment,
  });
  await workspace.init();
});
afterAll(async () => {
  await workspace.dispose();
  await site.stop();
});

/** The stack as far as our own provider goes: the virtual machine that vmware/vsphere would make is there already. */
function withoutVsphere({ resource, provider, terraform }: SynthesizedStack): object {
  const { vsphere_virtual_machine: _machines, ...ours } = resource;
  const { hotplug } = provider;
  const required = { hotplug: (terraform["required_providers"] as Record<string, unknown>)["hotplug"] };
  const text = JSON.stringify({
    resource: ours,
    provider: { hotplug },
    terraform: { ...terraform, required_providers: required },
  });
  return JSON.parse(withoutReferences(text, { virtualMachine: MADE, host: "host-12" })) as object;
}

test("it synthesizes whole: what hot plug needs is added, and vmware/vsphere has its provider", () => {
  const [machine] = Object.values(stack.resource["vsphere_virtual_machine"]!);
  expect(machine).toMatchObject({
    name: "orders-db",
    firmware: "efi",
    hardware_version: 20,
    memory: 16384,
    memory_reservation: 16384,
    host_system_id: "${data.vsphere_host.esx.id}",
    lifecycle: { ignore_changes: ["pci_device_id"] },
  });
  expect(stack.provider["vsphere"]).toEqual([{}]);
});

test("no virtual machine of the default inventory has its name", () => {
  const names = defaultInventory.virtualMachines!.map(({ name }) => name);
  const [machine] = Object.values(stack.resource["vsphere_virtual_machine"]!);
  expect(names).not.toContain(machine!["name"]);
  // The control: the look would see one that is taken.
  expect(names).toContain("db");
});

test("what is ours of it deploys: one power cycle of the new virtual machine, then its device while " +
  "it runs", async () => {
  await workspace.apply();
  const calls = site.vcenter.calls();
  const made = calls.filter(({ operation }) => /^(ReconfigVM_Task|Power|Shutdown)/.test(operation));
  expect(made.map(({ operation }) => operation).filter((operation) => operation !== "ReconfigVM_Task")).toEqual([
    "PowerOffVM_Task",
    "PowerOnVM_Task",
  ]);
  expect(made.at(-1)).toMatchObject({
    operation: "ReconfigVM_Task",
    virtualMachinePowerState: "poweredOn",
    task: { state: "success" },
  });
  expect((await workspace.plan()).changed).toBe(false);
}, 120_000);
