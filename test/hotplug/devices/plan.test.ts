import { pciAddress, type PciAddress } from "../../../lib/hotplug/pci-address";
import { formatStep, parseStep, peakCount, planSteps, type Order } from "../../../lib/hotplug/devices/plan";

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
      expect(() => parseStep(text)).toThrow(TypeError);
    },
  );
});
