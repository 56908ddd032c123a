/** What vmware/vsphere and our provider do to each other's work on one virtual machine. */
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { brokenCallRules } from "../support/call-rules";
import { withVsphereProvider } from "../support/vsphere-provider";
import { A, B } from "./hotplug-stack";
import { bothStack, machineArguments, WholeStack } from "./whole-stack";

jest.setTimeout(600_000);

let lab: WholeStack;
afterEach(async () => {
  expect(brokenCallRules(lab.site.vcenter.calls())).toEqual([]);
  await lab.stop();
});

const THEIRS = "vsphere_virtual_machine.db";
const OURS = "hotplug_passthrough_devices.db";

const host = (name: string): string => `\${data.vsphere_host.${name}.id}`;

/** A virtual machine of theirs with settings and devices of ours. */
function pair(
  machine: Record<string, unknown> = {},
  ours: { settings?: object; devices?: object } = {},
  more: Parameters<typeof bothStack>[1] = {},
): object {
  const id = `\${${THEIRS}.id}`;
  return bothStack(
    {
      vsphere_virtual_machine: { db: machineArguments("orders-db", machine) },
      hotplug_virtual_machine_settings: { db: { virtual_machine_id: id, power_cycle: "on_create", ...ours.settings } },
      hotplug_passthrough_devices: {
        db: {
          virtual_machine_id: id,
          devices: [A, B],
          depends_on: ["hotplug_virtual_machine_settings.db"],
          ...ours.devices,
        },
      },
    },
    more,
  );
}

/** What a plan would do, by resource. */
const planned = async (...args: string[]): Promise<Record<string, string[]>> =>
  Object.fromEntries(
    (await lab.workspace.plan(...args)).changes
      .map(({ address, change }) => [address, change.actions] as const)
      .filter(([, actions]) => actions.join() !== "no-op" && actions.join() !== "read"),
  );

withVsphereProvider(
  "vmware/vsphere beside our provider",
  (engine) => {
    const both = async (stack: object): Promise<void> => {
      lab = await WholeStack.start(engine);
      await lab.deploy(stack);
    };

    it("would take every device off, were pci_device_id not under ignore_changes", async () => {
      await both(pair());
      await lab.workspace.write("cdk.tf.json", pair({ lifecycle: null }));
      const { changes } = await lab.workspace.plan();
      const { change } = changes.find(({ address }) => address === THEIRS)!;
      expect(change.before).toMatchObject({ pci_device_id: expect.arrayContaining([A, B]) as unknown });
      expect(change.after!["pci_device_id"]).toEqual([]);
    });

    it.each([
      ["memory_reservation", { memory_reservation: null, memory_reservation_locked_to_max: null }],
      ["memory_reservation_locked_to_max", { memory_reservation_locked_to_max: false }],
    ])("would undo the lock of memory, were %s left out", async (_, without) => {
      await both(pair());
      await lab.workspace.write("cdk.tf.json", pair(without));
      expect(await planned()).toMatchObject({ [THEIRS]: ["update"] });
    });

    it("goes along with a hardware version that both name, and refuses a lower one", async () => {
      const settings = { hardware_version: 21 };
      await both(pair({ hardware_version: 21 }, { settings }));
      await lab.workspace.write("cdk.tf.json", pair({ hardware_version: 20 }, { settings }));
      expect((await lab.workspace.run(["plan", "-no-color"])).stderr).toMatch(/downgrade/);
    });

    it("finds nothing to do where the virtual machine was powered off by hand, nor does ours", async () => {
      await both(pair());
      lab.machine("orders-db")!.powerState = "poweredOff";
      lab.machine("orders-db")!.touch();
      expect(await planned()).toEqual({});
    });

    it("replaces the virtual machine: the drives leave the old one first and come to the new one", async () => {
      await both(pair());
      const old = lab.machine("orders-db")!.ref.id;
      const before = lab.calls("orders-db").length;
      await lab.deploy(pair(), `-replace=${THEIRS}`);
      expect(lab.calls("orders-db").slice(before, before + 2)).toEqual([
        "ours ReconfigVM_Task",
        "ours ReconfigVM_Task",
      ]);
      expect(lab.machine("orders-db")!.ref.id).not.toBe(old);
      expect(lab.devices("orders-db")).toEqual([A, B]);
      expect((await lab.workspace.state())[OURS]).toMatchObject({ host_id: "host-12", attached: { [A]: {}, [B]: {} } });
    });

    it("can't move it with its drives, and ours doesn't take the new host for true", async () => {
      const hosts = defaultInventory.hosts.map((host) => ({ ...host, cluster: "prod" }));
      lab = await WholeStack.start(engine, { ...defaultInventory, hosts });
      const other = { name: "esx02.example.test", datacenter_id: "${data.vsphere_datacenter.dc.id}" };
      const onHost = (name: string): object =>
        pair({ host_system_id: host(name) }, { devices: { host_id: host(name) } }, { hosts: { other } });
      await lab.deploy(onHost("esx"));
      await lab.workspace.write("cdk.tf.json", onHost("other"));
      const printed = await lab.workspace.applyFailing();
      expect(lab.calls("orders-db")).toContain("theirs RelocateVM_Task");
      expect(printed).toMatch(
        /Error: The virtual machine is on host esx01\.example\.test \(host-12\), and host_id names/,
      );
      expect(lab.devices("orders-db")).toEqual([A, B]);
      expect((await lab.workspace.state())[OURS]).toMatchObject({ host_id: "host-12" });
    });

    it("clones a virtual machine with its drive: not taken off unseen, and adopted where listed", async () => {
      const taken = "0000:60:00.0";
      const virtualMachines = defaultInventory.virtualMachines!.map((one) =>
        one.name === "spare" ? { ...one, devices: [taken] } : one,
      );
      lab = await WholeStack.start(engine, { ...defaultInventory, virtualMachines });
      const spare = { name: "spare", datacenter_id: "${data.vsphere_datacenter.dc.id}" };
      const clone = {
        clone: [{ template_uuid: "${data.vsphere_virtual_machine.spare.id}" }],
        disk: [{ label: "system", size: 40 }],
      };
      const looked = { virtualMachines: { spare } };
      await expect(lab.deploy(pair(clone, {}, looked))).rejects.toThrow(
        /an NVMe passthrough device that isn't declared: 0000:60:00.0/,
      );
      expect(lab.devices("orders-db")).toEqual([taken]);
      await lab.deploy(pair(clone, { devices: { devices: [A, taken] } }, looked));
      expect(lab.devices("orders-db")).toEqual([A, taken]);
    });
  },
  { withOneEngine: true },
);
