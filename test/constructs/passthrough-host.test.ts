import { TerraformOutput, TerraformVariable, Testing } from "cdktf";
import { HotplugConstructError, PassthroughHost, type PassthroughHostProps } from "../../lib/index";
import { readyStack, resourceOf } from "./ready-stack";

let stack = readyStack();
beforeEach(() => (stack = readyStack()));

const host = (id: string, props: Partial<PassthroughHostProps> = {}): PassthroughHost =>
  new PassthroughHost(stack, id, { hostId: "host-12", devices: ["0000:3b:00.0"], ...props });

test("a host becomes one resource, with every argument passed on", () => {
  const { activeDevices } = host("esx01", {
    minIntrCookies: 8192,
    reboot: "if_needed",
    waitForDevice: "10m",
    timeouts: { update: "2h" },
  });
  expect(resourceOf(stack, "hotplug_host")).toMatchObject({
    host_id: "host-12",
    passthrough_devices: ["0000:3b:00.0"],
    min_intr_cookies: 8192,
    reboot: "if_needed",
    wait_for_device: "10m",
    timeouts: { update: "2h" },
  });
  new TerraformOutput(stack, "active", { value: activeDevices });
  expect(Testing.synth(stack)).toMatch(/\$\{tolist\(hotplug_host\.esx01_host_\w+\.active_devices\)\}/);
});

test("restarts and waiting are left to the provider's defaults, which are never and not at all", () => {
  host("esx01");
  expect(
    Object.keys(resourceOf(stack, "hotplug_host"))
      .filter((key) => key !== "//")
      .sort(),
  ).toEqual(["host_id", "passthrough_devices"]);
});

test.each<[string, Partial<PassthroughHostProps>, RegExp]>([
  [
    "a malformed address (V3)",
    { devices: ["3B:00.0"] },
    /lab\/esx01: "3B:00\.0" is not a PCI address.*Write it as "0000:3b:00\.0"/,
  ],
  [
    "too few interrupt cookies (H2)",
    { minIntrCookies: 1024 },
    /minIntrCookies is 1024, and hot plug needs at least 4096.*rule H2/,
  ],
  ["half a cookie", { minIntrCookies: 4096.5 }, /minIntrCookies is 4096\.5/],
  ["an unknown restart policy", { reboot: "always" as never }, /reboot is "always"; it can be "never" or "if_needed"/],
])("%s is refused where it is written", (_name, props, message) => {
  expect(() => host("esx01", props)).toThrow(message);
  expect(() => host("again", props)).toThrow(HotplugConstructError);
});

test("one host for two constructs is refused, and both are named", () => {
  host("esx01");
  expect(() => host("again", { devices: [] })).toThrow(/lab\/again: Host host-12 belongs to lab\/esx01 already/);
  expect(() => host("esx02", { hostId: "host-13" })).not.toThrow();
});

test("what only Terraform knows passes unchecked", () => {
  const variable = new TerraformVariable(stack, "v", {});
  expect(() =>
    host("esx01", {
      hostId: variable.stringValue,
      devices: variable.listValue,
      minIntrCookies: variable.numberValue,
      reboot: variable.stringValue as never,
    }),
  ).not.toThrow();
});
