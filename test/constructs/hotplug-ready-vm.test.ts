import { App, TerraformStack, TerraformVariable, Testing } from "cdktf";
import { HotplugConstructError, HotplugProvider, HotplugReadyVm, type ExistingVirtualMachineProps } from "../../lib/index";

const DEVICES = ["0000:3b:00.0", "0000:5e:00.0"];
const THIRTY_THREE = Array.from({ length: 33 }, (_, bus) => `0000:${bus.toString(16).padStart(2, "0")}:00.0`);

let stack: TerraformStack;
beforeEach(() => {
  stack = new TerraformStack(Testing.app(), "lab");
  new HotplugProvider(stack, "hotplug", { installProvider: false });
});

const add = (id: string, props: Partial<ExistingVirtualMachineProps> = {}): HotplugReadyVm =>
  HotplugReadyVm.fromVirtualMachineId(stack, id, { virtualMachineId: `vm-${id}`, devices: DEVICES, ...props });
const synth = (): { resource: { hotplug_passthrough_devices: Record<string, object> } } => JSON.parse(Testing.synth(stack, true)) as never;

test("an existing virtual machine's set becomes one resource", () => {
  add("db", { hostId: "host-12", order: "add_first", waitForDevice: "10m", timeouts: { operation: "5m" } });
  expect(Object.values(synth().resource.hotplug_passthrough_devices)).toEqual([
    expect.objectContaining({
      virtual_machine_id: "vm-db",
      devices: DEVICES,
      host_id: "host-12",
      order: "add_first",
      wait_for_device: "10m",
      timeouts: { operation: "5m" },
    }),
  ]);
});

test.each<[string, Partial<ExistingVirtualMachineProps>, RegExp]>([
  ["an address in another spelling is refused with the spelling it should have", { devices: ["3B:00.0"] }, /lab\/db: "3B:00\.0" is not a PCI address\..*Write it as "0000:3b:00\.0"/],
  ["what is no address at all is refused with an example", { devices: ["nvme0"] }, /Write it like "0000:3b:00\.0"/],
  ["more than 32 devices are refused", { devices: THIRTY_THREE }, /33 devices are declared, .*at most 32/],
  ["an order that doesn't exist is refused", { order: "add" as never }, /order is "add"; it can be "remove_first" or "add_first"/],
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

test("one device of a host for two virtual machines is refused, and both are named", () => {
  add("db", { hostId: "host-12" });
  expect(() => add("web", { hostId: "host-12", devices: ["0000:5e:00.0"] })).toThrow(/lab\/web: Device 0000:5e:00\.0 is in the devices of lab\/db too/);
});

test("the same address on another host, or on hosts that aren't named, is another device", () => {
  add("db", { hostId: "host-12" });
  expect(() => add("web", { hostId: "host-13" })).not.toThrow();
  expect(() => add("log")).not.toThrow();
});

test("one virtual machine twice is refused, and both are named", () => {
  add("db", { virtualMachineId: "vm-42" });
  expect(() => add("db2", { virtualMachineId: "vm-42" })).toThrow(/lab\/db2: Virtual machine vm-42 belongs to lab\/db already/);
});

test("what only Terraform knows passes unchecked", () => {
  const variable = new TerraformVariable(stack, "v", {});
  expect(() => add("db", { virtualMachineId: variable.stringValue, hostId: variable.stringValue, devices: variable.listValue })).not.toThrow();
  expect(() => add("web", { devices: [variable.stringValue, ...DEVICES] })).not.toThrow();
  expect(() => synth()).not.toThrow();
});

test("a stack without a HotplugProvider is told to add one", () => {
  const bare = new TerraformStack(new App(), "bare");
  HotplugReadyVm.fromVirtualMachineId(bare, "db", { virtualMachineId: "vm-42", devices: DEVICES });
  expect(() => Testing.synth(bare, true)).toThrow(/bare\/db: The stack has no HotplugProvider/);
});
