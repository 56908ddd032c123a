import { isPciAddress, pciAddress, suggestPciAddress } from "../../lib/hotplug/pci-address";

describe("A PCI address", () => {
  test.each(["0000:3b:00.0", "0001:ff:1f.7", "ffff:00:00.0"])(
    "is domain, bus, slot and function in lower-case hex: %s",
    (text) => {
      expect(isPciAddress(text)).toBe(true);
      expect(pciAddress(text)).toBe(text);
    },
  );

  test.each([
    ["0000:3B:00.0", "0000:3b:00.0"],
    ["3b:00.0", "0000:3b:00.0"],
    ["0:3b:0.0", "0000:3b:00.0"],
    [" 0000:3b:00.0\n", "0000:3b:00.0"],
    ["0000:3b:00:0", "0000:3b:00.0"],
    ["0000-3b-00-0", "0000:3b:00.0"],
    ["0000_3b_00.0", "0000:3b:00.0"],
    ["pci@0000:3b:00.0", "0000:3b:00.0"],
    ["00000000:3b:00.0", "0000:3b:00.0"],
  ])("in another spelling is refused, and the right one suggested: %j", (text, suggestion) => {
    expect(isPciAddress(text)).toBe(false);
    expect(suggestPciAddress(text)).toBe(suggestion);
    expect(() => pciAddress(text)).toThrow(TypeError);
  });

  test.each([
    ["nothing", ""],
    ["a slot beyond 1f", "0000:3b:20.0"],
    ["a function beyond 7", "0000:3b:00.8"],
    ["a domain that has no four digits", "10000:3b:00.0"],
    ["three digits, which may be decimal", "0000:059:00.0"],
    ["a device's name", "nvme0n1"],
    ["two addresses", "0000:3b:00.0,0000:5e:00.0"],
    ["one digit too many", "0000:3b:00.00"],
  ])("that can't be guessed has no suggestion: %s", (_what, text) => {
    expect(isPciAddress(text)).toBe(false);
    expect(suggestPciAddress(text)).toBeUndefined();
  });
});
