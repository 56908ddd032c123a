import { isBehindVmd, isPciAddress, pciAddress, readPciAddress } from "../../lib/hotplug/pci-address";

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
    expect(readPciAddress(text)).toEqual([suggestion]);
    expect(() => pciAddress(text)).toThrow(new TypeError(`not a PCI address: ${JSON.stringify(text)}`));
  });

  test.each([
    ["nothing", ""],
    ["a slot beyond 1f", "0000:3b:20.0"],
    ["a function beyond 7", "0000:3b:00.8"],
    ["a domain that has no four digits", "10000:3b:00.0"],
    ["a bus beyond 255 in decimal digits", "0000:256:00.0"],
    ["a device's name", "nvme0n1"],
    ["two addresses", "0000:3b:00.0,0000:5e:00.0"],
    ["one digit too many", "0000:3b:00.00"],
  ])("that can't be guessed has no suggestion: %s", (_what, text) => {
    expect(isPciAddress(text)).toBe(false);
    expect(readPciAddress(text)).toEqual([]);
  });

  test.each([
    ["a power-on error's", "97:0.0", ["0000:97:00.0", "0000:61:00.0"]],
    ["esxcli's", "PCI 0:97:0:0", ["0000:97:00.0", "0000:61:00.0"]],
    ["a .vmx's", "00000:101:00.0", ["0000:65:00.0"]],
    ["a .vmx's, with digits that are both", "00000:013:00.0", ["0000:0d:00.0"]],
    ["one whose slot is no hexadecimal one", "0:97:31.0", ["0000:61:1f.0"]],
    ["lspci's without a domain", "17:00.0", ["0000:17:00.0", "0000:11:00.0"]],
    ["one that means the same either way", "0:3:0.0", ["0000:03:00.0"]],
    ["vSphere's own with another separator", "0000:97:00:0", ["0000:97:00.0"]],
    ["vSphere's own with a long domain", "00000000:97:00.0", ["0000:97:00.0"]],
    ["one with a domain of three digits", "000:97:00.0", ["0000:97:00.0", "0000:61:00.0"]],
    ["one with a domain of five digits", "00000:97:00.0", ["0000:97:00.0", "0000:61:00.0"]],
    ["one with a slot of one digit", "0000:17:0.0", ["0000:17:00.0", "0000:11:00.0"]],
    ["one with a bus of three digits", "0000:101:00.0", ["0000:65:00.0"]],
  ])("in digits that may be decimal has both readings: %s", (_what, text, readings) => {
    expect(readPciAddress(text)).toEqual(readings);
  });

  test.each(["10000:01:00.0", "10001:E1:00.0", "00010000:01:00.0", " 10000:01:00.0 "])(
    "%s is behind Intel VMD",
    (text) => {
      expect([isBehindVmd(text), isPciAddress(text)]).toEqual([true, false]);
    },
  );

  test.each(["0000:01:00.0", "00000:101:00.0", "00000000:3b:00.0"])("%s is not", (text) => {
    expect(isBehindVmd(text)).toBe(false);
  });
});
