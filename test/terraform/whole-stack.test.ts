/** vmware/vsphere itself beside our provider, on the embedded vCenter, with nothing made up between them. */
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { synthesizeExample } from "../examples/synthesize";
import { brokenCallRules } from "../support/call-rules";
import { withVsphereProvider } from "../support/vsphere-provider";
import { bothStack, machineArguments, WholeStack } from "./whole-stack";

jest.setTimeout(600_000);

let lab: WholeStack;
afterEach(async () => {
  for (const name of ["ORDERS_DEVICES", "ORDERS_CPUS"]) delete process.env[name];
  expect(brokenCallRules(lab.site.vcenter.calls())).toEqual([]);
  await lab.stop();
});

const names = (): string[] => defaultInventory.virtualMachines!.map(({ name }) => name);

withVsphereProvider("the whole stack of the example", (engine) => {
  it("is made, changed and destroyed, and each time there is nothing left to do", async () => {
    lab = await WholeStack.start(engine);
    await lab.deploy(await synthesizeExample("whole-stack"));
    expect([lab.devices("orders-db"), lab.devices("reports-db")]).toEqual([
      ["0000:3b:00.0", "0000:3c:00.0"],
      ["0000:3d:00.0", "0000:3e:00.0"],
    ]);
    // The template carries the settings already, so its clone is not powered off for them.
    expect(lab.calls("orders-db").filter((call) => /Power/.test(call))).toEqual([
      "theirs PowerOnVM_Task",
      "ours PowerOffVM_Task",
      "ours PowerOnVM_Task",
    ]);
    expect(lab.calls("reports-db").filter((call) => /Power/.test(call))).toEqual(["theirs PowerOnVM_Task"]);

    process.env["ORDERS_DEVICES"] = "0000:3b:00.0,0000:5e:00.0";
    process.env["ORDERS_CPUS"] = "6";
    const { ref } = lab.machine("orders-db")!;
    await lab.deploy(await synthesizeExample("whole-stack"));
    expect(lab.devices("orders-db")).toEqual(["0000:3b:00.0", "0000:5e:00.0"]);
    expect(lab.machine("orders-db")).toMatchObject({ ref, powerState: "poweredOn" });

    await lab.workspace.destroy();
    expect(names().map((name) => lab.machine(name)?.name)).toEqual(names());
    expect([lab.machine("orders-db"), lab.machine("reports-db")]).toEqual([undefined, undefined]);
  });
});

const MANY = Array.from({ length: 10 }, (_, index) => `0000:${(0x40 + index).toString(16)}:00.0`);
const [esx01] = defaultInventory.hosts;
const drive = esx01!.devices!.find(({ address }) => address === "0000:3b:00.0")!;
const MANY_DRIVES: Inventory = {
  ...defaultInventory,
  hosts: [{ ...esx01!, devices: MANY.map((address, slot) => ({ ...drive, address, slot })) }],
  virtualMachines: [],
};

withVsphereProvider("ten virtual machines with a drive each, all at once", (engine) => {
  it.each([1, 2, 3])("are made and destroyed, round %i", async () => {
    lab = await WholeStack.start(engine, MANY_DRIVES);
    const count = MANY.length;
    const id = "${vsphere_virtual_machine.db[count.index].id}";
    await lab.deploy(
      bothStack({
        vsphere_virtual_machine: { db: { count, ...machineArguments("db-${count.index}") } },
        hotplug_virtual_machine_settings: { db: { count, virtual_machine_id: id, power_cycle: "on_create" } },
        hotplug_passthrough_devices: {
          db: {
            count,
            virtual_machine_id: id,
            devices: ['${format("0000:%x:00.0", 64 + count.index)}'],
            depends_on: ["hotplug_virtual_machine_settings.db"],
          },
        },
      }),
      "-parallelism=10",
    );
    expect(MANY.map((_, index) => lab.devices(`db-${index}`))).toEqual(MANY.map((address) => [address]));
    await lab.workspace.destroy();
    expect(MANY.map((_, index) => lab.machine(`db-${index}`))).toEqual(MANY.map(() => undefined));
  });
});
