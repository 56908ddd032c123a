import { TerraformStack, TerraformVariable, Testing } from "cdktf";
import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { VsphereProvider } from "@cdktf/provider-vsphere/lib/provider";
import {
  HotplugConstructError,
  HotplugProvider,
  HotplugReadyVm,
  PassthroughHost,
  type ExistingVirtualMachineProps,
  type HotplugReadyVmProps,
  type NewVirtualMachineProps,
} from "../../lib/index";
import { readyStack, resourceOf, resourcesOf, testApp } from "./ready-stack";

const DEVICES = ["0000:3b:00.0", "0000:5e:00.0"];
const THIRTY_THREE = Array.from({ length: 33 }, (_, bus) => `0000:${bus.toString(16).padStart(2, "0")}:00.0`);

let stack = readyStack();
beforeEach(() => (stack = readyStack()));

const add = (id: string, props: Partial<ExistingVirtualMachineProps> = {}): HotplugReadyVm =>
  HotplugReadyVm.fromVirtualMachineId(stack, id, { virtualMachineId: `vm-${id}`, devices: DEVICES, ...props });
const HOST_12 = { hostId: "host-12", devices: DEVICES };
const addHost = (props: { hostId: string; devices: string[] } = HOST_12): PassthroughHost =>
  new PassthroughHost(stack, `host${props.hostId.length}-${stack.node.children.length}`, props);

/** The example of the documentation, with its four dots filled in. */
const NEW_VM: NewVirtualMachineProps = {
  name: "db",
  resourcePoolId: "resgroup-8",
  datastoreId: "datastore-11",
  numCpus: 4,
  memory: 16384,
  guestId: "rhel9_64Guest",
};
const create = (
  virtualMachine: Partial<NewVirtualMachineProps> = {},
  props: Partial<HotplugReadyVmProps> = {},
): HotplugReadyVm =>
  new HotplugReadyVm(stack, `vm${stack.node.children.length}`, {
    host: props.host ?? addHost(),
    devices: ["0000:3b:00.0"],
    virtualMachine: { ...NEW_VM, ...virtualMachine },
    ...props,
  });
const machine = (props: Partial<ConstructorParameters<typeof VirtualMachine>[2]> = {}): VirtualMachine =>
  new VirtualMachine(stack, `machine${stack.node.children.length}`, {
    ...NEW_VM,
    firmware: "efi",
    memoryReservation: 16384,
    ...props,
  });

const providersOf = (synthesized: TerraformStack): unknown =>
  (JSON.parse(Testing.synth(synthesized, true)) as { provider: { vsphere: unknown } }).provider.vsphere;

describe("a virtual machine that exists", () => {
  test("its set and its settings become one resource each, prepared without a power cycle", () => {
    const { virtualMachine } = add("db", {
      hostId: "host-12",
      order: "add_first",
      waitForDevice: "10m",
      allowDeviceChange: true,
      timeouts: { operation: "5m" },
      guestShutdownTimeout: "9m",
      forcePowerOff: true,
      hardwareVersion: 21,
    });
    expect(virtualMachine).toBeUndefined();
    expect(resourceOf(stack, "hotplug_passthrough_devices")).toMatchObject({
      virtual_machine_id: "vm-db",
      devices: DEVICES,
      host_id: "host-12",
      order: "add_first",
      wait_for_device: "10m",
      allow_device_change: true,
      timeouts: { operation: "5m" },
    });
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")).toMatchObject({
      virtual_machine_id: "vm-db",
      power_cycle: "never",
      guest_shutdown_timeout: "9m",
      force_power_off: true,
      hardware_version: 21,
    });
  });

  test("a power cycle is allowed where the stack says so", () => {
    add("db", { powerCycle: "if_needed" });
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")).toMatchObject({ power_cycle: "if_needed" });
  });

  test("its host comes first, its devices last", () => {
    const host = addHost();
    add("db", { host });
    const [hostName, settingsName] = [
      resourcesOf(stack)["hotplug_host"]!,
      resourcesOf(stack)["hotplug_virtual_machine_settings"]!,
    ].map((all) => Object.keys(all)[0]);
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")["depends_on"]).toEqual([`hotplug_host.${hostName}`]);
    expect(resourceOf(stack, "hotplug_passthrough_devices")).toMatchObject({
      host_id: "host-12",
      depends_on: [`hotplug_virtual_machine_settings.${settingsName}`, `hotplug_host.${hostName}`],
    });
  });
});

describe("a new virtual machine", () => {
  test("gets what hot plug needs, beside what it was given", () => {
    create({ annotation: "the database", lifecycle: { preventDestroy: true, ignoreChanges: ["annotation"] } });
    expect(resourceOf(stack, "vsphere_virtual_machine")).toMatchObject({
      ...{
        name: "db",
        resource_pool_id: "resgroup-8",
        datastore_id: "datastore-11",
        num_cpus: 4,
        memory: 16384,
        annotation: "the database",
      },
      ...{
        firmware: "efi",
        hardware_version: 20,
        memory_reservation: 16384,
        memory_reservation_locked_to_max: true,
        host_system_id: "host-12",
      },
      lifecycle: { prevent_destroy: true, ignore_changes: ["annotation", "pci_device_id"] },
    });
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")).toMatchObject({
      power_cycle: "on_create",
      hardware_version: 20,
    });
  });

  test("is made after its host is ready, prepared after it is made, and given its devices last", () => {
    const { virtualMachine, settings, passthroughDevices } = create();
    const [host] = Object.keys(resourcesOf(stack)["hotplug_host"]!);
    const id = `\${vsphere_virtual_machine.${virtualMachine!.friendlyUniqueId}.id}`;
    expect(resourceOf(stack, "vsphere_virtual_machine")["depends_on"]).toEqual([`hotplug_host.${host}`]);
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")["virtual_machine_id"]).toBe(id);
    expect(resourceOf(stack, "hotplug_passthrough_devices")).toMatchObject({
      virtual_machine_id: id,
      depends_on: [`hotplug_virtual_machine_settings.${settings.friendlyUniqueId}`, `hotplug_host.${host}`],
    });
    expect(passthroughDevices.friendlyUniqueId).toBe(
      Object.keys(resourcesOf(stack)["hotplug_passthrough_devices"]!)[0],
    );
  });

  test("keeps a newer hardware version, which is then the one of its settings", () => {
    create({ hardwareVersion: 21 });
    expect(resourceOf(stack, "vsphere_virtual_machine")["hardware_version"]).toBe(21);
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")["hardware_version"]).toBe(21);
  });

  test("reserves the memory that vmware/vsphere gives where none is named", () => {
    const { memory: _memory, ...rest } = NEW_VM;
    new HotplugReadyVm(stack, "small", { host: addHost(), devices: [], virtualMachine: rest });
    expect(resourceOf(stack, "vsphere_virtual_machine")).toMatchObject({ memory: 1024, memory_reservation: 1024 });
  });

  test("ignores everything where that is what it was told", () => {
    create({ lifecycle: { ignoreChanges: "all" } });
    expect(resourceOf(stack, "vsphere_virtual_machine")["lifecycle"]).toEqual({ ignore_changes: "all" });
  });

  test.each<[string, Partial<NewVirtualMachineProps>, RegExp]>([
    [
      "N1, an IOMMU in the guest",
      { vvtdEnabled: true },
      /lab\/vm\d+: Virtual machine db exposes an IOMMU.*vvtdEnabled = false.*rule N1/,
    ],
    [
      "N8, nested virtualization",
      { nestedHvEnabled: true },
      /Virtual machine db exposes hardware virtualization.*nestedHvEnabled = false.*rule N8/,
    ],
    ["N2, CPU hot add", { cpuHotAddEnabled: true }, /CPU hot plug.*cpuHotAddEnabled = false.*rule N2/],
    ["N2, CPU hot remove", { cpuHotRemoveEnabled: true }, /CPU hot plug.*rule N2/],
    ["N3, memory hot add", { memoryHotAddEnabled: true }, /memory hot plug.*memoryHotAddEnabled = false.*rule N3/],
    [
      "N4, a Dynamic DirectPath I/O device",
      { extraConfig: { "pciPassthru0.allowedDevices": "0x10de:0x26b9" } },
      /Dynamic DirectPath I\/O devices: pciPassthru0\.allowedDevices.*rule N4/,
    ],
    ["N5, 129 virtual CPUs", { numCpus: 129 }, /129 virtual CPUs.*at most 128.*rule N5/],
    ["M1, BIOS firmware", { firmware: "bios" }, /bios firmware.*firmware = "efi".*rule M1/],
    [
      "M2, memory that isn't reserved in full",
      { memoryReservation: 8192 },
      /memory.*Set memoryReservation to the value of memory.*rule M2/,
    ],
    ["M2, memory that isn't locked", { memoryReservationLockedToMax: false }, /rule M2/],
    [
      "M3, hardware version 19",
      { hardwareVersion: 19 },
      /hardware version 19.*Set hardwareVersion to 20 or later.*rule M3/,
    ],
    [
      "another host",
      { hostSystemId: "host-13" },
      /virtualMachine\.hostSystemId is host-13, and lab\/host7-\d+ is host host-12/,
    ],
    ["devices with a second owner", { pciDeviceId: ["0000:3b:00.0"] } as never, /pciDeviceId has a second owner/],
  ])("%s is refused, with the way out", (_name, virtualMachine, message) => {
    expect(() => create(virtualMachine)).toThrow(message);
  });

  test("what keeps the rules by a hair is fine", () => {
    expect(() =>
      create({
        numCpus: 128,
        hardwareVersion: 20,
        vvtdEnabled: false,
        cpuHotAddEnabled: false,
        memoryReservation: 16384,
        hostSystemId: "host-12",
        extraConfig: { "disk.EnableUUID": "true" },
      }),
    ).not.toThrow();
  });

  test("a host that is named by its name is refused: vmware/vsphere places by ids", () => {
    expect(() => create({}, { host: addHost({ hostId: "esx01.example.test", devices: DEVICES }) })).toThrow(
      /hostSystemId is "esx01\.example\.test"; it has to be a managed object id/,
    );
  });

  test("what only Terraform knows passes unchecked", () => {
    const { stringValue, numberValue, booleanValue } = new TerraformVariable(stack, "v", {});
    expect(() =>
      create({
        firmware: stringValue,
        hardwareVersion: numberValue,
        memory: numberValue,
        numCpus: numberValue,
        vvtdEnabled: booleanValue,
        cpuHotAddEnabled: booleanValue,
        hostSystemId: stringValue,
      }),
    ).not.toThrow();
  });

  test("each virtual machine of a stack may be new", () => {
    const host = addHost();
    create({}, { host, devices: ["0000:3b:00.0"] });
    expect(() => create({}, { host, devices: ["0000:5e:00.0"] })).not.toThrow();
    expect(() => create({}, { host, devices: ["0000:5e:00.0"] })).toThrow(
      /Device 0000:5e:00\.0 is in the devices of lab\/vm\d+ too/,
    );
  });
});

describe("a virtual machine that the stack has", () => {
  beforeEach(() => new VsphereProvider(stack, "vsphere", { user: "u", password: "p" }));

  test("keeps its arguments, and vmware/vsphere leaves its devices alone", () => {
    const virtualMachine = machine({ lifecycle: { createBeforeDestroy: true } });
    const ready = HotplugReadyVm.fromVirtualMachine(stack, "ready", {
      virtualMachine,
      host: addHost(),
      devices: DEVICES,
    });
    expect(ready.virtualMachine).toBe(virtualMachine);
    expect(resourceOf(stack, "vsphere_virtual_machine")).toMatchObject({
      name: "db",
      lifecycle: { create_before_destroy: true, ignore_changes: ["pci_device_id"] },
    });
    expect(resourceOf(stack, "vsphere_virtual_machine")).not.toHaveProperty("host_system_id");
    expect(resourceOf(stack, "hotplug_virtual_machine_settings")).toMatchObject({
      power_cycle: "never",
      virtual_machine_id: `\${vsphere_virtual_machine.${virtualMachine.friendlyUniqueId}.id}`,
    });
  });

  test.each<[string, Partial<ConstructorParameters<typeof VirtualMachine>[2]>, RegExp]>([
    ["no firmware, which is bios to vmware/vsphere (M1)", { firmware: undefined }, /bios firmware/],
    [
      "no reservation, which vmware/vsphere would bring back (M2)",
      { memoryReservation: undefined },
      /Set memoryReservation to the value of memory/,
    ],
    ["CPU hot add (N2)", { cpuHotAddEnabled: true }, /rule N2/],
    ["a device list of its own", { pciDeviceId: ["0000:3b:00.0"] }, /pciDeviceId/],
    ["another host", { hostSystemId: "host-13" }, /hostSystemId is host-13/],
  ])("%s is refused", (_name, props, message) => {
    const virtualMachine = machine(props);
    expect(() =>
      HotplugReadyVm.fromVirtualMachine(stack, "ready", { virtualMachine, host: addHost(), devices: [] }),
    ).toThrow(message);
  });

  test("is looked at again when the stack is synthesized", () => {
    const virtualMachine = machine();
    HotplugReadyVm.fromVirtualMachine(stack, "ready", { virtualMachine, host: addHost(), devices: [] });
    expect(() => Testing.synth(stack, true)).not.toThrow();
    virtualMachine.lifecycle = { preventDestroy: true };
    expect(() => Testing.synth(stack, true)).toThrow(/lab\/ready: lifecycle .* set again.*"pci_device_id"/);
    virtualMachine.cpuHotAddEnabled = true;
    expect(() => Testing.synth(stack, true)).toThrow(/lab\/ready: .*rule N2/);
  });

  test("twice is refused", () => {
    const [virtualMachine, host] = [machine(), addHost()];
    HotplugReadyVm.fromVirtualMachine(stack, "one", { virtualMachine, host, devices: [] });
    expect(() => HotplugReadyVm.fromVirtualMachine(stack, "two", { virtualMachine, host, devices: [] })).toThrow(
      /lab\/two: Virtual machine .* belongs to lab\/one already/,
    );
  });
});

test("a stack without a VsphereProvider gets one that reads the environment, one that has it keeps its own", () => {
  create();
  expect(providersOf(stack)).toEqual([{}]);
  stack = readyStack();
  create();
  create({}, { host: addHost({ hostId: "host-13", devices: DEVICES }) });
  new VsphereProvider(stack, "mine", { user: "u", password: "p" });
  expect(providersOf(stack)).toEqual([{ user: "u", password: "p" }]);
});

test("a VsphereProvider with an alias serves only those that name it, and a construct may be called vsphere", () => {
  new VsphereProvider(stack, "vsphere", { alias: "east", user: "u", password: "p" });
  create();
  expect(providersOf(stack)).toEqual([{ alias: "east", user: "u", password: "p" }, {}]);
});

test("a device that isn't the host's is refused, and so is another host's id", () => {
  const host = addHost();
  expect(() => add("db", { host, devices: [...DEVICES, "0000:60:00.0"] })).toThrow(
    /lab\/db: 0000:60:00\.0 is not among the devices of lab\/host7-\d+/,
  );
  expect(() => add("web", { host, hostId: "host-13" })).toThrow(
    /lab\/web: hostId is host-13, and lab\/host7-\d+ is host host-12/,
  );
  expect(() => add("log", { host, hostId: "host-12", devices: [] })).not.toThrow();
});

test("a host with a device that only Terraform knows may have any", () => {
  const host = addHost({
    hostId: "host-12",
    devices: ["0000:3b:00.0", new TerraformVariable(stack, "v", {}).stringValue],
  });
  expect(() => add("db", { host, devices: ["0000:60:00.0"] })).not.toThrow();
});

test.each<[string, Partial<ExistingVirtualMachineProps>, RegExp]>([
  [
    "an address in another spelling is refused with the spelling it should have (V3)",
    { devices: ["3B:00.0"] },
    /lab\/db: "3B:00\.0" is not a PCI address\..*Write it as "0000:3b:00\.0"/,
  ],
  ["what is no address at all is refused with an example", { devices: ["nvme0"] }, /Write it like "0000:3b:00\.0"/],
  ["more than 32 devices are refused (L4)", { devices: THIRTY_THREE }, /33 devices are declared, .*at most 32/],
  [
    "a hardware version that is too old is refused (M3)",
    { hardwareVersion: 19 },
    /hardware version 19, and hot plug needs 20/,
  ],
  [
    "a power cycle policy that doesn't exist is refused",
    { powerCycle: "always" as never },
    /powerCycle is "always"; it can be "never" or "on_create" or "if_needed"/,
  ],
  [
    "an order that doesn't exist is refused",
    { order: "add" as never },
    /order is "add"; it can be "remove_first" or "add_first"/,
  ],
])("%s", (_name, props, message) => {
  expect(() => add("db", props)).toThrow(message);
  expect(() => add("db2", props)).toThrow(HotplugConstructError);
});

test("all broken rules are told at once", () => {
  expect(() => add("db", { devices: ["3B:00.0", "5E:00.0"] })).toThrow(/0000:3b:00\.0[^]*0000:5e:00\.0/);
});

test("32 devices, and none, are fine", () => {
  expect(() => add("many", { devices: THIRTY_THREE.slice(1) })).not.toThrow();
  expect(() => add("none", { devices: [] })).not.toThrow();
});

test("what only Terraform knows passes unchecked", () => {
  const variable = new TerraformVariable(stack, "v", {});
  expect(() =>
    add("db", { virtualMachineId: variable.stringValue, hostId: variable.stringValue, devices: variable.listValue }),
  ).not.toThrow();
  expect(() => add("web", { devices: [variable.stringValue, ...DEVICES] })).not.toThrow();
  expect(() => resourcesOf(stack)).not.toThrow();
});

test("a stack without a HotplugProvider is told to add one", () => {
  const bare = new TerraformStack(testApp(), "bare");
  HotplugReadyVm.fromVirtualMachineId(bare, "db", { virtualMachineId: "vm-42", devices: DEVICES });
  expect(() => Testing.synth(bare, true)).toThrow(/bare\/db: The stack has no HotplugProvider/);
});

test("the documentation's example synthesizes as it stands", () => {
  class Lab extends TerraformStack {
    constructor() {
      super(testApp(), "lab");
      const [resourcePoolId, datastoreId, virtualMachineId] = ["resgroup-8", "datastore-11", "vm-42"];
      const [networkInterface, disk] = [[{ networkId: "network-7" }], [{ label: "system", size: 64 }]];

      new HotplugProvider(this, "hotplug");
      const host = new PassthroughHost(this, "esx01", { hostId: "host-12", devices: ["0000:3b:00.0", "0000:5e:00.0"] });
      new HotplugReadyVm(this, "db", {
        host,
        devices: ["0000:3b:00.0"],
        virtualMachine: { name: "db", resourcePoolId, datastoreId, numCpus: 4, memory: 16384, networkInterface, disk },
      });
      HotplugReadyVm.fromVirtualMachineId(this, "old", {
        virtualMachineId,
        host,
        devices: ["0000:5e:00.0"],
        powerCycle: "on_create",
      });
    }
  }
  const { hotplug_host: hosts, hotplug_passthrough_devices: sets } = resourcesOf(new Lab());
  expect([Object.keys(hosts!).length, Object.values(sets!).map(({ devices }) => devices)]).toEqual([
    1,
    [["0000:3b:00.0"], ["0000:5e:00.0"]],
  ]);
});
