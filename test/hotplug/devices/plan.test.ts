import { pciAddress, type PciAddress } from "../../../lib/hotplug/pci-address";
import {
  deviceFacts,
  factsFor,
  formatStep,
  isSameStep,
  parseStep,
  peakCount,
  planSteps,
  violationsAtRest,
  type Order,
} from "../../../lib/hotplug/devices/plan";
import type { Facts } from "../../../lib/hotplug/facts";

const devices = (names: string): PciAddress[] =>
  names
    .split(" ")
    .filter(Boolean)
    .map((name) => pciAddress(`0000:${name}:00.0`));
const steps = (attached: string, declared: string, order: Order = "remove_first"): string =>
  planSteps({ attached: devices(attached), declared: devices(declared), order })
    .map((step) => formatStep(step).replace(/0000:(..):00.0/, "$1"))
    .join(", ");

describe("The steps of a change", () => {
  test.each([
    ["", "", ""],
    ["3b", "3b", ""],
    ["", "5e 3b", "add 3b, add 5e"],
    ["5e 3b", "", "remove 3b, remove 5e"],
    ["3b d8", "3b 5e 86", "remove d8, add 5e, add 86"],
    ["9f a0", "0a 10", "remove 9f, remove a0, add 0a, add 10"],
  ])("from {%s} to {%s} are, in address order: %s", (attached, declared, expected) => {
    expect(steps(attached, declared)).toBe(expected);
  });

  test("begin with the adds under add_first", () => {
    expect(steps("3b d8", "3b 5e 86", "add_first")).toBe("add 5e, add 86, remove d8");
  });

  test("name a device once, however often it is given", () => {
    expect(steps("3b 3b", "5e 5e")).toBe("remove 3b, add 5e");
  });

  test("have a peak: the most devices that are on at any moment", () => {
    const peak = (order: Order): number =>
      peakCount(2, planSteps({ attached: devices("3b d8"), declared: devices("3b 5e 86"), order }));
    expect([peak("remove_first"), peak("add_first"), peakCount(5, [])]).toEqual([3, 4, 5]);
  });

  test("are read back as they were written", () => {
    for (const operation of ["add", "remove"] as const) {
      const step = { operation, address: pciAddress("0000:3b:00.0") };
      expect(parseStep(formatStep(step))).toEqual(step);
    }
  });

  test.each(["", "add", "add 3b:00.0", "attach 0000:3b:00.0", "add 0000:3b:00.0 0000:5e:00.0", "add  0000:3b:00.0"])(
    "are not read from anything else: %j",
    (text) => {
      expect(() => parseStep(text)).toThrow(new TypeError(`not a step: ${JSON.stringify(text)}`));
    },
  );
});

describe("What counts for steps on a virtual machine that is off", () => {
  const expectedHost = { title: "esx02", configured: true };
  const facts: Facts = {
    endpoint: { apiType: "VirtualCenter" },
    host: { title: "esx01", connected: true, expectedHost, version: "7.0.3" },
    virtualMachine: {
      title: "db",
      powerState: "poweredOff",
      connected: true,
      template: false,
      firmware: "bios",
      fixedPassthruHotPlugEnabled: false,
    },
  };
  const add = parseStep("add 0000:3b:00.0");
  const remove = parseStep("remove 0000:5e:00.0");

  test("are no settings, where devices are only taken off: that is no hot plug", () => {
    expect(factsFor([remove], { facts })).toEqual({
      endpoint: { apiType: "VirtualCenter" },
      host: { title: "esx01", connected: true, expectedHost },
      virtualMachine: { title: "db", powerState: "poweredOff", connected: true, template: false },
    });
  });

  test("are all of them, where a device is added, too", () => {
    expect(factsFor([remove, add], { facts })).toBe(facts);
    expect(factsFor([add], { facts })).toBe(facts);
  });

  test("are all of them where it runs, and where it, its power state or its host isn't known", () => {
    const running: Facts = { ...facts, virtualMachine: { title: "db", powerState: "poweredOn" } };
    const { host, virtualMachine } = facts;
    for (const known of [running, { host: host! }, { virtualMachine: virtualMachine! }])
      expect(factsFor([remove], { facts: known })).toBe(known);
  });
});

test("A virtual machine on its expected host, or on one that nobody knows, has nothing against it at rest", () => {
  expect(violationsAtRest(undefined)).toEqual([]);
  expect(violationsAtRest({ title: "esx01", connected: false })).toEqual([]);
  expect(violationsAtRest({ title: "esx02", expectedHost: { title: "esx01", configured: false } })).toMatchObject([
    { rule: "V8" },
  ]);
});

test("A step is the same as another where both operation and address are", () => {
  const same = (one: string, other: string): boolean => isSameStep(parseStep(one), parseStep(other));
  expect(same("add 0000:3b:00.0", "add 0000:3b:00.0")).toBe(true);
  expect(same("add 0000:3b:00.0", "remove 0000:3b:00.0")).toBe(false);
  expect(same("add 0000:3b:00.0", "add 0000:3c:00.0")).toBe(false);
});

test("A device that is left behind on the virtual machine is told by its own label there", () => {
  const left = (address: string): string | undefined =>
    deviceFacts(
      pciAddress("0000:3b:00.0"),
      {
        facts: {},
        attached: [
          { address: pciAddress("0000:5e:00.0"), key: 1, label: "PCI device 0", name: "", vendorId: 1, deviceId: 1 },
          { address: pciAddress(address), key: 2, label: "PCI device 1", name: "", vendorId: 1, deviceId: 1 },
        ],
        hostDevices: new Map(),
        heldBy: new Map(),
      },
      { remembered: new Map(), allowDeviceChange: false },
    ).leftBehind;
  expect([left("0000:3b:00.0"), left("0000:3c:00.0")]).toEqual(["PCI device 1", undefined]);
});
