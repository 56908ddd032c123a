import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory, InventoryVirtualMachine } from "../../lib/simulator/inventory/inventory";
import { hasError } from "../../lib/tfplugin6/diagnostic";
import type { Config } from "../support/plugin-client";
import { A, B, C, DB_BIOS_UUID, NIC, Scenario, TYPE, db, errorsOf, texts } from "./scenario";

jest.setTimeout(60_000);

type Moment = "validate" | "plan" | "apply";

interface Case {
  name: string;
  config?: Config;
  inventory?: Inventory;
  environment?: Record<string, string>;
  arrange?: (scenario: Scenario) => void;
  /** The earliest moment that can tell; a plan before an apply warns of the same. */
  at: Moment;
  /** The only error: what is wrong, then what to do. */
  says: RegExp;
}

const [firstHost, ...otherHosts] = defaultInventory.hosts;
const [firstMachine, ...otherMachines] = defaultInventory.virtualMachines!;
const withMachine = (machine: Partial<InventoryVirtualMachine>): Inventory => ({
  ...defaultInventory,
  virtualMachines: [{ ...firstMachine!, ...machine }, ...otherMachines],
});
const addresses = (count: number, bus = 0x80): string[] =>
  Array.from({ length: count }, (_, index) => `0000:${(bus + index).toString(16)}:00.0`);
const drives = (count: number) => addresses(count).map((address) => ({ address, vendor: "144d", device: "a824" }));

const CASES: Case[] = [
  {
    name: "an address in upper case",
    config: db(["0000:3B:00.0"]),
    at: "validate",
    says: /^error: "0000:3B:00.0" is not a PCI address\n[^]*Write it as "0000:3b:00.0"\./,
  },
  {
    name: "an address without its domain",
    config: db(["3b:00.0"]),
    at: "validate",
    says: /^error: "3b:00.0" is not a PCI address\n[^]*Write it as "0000:3b:00.0"\./,
  },
  {
    name: "something that is no address",
    config: db(["the fast one"]),
    at: "validate",
    says: /^error: "the fast one" is not a PCI address\n[^]*Write it like "0000:3b:00.0"\./,
  },
  {
    name: "33 devices",
    config: db(addresses(33)),
    at: "validate",
    says: /^error: 33 devices are declared, and a virtual machine takes at most 32\n[^]*Take 1 of them out/,
  },
  {
    name: "an order that there isn't",
    config: db([A], { order: "random" }),
    at: "validate",
    says: /^error: order is neither "remove_first" nor "add_first": "random"/,
  },
  {
    name: "a duration without a unit",
    config: db([A], { wait_for_device: "10" }),
    at: "validate",
    says: /^error: wait_for_device is not a duration: "10"\n[^]*"10m"/,
  },
  {
    name: "a limit of nothing",
    config: db([A], { timeouts: { operation: "0s" } }),
    at: "validate",
    says: /^error: timeouts.operation leaves no time for anything/,
  },
  {
    name: "an empty name",
    config: { virtual_machine_id: " ", devices: [] },
    at: "validate",
    says: /^error: virtual_machine_id is empty/,
  },
  {
    name: "an unknown virtual machine",
    config: { virtual_machine_id: "vm-999", devices: [A] },
    at: "plan",
    says: /^error: vCenter shows no virtual machine vm-999\n[^]*BIOS UUID[^]*managed object id/,
  },
  {
    name: "a UUID that no virtual machine has",
    config: { virtual_machine_id: "00000000-0000-0000-0000-00000000abcd", devices: [A] },
    at: "plan",
    says: /^error: vCenter shows no virtual machine 00000000-0000-0000-0000-00000000abcd\n/,
  },
  {
    name: "a UUID that two virtual machines have",
    config: { virtual_machine_id: DB_BIOS_UUID, devices: [A] },
    inventory: {
      ...defaultInventory,
      virtualMachines: [
        ...defaultInventory.virtualMachines!,
        { name: "db-copy", id: "vm-46", host: "host-12", uuid: DB_BIOS_UUID },
      ],
    },
    at: "plan",
    says: /^error: 2 virtual machines have the name [^]*: db \(vm-42\), db-copy \(vm-46\)\n/,
  },
  {
    name: "an unknown host",
    config: db([A], { host_id: "esx09" }),
    at: "plan",
    says: /^error: vCenter shows no host esx09\n[^]*host-12/,
  },
  {
    name: "a device that isn't NVMe",
    config: db([NIC]),
    at: "plan",
    says: /^error: Device 0000:02:00.0 \(Broadcom Inc. [^]*\) is not an NVMe device\n[^]*class 0200[^]*Take it out of devices/,
  },
  {
    name: "a device that isn't on this host",
    config: db(["0000:99:00.0"]),
    at: "apply",
    says: /^error: Host esx01.example.test \(host-12\) shows no device at 0000:99:00.0\n[^]*Mend the address \(vsphere-hotplug devices lists/,
  },
  {
    name: "a device that isn't enabled",
    config: db([A]),
    inventory: {
      ...defaultInventory,
      hosts: [
        {
          ...firstHost!,
          devices: firstHost!.devices!.map((device) =>
            device.address === A ? { ...device, passthrough: "disabled" as const } : device,
          ),
        },
        ...otherHosts,
      ],
    },
    at: "apply",
    says: /^error: Passthrough is not enabled for device 0000:3b:00.0 [^]*hotplug_host[^]*Toggle Passthrough/,
  },
  {
    name: "a device that is enabled and waits for a restart",
    config: db([A]),
    inventory: {
      ...defaultInventory,
      hosts: [
        {
          ...firstHost!,
          devices: firstHost!.devices!.map((device) =>
            device.address === A ? { ...device, passthrough: "enabled" as const } : device,
          ),
        },
        ...otherHosts,
      ],
    },
    at: "apply",
    says: /^error: Passthrough is enabled for device 0000:3b:00.0 [^]* but not active\n[^]*Restart the host/,
  },
  {
    name: "a device that another virtual machine uses",
    config: db([A]),
    arrange: (scenario) => scenario.attachByHand(A, "vm-43"),
    at: "apply",
    says: /^error: Device 0000:3b:00.0 [^]* is used by virtual machine cache \(vm-43\)\n[^]*Take it off cache \(vm-43\) first[^]*depends_on/,
  },
  {
    name: "the virtual machine on another host",
    config: db([A], { host_id: "host-13" }),
    at: "apply",
    says: /^error: The virtual machine is on host esx01.example.test \(host-12\), and host_id names host host-13\n/,
  },
  {
    name: "a virtual machine with CPU hot plug",
    inventory: withMachine({ cpuHotAddEnabled: true }),
    at: "apply",
    says: /^error: Virtual machine db \(vm-42\) has CPU hot plug switched on\n[^]*cpu_hot_add_enabled = false/,
  },
  {
    name: "a virtual machine with memory hot plug",
    inventory: withMachine({ memoryHotAddEnabled: true }),
    at: "apply",
    says: /memory_hot_add_enabled = false/,
  },
  {
    name: "a virtual machine with a virtual IOMMU",
    inventory: withMachine({ vvtdEnabled: true }),
    at: "apply",
    says: /vvtd_enabled = false/,
  },
  {
    name: "a virtual machine with a Dynamic DirectPath I/O device",
    inventory: withMachine({ dynamicDevice: { vendor: "10de", device: "26b9" } }),
    at: "apply",
    says: /^error: Virtual machine db \(vm-42\) has Dynamic DirectPath I\/O devices: PCI device \d+\n/,
  },
  {
    name: "a host that doesn't offer hot plug",
    inventory: { ...defaultInventory, hosts: [{ ...firstHost!, hotPlugSupported: false }, ...otherHosts] },
    at: "plan",
    says: /^error: Host esx01.example.test \(host-12\) does not offer hot plug of passthrough devices\n/,
  },
  {
    name: "a virtual machine with a snapshot",
    inventory: withMachine({ snapshot: "before" }),
    at: "apply",
    says: /^error: Virtual machine db \(vm-42\) has a snapshot\n[^]*Delete/,
  },
  {
    name: "a virtual machine on BIOS firmware",
    inventory: withMachine({ firmware: "bios" }),
    at: "plan",
    says: /^error: Virtual machine db \(vm-42\) has bios firmware, and hot plug needs efi\n/,
  },
  {
    name: "a virtual machine whose memory isn't locked",
    inventory: withMachine({ memoryReservationLockedToMax: false }),
    at: "apply",
    says: /memoryReservationLockedToMax/,
  },
  {
    name: "a virtual machine of an old hardware version",
    inventory: withMachine({ hardwareVersion: 19 }),
    at: "apply",
    says: /has hardware version 19, and hot plug needs 20/,
  },
  {
    name: "a virtual machine of another motherboard layout",
    inventory: withMachine({ motherboardLayout: "i440bxHostBridge" }),
    at: "apply",
    says: /motherboardLayout to acpiHostBridges/,
  },
  {
    name: "a virtual machine without the hot-plug flag",
    inventory: withMachine({ fixedPassthruHotPlugEnabled: false }),
    at: "apply",
    says: /fixedPassthruHotPlugEnabled was not set when it was powered on/,
  },
  {
    name: "a vCenter below 8.0 U1",
    inventory: { ...defaultInventory, vcenter: { version: "8.0.0" } },
    at: "plan",
    says: /^error: vCenter is too old for hot plug: its API version is 8.0.0[^]*Upgrade/,
  },
  {
    name: "a single ESXi",
    inventory: { ...defaultInventory, vcenter: { version: "8.0.3", apiType: "HostAgent" } },
    at: "plan",
    says: /^error: The server is not a vCenter[^]*vsphere_server/,
  },
  {
    name: "a host below 8.0 U1",
    inventory: { ...defaultInventory, hosts: [{ ...firstHost!, version: "8.0.0" }, ...otherHosts] },
    at: "plan",
    says: /^error: Host esx01.example.test \(host-12\) is too old for hot plug: ESXi 8.0.0/,
  },
  {
    name: "a wrong password",
    inventory: { ...defaultInventory, users: [{ name: "terraform", password: "right" }] },
    environment: { VSPHERE_PASSWORD: "wrong-marker" },
    at: "plan",
    says: /^error: vCenter refused the user or the password\n[^]*VSPHERE_PASSWORD/,
  },
  {
    name: "a server that can't be reached",
    environment: { VSPHERE_SERVER: "127.0.0.1:1" },
    at: "plan",
    says: /^error: vCenter can't be reached\n[^]*127.0.0.1:1[^]*vsphere_server/,
  },
  {
    name: "a certificate that isn't trusted",
    environment: { VSPHERE_CA_FILE: "" },
    at: "plan",
    says: /^error: vCenter's certificate is not trusted\n[^]*ca_file/,
  },
  {
    name: "an account that may not change a virtual machine",
    inventory: { ...defaultInventory, users: [{ name: "reader", password: "secret", role: "ReadOnly" }] },
    at: "apply",
    says: /^error: vCenter did not add device 0000:3b:00.0 to virtual machine db \(vm-42\)\n[^]*NoPermission[^]*VirtualMachine.Config.[^]* on VirtualMachine vm-42[^]*Calls made: none/,
  },
];

describe("bad input", () => {
  it.each(CASES)(
    "$name: an error at $at that says what to do, and nothing is changed",
    async ({ config = db([A]), inventory, environment, arrange, at, says }) => {
      const scenario = await Scenario.start({ ...(inventory && { inventory }), ...(environment && { environment }) });
      try {
        arrange?.(scenario);
        const before = scenario.attached();
        const validated = await scenario.command({}, (client) => client.validate(TYPE, config));
        expect(texts(validated)).toEqual(at === "validate" ? [expect.stringMatching(says)] : []);
        if (at === "validate") return;

        const plan = await scenario.plan(config);
        expect(errorsOf(plan)).toEqual(at === "plan" ? [expect.stringMatching(says)] : []);
        if (!hasError(plan.diagnostics)) {
          const warned = says.source.replace("^error", "^warning");
          if (!says.source.includes("did not add"))
            expect(texts(plan.diagnostics)).toEqual([expect.stringMatching(new RegExp(warned))]);
          const applied = await scenario.applyPlan(plan);
          expect(errorsOf(applied)).toEqual([expect.stringMatching(says)]);
          expect(applied.state).toBeNull();
        }
        expect(scenario.attached()).toEqual(before);
        expect(
          scenario.log().filter(({ operation, outcome }) => operation === "ReconfigVM_Task" && outcome === "ok"),
        ).toEqual([]);
      } finally {
        await scenario.stop();
      }
    },
  );

  it("add_first past 32 on the way: an error at plan that says so, and remove_first goes", async () => {
    const scenario = await Scenario.start({
      inventory: {
        ...defaultInventory,
        hosts: [{ ...firstHost!, devices: drives(34) }, ...otherHosts],
        virtualMachines: [{ ...firstMachine!, devices: addresses(32) }, ...otherMachines],
      },
    });
    try {
      const { state } = await scenario.import("vm-42");
      const wanted = db(addresses(34).slice(2), { order: "add_first" });
      const refused = await scenario.plan(wanted, { state });
      expect(errorsOf(refused)).toEqual([
        expect.stringMatching(
          /^error: The change would pass through 34 devices, and a virtual machine takes at most 32\n[^]*remove_first/,
        ),
      ]);
      expect(scenario.calls()).toEqual([]);
      const { diagnostics } = await scenario.apply({ ...wanted, order: "remove_first" }, { state });
      expect(texts(diagnostics)).toEqual([]);
      expect(scenario.calls()).toEqual(
        ["remove 0000:80:00.0", "remove 0000:81:00.0", "add 0000:a0:00.0", "add 0000:a1:00.0"].map(
          (call) => `${call} on vm-42`,
        ),
      );
    } finally {
      await scenario.stop();
    }
  });

  it("every problem of a virtual machine is told at once", async () => {
    const scenario = await Scenario.start();
    try {
      const plan = await scenario.plan({ virtual_machine_id: "vm-45", devices: ["0000:5e:00.0", B, C] });
      expect(texts(plan.diagnostics).map((text) => /\(rule (\w+)\) More: \S+$/.exec(text)?.[1])).toEqual(
        expect.arrayContaining(["M2", "M3", "M4", "M5", "H4"]),
      );
    } finally {
      await scenario.stop();
    }
  });

  it("no message has the password", async () => {
    const scenario = await Scenario.start({ credentials: { user: "someone", password: "right-marker" } });
    try {
      const plan = await scenario.plan(db([A]), { environment: { VSPHERE_PASSWORD: "wrong-marker" } });
      expect(hasError(plan.diagnostics)).toBe(true);
      expect(JSON.stringify(plan)).not.toMatch(/marker/);
    } finally {
      await scenario.stop();
    }
  });
});
