/** An id is unique within one vCenter: what a stack owns twice is told by provider and id. */
import { TerraformStack, Testing } from "cdktf";
import { type ExistingVirtualMachineProps, HotplugProvider, HotplugReadyVm, PassthroughHost } from "../../lib/index";
import { resourcesOf, testApp } from "./ready-stack";

const DEVICES = ["0000:3b:00.0"];

let stack: TerraformStack;
let west: HotplugProvider;
let east: HotplugProvider;
beforeEach(() => {
  stack = new TerraformStack(testApp(), "two");
  west = new HotplugProvider(stack, "west", { vsphereServer: "west.example.com", installProvider: false });
  east = new HotplugProvider(stack, "east", {
    ...{ alias: "east", vsphereServer: "east.example.com" },
    installProvider: false,
  });
});

const add = (id: string, provider?: HotplugProvider): HotplugReadyVm =>
  HotplugReadyVm.fromVirtualMachineId(stack, id, {
    ...{ virtualMachineId: "vm-44", hostId: "host-12", devices: DEVICES },
    provider,
  });
const addHost = (id: string, provider?: HotplugProvider): PassthroughHost =>
  new PassthroughHost(stack, id, { hostId: "host-12", devices: DEVICES, provider });

describe("in a stack with one provider", () => {
  const add = (id: string, props: Partial<ExistingVirtualMachineProps> = {}): HotplugReadyVm =>
    HotplugReadyVm.fromVirtualMachineId(stack, id, {
      ...{ virtualMachineId: `vm-${id}`, devices: ["0000:3b:00.0", "0000:5e:00.0"] },
      ...props,
    });

  test("one device of a host for two virtual machines is refused, and both are named", () => {
    add("db", { hostId: "host-12" });
    expect(() => add("web", { hostId: "host-12", devices: ["0000:5e:00.0"] })).toThrow(
      /two\/web: Device 0000:5e:00\.0 is in the devices of two\/db too/,
    );
  });

  test("the same address on another host, or on hosts that aren't named, is another device", () => {
    add("db", { hostId: "host-12" });
    expect(() => add("web", { hostId: "host-13" })).not.toThrow();
    expect(() => add("log")).not.toThrow();
  });

  test("one virtual machine twice is refused, and both are named", () => {
    add("db", { virtualMachineId: "vm-42" });
    expect(() => add("db2", { virtualMachineId: "vm-42" })).toThrow(
      /two\/db2: Virtual machine vm-42 belongs to two\/db already/,
    );
  });
});

test("one virtual machine id, one host id and one address are another thing in each vCenter", () => {
  add("db-west");
  expect(() => add("db-east", east)).not.toThrow();
  addHost("esx-west");
  expect(() => addHost("esx-east", east)).not.toThrow();
  const providers = Object.values(resourcesOf(stack)["hotplug_passthrough_devices"]!).map((one) => one["provider"]);
  expect(providers.sort()).toEqual(["hotplug.east", undefined]);
});

test("in one vCenter they have one owner, the provider named or not", () => {
  add("db-east", east);
  addHost("esx-east", east);
  add("db-west");
  addHost("esx-west", west);
  expect(() => add("again", east)).toThrow("two/again: Virtual machine vm-44 belongs to two/db-east already");
  expect(() => add("once-more", west)).toThrow("two/once-more: Virtual machine vm-44 belongs to two/db-west already");
  expect(() => addHost("host-again", east)).toThrow("Host host-12 belongs to two/esx-east already");
  expect(() => addHost("host-once-more")).toThrow("Host host-12 belongs to two/esx-west already");
  expect(() =>
    HotplugReadyVm.fromVirtualMachineId(stack, "other", {
      ...{ virtualMachineId: "vm-45", hostId: "host-12", devices: DEVICES },
      provider: east,
    }),
  ).toThrow("Device 0000:3b:00.0 is in the devices of two/db-east too");
});

test("a UUID is one in either letter case", () => {
  const id = "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042";
  HotplugReadyVm.fromVirtualMachineId(stack, "one", { virtualMachineId: id, devices: [] });
  expect(() =>
    HotplugReadyVm.fromVirtualMachineId(stack, "other", { virtualMachineId: id.toUpperCase(), devices: [] }),
  ).toThrow("belongs to two/one already");
});

describe("a virtual machine on a host of the stack", () => {
  const on = (host: PassthroughHost, provider?: HotplugProvider): HotplugReadyVm =>
    HotplugReadyVm.fromVirtualMachineId(stack, "db", { virtualMachineId: "vm-44", devices: DEVICES, host, provider });

  test("has the host's provider, where it names none", () => {
    const { settings, passthroughDevices } = on(addHost("esx", east));
    expect([settings.provider, passthroughDevices.provider]).toEqual([east, east]);
  });

  test("can't have another one", () => {
    expect(() => on(addHost("esx", east), west)).toThrow("two/db: provider is another one than that of two/esx");
  });

  test("may name the same one", () => {
    expect(() => on(addHost("esx", west), west)).not.toThrow();
  });
});

describe("where every provider has an alias", () => {
  beforeEach(() => {
    west.alias = "west";
  });

  test("a construct that names none would go to whatever the environment says, so it is refused", () => {
    add("db-east", east);
    expect(() => Testing.synth(stack, true)).not.toThrow();
    add("db");
    expect(() => Testing.synth(stack, true)).toThrow(
      /two\/db: It names no provider, and every HotplugProvider .* alias/,
    );
  });
});
