import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { synthesizeExample, type SynthesizedStack } from "./synthesize";

let stack: SynthesizedStack & { data: SynthesizedStack["resource"] };
beforeAll(async () => (stack = (await synthesizeExample("whole-stack")) as typeof stack));

const all = (type: string): Record<string, unknown>[] => Object.values(stack.resource[type]!);
const looked = (type: string): unknown => Object.values(stack.data[type]!)[0]!["name"];

test("it synthesizes whole: what hot plug needs is added to the virtual machine from nothing and to the clone", () => {
  expect(all("vsphere_virtual_machine")).toEqual(
    ["orders-db", "reports-db"].map((name) =>
      expect.objectContaining({
        name,
        firmware: "efi",
        hardware_version: 20,
        memory: 8192,
        memory_reservation: 8192,
        memory_reservation_locked_to_max: true,
        host_system_id: "${data.vsphere_host.esx.id}",
        lifecycle: { ignore_changes: ["pci_device_id"] },
      }),
    ),
  );
  expect(all("vsphere_virtual_machine").map(({ clone }) => clone)).toEqual([
    undefined,
    { template_uuid: "${data.vsphere_virtual_machine.template.id}" },
  ]);
});

test("its settings come after its virtual machines, and its four devices after the settings", () => {
  const machines = Object.keys(stack.resource["vsphere_virtual_machine"]!);
  const settings = Object.keys(stack.resource["hotplug_virtual_machine_settings"]!);
  expect(all("hotplug_virtual_machine_settings").map((one) => one["virtual_machine_id"])).toEqual(
    machines.map((name) => `\${vsphere_virtual_machine.${name}.id}`),
  );
  expect(all("hotplug_passthrough_devices").map((one) => one["depends_on"])).toEqual(
    settings.map((name) => expect.arrayContaining([`hotplug_virtual_machine_settings.${name}`])),
  );
  expect(all("hotplug_passthrough_devices").flatMap((one) => one["devices"])).toHaveLength(4);
});

test("what it looks up is in the default inventory, where the names of its virtual machines are free", () => {
  const [esx01] = defaultInventory.hosts;
  expect([looked("vsphere_datacenter"), looked("vsphere_host")]).toEqual([defaultInventory.datacenter, esx01!.name]);
  const template = defaultInventory.virtualMachines!.find(({ name }) => name === looked("vsphere_virtual_machine"));
  expect(template).toMatchObject({ host: esx01!.id, powerState: "poweredOff" });
  const taken = defaultInventory.virtualMachines!.map(({ name }) => name);
  for (const { name } of all("vsphere_virtual_machine")) expect(taken).not.toContain(name);
});
