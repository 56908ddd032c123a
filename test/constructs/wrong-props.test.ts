/** Props of the wrong kind, as JavaScript and tsx let them through. */
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { VsphereProvider } from "@cdktf/provider-vsphere/lib/provider";
import { HotplugConstructError, HotplugProvider, HotplugReadyVm, PassthroughHost } from "../../lib/index";
import { readyStack, testApp } from "./ready-stack";

type Props = Record<string, unknown>;

let stack = readyStack();
let host: PassthroughHost;
let virtualMachine: VirtualMachine;
beforeEach(() => {
  stack = readyStack();
  host = new PassthroughHost(stack, "esx01", { hostId: "host-12", devices: ["0000:3b:00.0"] });
  virtualMachine = new VirtualMachine(stack, "machine", {
    ...{ name: "db", resourcePoolId: "resgroup-8", firmware: "efi" },
    ...{ memory: 1024, memoryReservation: 1024 },
  });
});

const CONSTRUCTS: Record<string, { make(props: unknown): unknown; good(): Props }> = {
  "a HotplugProvider": {
    make: (props) => new HotplugProvider(new TerraformStack(testApp(), "lab"), "db", props as never),
    good: () => ({}),
  },
  "a PassthroughHost": {
    make: (props) => new PassthroughHost(stack, "db", props as never),
    good: () => ({ hostId: "host-13", devices: [] }),
  },
  "a new virtual machine": {
    make: (props) => new HotplugReadyVm(stack, "db", props as never),
    good: () => ({ host, devices: [], virtualMachine: { name: "db", resourcePoolId: "resgroup-8" } }),
  },
  "a virtual machine of the stack": {
    make: (props) => HotplugReadyVm.fromVirtualMachine(stack, "db", props as never),
    good: () => ({ host, devices: [], virtualMachine }),
  },
  "a virtual machine that exists": {
    make: (props) => HotplugReadyVm.fromVirtualMachineId(stack, "db", props as never),
    good: () => ({ virtualMachineId: "vm-42", devices: [] }),
  },
};
const ALL = Object.keys(CONSTRUCTS);
const [PROVIDER, HOST, NEW, OF_STACK, EXISTING] = ALL as [string, string, string, string, string];
const VMS = [NEW, OF_STACK, EXISTING];

function refusal(construct: string, props: unknown): string {
  stack.node.tryRemoveChild("db");
  const error: unknown = (() => {
    try {
      CONSTRUCTS[construct]!.make(props);
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  })();
  expect(error).toBeInstanceOf(HotplugConstructError);
  return (error as Error).message;
}
const refusalWith = (construct: string, props: Props): string =>
  refusal(construct, { ...CONSTRUCTS[construct]!.good(), ...props });

test.each(ALL)("%s is made of good props", (construct) => {
  expect(() => CONSTRUCTS[construct]!.make(CONSTRUCTS[construct]!.good())).not.toThrow();
});

test.each(ALL.flatMap((construct) => [null, 5, "vm-42", []].map((props) => [construct, props] as const)))(
  "%s of %j instead of props is refused",
  (construct, props) => {
    expect(refusal(construct, props)).toMatch(/^lab\/db: props are .*; they are an object/);
  },
);

test.each(ALL.filter((construct) => construct !== PROVIDER))("%s without props is told what it needs", (construct) => {
  expect(refusal(construct, undefined)).toMatch(/^lab\/db: props are missing; they are an object with \w+ and \w+/);
});

test.each<[string, string]>([
  [HOST, "hostId"],
  [HOST, "devices"],
  ...VMS.map((construct): [string, string] => [construct, "devices"]),
  [NEW, "host"],
  [NEW, "virtualMachine"],
  [OF_STACK, "host"],
  [OF_STACK, "virtualMachine"],
  [EXISTING, "virtualMachineId"],
])("%s without %s is told so", (construct, prop) => {
  expect(refusalWith(construct, { [prop]: undefined })).toMatch(new RegExp(`^lab/db: ${prop} is missing; it is `));
});

test.each<[string, string, unknown[]]>([
  ...["alias", "user", "password", "caFile"].map((prop): [string, string, unknown[]] => [PROVIDER, prop, [5, {}]]),
  [PROVIDER, "vsphereServer", [5, "", "https://vcenter/sdk"]],
  [PROVIDER, "allowUnverifiedSsl", ["true", 1]],
  [PROVIDER, "apiTimeout", ["5", 0, -1, Number.NaN]],
  [PROVIDER, "installProvider", [true, "LINK"]],
  [PROVIDER, "installPlatforms", ["linux_amd64", [], [5]]],
  [HOST, "hostId", [12, "", " ", ["host-12"]]],
  [HOST, "minIntrCookies", ["4096", Number.NaN, [4096]]],
  [HOST, "reboot", ["always", true]],
  ...[HOST, ...VMS].flatMap((construct): [string, string, unknown[]][] => [
    [construct, "devices", ["0000:3b:00.0", {}, [5], [null], [undefined], [["0000:3b:00.0"]], new Set()]],
    [construct, "waitForDevice", ["10", 10, "", "ten minutes", "-1m"]],
    [construct, "timeouts", ["10m", [], 5]],
    [construct, "provider", ["hotplug", {}, "vsphere"]],
  ]),
  ...VMS.flatMap((construct): [string, string, unknown[]][] => [
    [construct, "order", ["add", true]],
    [construct, "allowDeviceChange", ["true", 1]],
    [construct, "powerCycle", ["always", true]],
    [construct, "guestShutdownTimeout", ["10", 10]],
    [construct, "forcePowerOff", ["true", 1]],
    [construct, "host", ["host-12", {}, "vsphere"]],
  ]),
  [NEW, "virtualMachine", ["db", [], 5, "vsphere"]],
  [OF_STACK, "virtualMachine", ["db", {}, "vsphere"]],
  [EXISTING, "virtualMachineId", ["db", 42, "", "42"]],
  [EXISTING, "hostId", [12, ""]],
  [EXISTING, "hardwareVersion", ["20", {}]],
])("%s refuses %s of the wrong kind", (construct, prop, values) => {
  const vsphere = new VsphereProvider(stack, "vsphere", { user: "u", password: "p" });
  for (const value of [null, ...values.map((one) => (one === "vsphere" ? vsphere : one))])
    expect(refusalWith(construct, { [prop]: value })).toMatch(new RegExp(`^lab/db: ${prop} is `));
});

test.each(["name", "resourcePoolId", "firmware", "hostSystemId", "guestId", "datastoreId"])(
  "a new virtual machine's %s is text",
  (name) => {
    for (const value of [5, null, "", {}]) expect(inside(name, value)).toContain(`virtualMachine.${name} is `);
  },
);
test.each(["memory", "numCpus", "memoryReservation", "hardwareVersion"])(
  "a new virtual machine's %s is a number that can be",
  (name) => {
    for (const value of ["16384", null, Number.NaN, {}])
      expect(inside(name, value)).toContain(`virtualMachine.${name} is`);
    if (name !== "hardwareVersion")
      for (const value of [-1, 0.5]) expect(inside(name, value)).toContain(`is ${value};`);
  },
);
test.each<[string, unknown]>([
  ["vvtdEnabled", "false"],
  ["cpuHotAddEnabled", "false"],
  ["cpuHotRemoveEnabled", 0],
  ["memoryHotAddEnabled", null],
  ["memoryReservationLockedToMax", "true"],
  ["extraConfig", [["a", "b"]]],
  ["extraConfig", { a: 5 }],
  ["disk", { label: "system" }],
  ["networkInterface", "network-7"],
])("a new virtual machine's %s isn't %j", (name, value) => {
  expect(inside(name, value)).toContain(`lab/db: virtualMachine.${name} is `);
});
function inside(name: string, value: unknown): string {
  return refusalWith(NEW, { virtualMachine: { name: "db", resourcePoolId: "resgroup-8", [name]: value } });
}

test("what is wrong inside a group is named with the group", () => {
  for (const construct of [HOST, ...VMS]) {
    expect(refusalWith(construct, { timeouts: { update: "0s" } })).toMatch(
      /^lab\/db: timeouts\.update is "0s"; it is a/,
    );
    expect(refusalWith(construct, { timeouts: { delete: 5 } })).toMatch(/^lab\/db: timeouts\.delete is 5; it is a/);
    expect(refusalWith(construct, { timeouts: { craete: "5m" } })).toMatch(
      /^lab\/db: timeouts\.craete is no prop here\. timeouts takes create, update, delete/,
    );
  }
});

test("a prop that doesn't exist would do nothing in silence, so it is refused", () => {
  for (const construct of ALL)
    expect(refusalWith(construct, { device: [] })).toMatch(/^lab\/db: device is no prop here/);
  expect(inside("numCpu", 4)).toContain("virtualMachine.numCpu is no prop here");
  expect(inside("count", 2)).toContain("virtualMachine.count is no prop here");
  expect(refusalWith(NEW, { virtualMachineId: "vm-42" })).toContain("virtualMachineId is no prop here");
  // The control: arguments that hot plug has nothing to say about pass.
  stack.node.tryRemoveChild("db");
  const virtualMachine = { name: "db", resourcePoolId: "resgroup-8", annotation: "the database", dependsOn: [] };
  expect(() => CONSTRUCTS[NEW]!.make({ host, devices: [], virtualMachine })).not.toThrow();
});

test("a virtual machine of the stack that is given to the constructor is sent where it belongs", () => {
  expect(refusalWith(NEW, { virtualMachine })).toMatch(
    /virtualMachine is the construct lab\/machine; .*HotplugReadyVm\.fromVirtualMachine/,
  );
});

test("a password is never shown", () => {
  expect(refusalWith(PROVIDER, { password: 123456 })).toMatch(/password is of the wrong kind \(number\)/);
});

test("a long value is cut, and one that can't be written is told by its type", () => {
  expect(refusalWith(EXISTING, { devices: "x".repeat(1000) }).length).toBeLessThan(250);
  const circular: Props = {};
  circular["self"] = circular;
  expect(refusalWith(EXISTING, { devices: circular })).toContain("devices is of the wrong kind (object)");
  expect(refusalWith(EXISTING, { devices: () => [] })).toContain("devices is a function");
});

test("what only Terraform knows passes, inside groups and lists as well", () => {
  const { value, stringValue, listValue, numberValue } = new TerraformVariable(
    new TerraformStack(new App(), "v"),
    "v",
    {},
  );
  const props = {
    ...{ host, devices: [stringValue, value], order: stringValue, waitForDevice: stringValue, forcePowerOff: value },
    timeouts: { create: stringValue },
    virtualMachine: {
      ...{ name: stringValue, resourcePoolId: stringValue, memory: numberValue, disk: value },
      extraConfig: { key: stringValue },
    },
  };
  expect(() => CONSTRUCTS[NEW]!.make(props)).not.toThrow();
  stack.node.tryRemoveChild("db");
  expect(() =>
    CONSTRUCTS[EXISTING]!.make({ virtualMachineId: stringValue, devices: listValue, timeouts: value }),
  ).not.toThrow();
});
