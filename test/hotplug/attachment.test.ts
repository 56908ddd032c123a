import { attachedDeviceFacts, backingFault, isOtherClass, namesModel } from "../../lib/hotplug/attachment";
import type { AttachedBacking, DeviceFacts, HostDevice } from "../../lib/hotplug/facts";
import { pciAddress } from "../../lib/hotplug/pci-address";

const PM1733 = { classId: 0x0108, vendorId: 0x144d, deviceId: 0xa824 };
const at = (bus: string, ids: Partial<HostDevice> = {}): HostDevice => ({
  ...PM1733,
  address: pciAddress(`0000:${bus}:00.0`),
  vendorName: "Samsung",
  deviceName: "PM1733",
  ...ids,
});
const backing = (written?: string, other: Partial<AttachedBacking> = {}): AttachedBacking => ({
  vendorId: 0x144d,
  deviceId: 0xa824,
  ...(written !== undefined && { writtenDeviceId: written }),
  ...other,
});

describe("A backing", () => {
  test.each(["a824", "A824", "0xa824", "0XA824", " a824\n", "-57dc"])(
    "that writes %j names the device a824",
    (text) => {
      expect(backingFault(backing(text), PM1733)).toBeUndefined();
    },
  );

  test("that writes no device id names the one that it has", () => {
    expect(backingFault(backing(), PM1733)).toBeUndefined();
    expect(backingFault(backing(undefined, { deviceId: 1 }), PM1733)).toBe("model");
  });

  test.each(["a825", "00a824", "xa824", "a824h", "", "device a824"])("that writes %j names another", (text) => {
    expect(backingFault(backing(text, { deviceId: 1 }), PM1733)).toBe("model");
  });

  test("of another vendor names another model, whatever the device id", () => {
    expect(backingFault(backing("a824", { vendorId: 0x8086 }), PM1733)).toBe("model");
    expect(namesModel(backing("a824", { vendorId: 0x8086 }), PM1733)).toBe(false);
  });

  test("that writes the id in decimal digits meant this model, and ESXi reads another", () => {
    const decimal = backing("43044", { deviceId: 0x3044 });

    expect(backingFault(decimal, PM1733)).toBe("spelling");
    expect(namesModel(decimal, PM1733)).toBe(true);
    expect(namesModel(backing("43045", { deviceId: 1 }), PM1733)).toBe(false);
    expect(namesModel(backing("0x43044", { deviceId: 1 }), { ...PM1733, deviceId: 0x43044 })).toBe(false);
    expect(namesModel(backing("43044.0", { deviceId: 1 }), PM1733)).toBe(false);
    expect(namesModel(backing(undefined, { deviceId: 1 }), { ...PM1733, deviceId: 0 })).toBe(false);
    expect(namesModel(backing("+43044", { deviceId: 1 }), PM1733)).toBe(false);
  });

  test("of another system is one, unless it fits every system, or nobody knows either", () => {
    const of = (systemId?: string, hostSystemId?: string): unknown =>
      backingFault(backing("a824", { ...(systemId && { systemId }), ...(hostSystemId && { hostSystemId }) }), PM1733);

    expect(of("1111-2222", "3333-4444")).toBe("system");
    expect([of("AAAA-2222", "aaaa-2222"), of("BYPASS", "3333-4444")]).toEqual([undefined, undefined]);
    expect([of(undefined, "3333-4444"), of("1111-2222")]).toEqual([undefined, undefined]);
  });
});

test("An attached device stands beside what its host shows at its address, and where the host has its model", () => {
  const attached = { ...backing("a824", { systemId: "1111" }), address: pciAddress("0000:3b:00.0"), label: "PCI 0" };
  const [own, twin, other] = [at("3b"), at("5e"), at("86", { deviceId: 1 })];

  expect(attachedDeviceFacts(attached, { hostDevices: [twin, own, other], hostSystemId: "2222" })).toEqual({
    address: "0000:3b:00.0",
    onHost: own,
    attachedAs: "PCI 0",
    backing: {
      vendorId: 0x144d,
      deviceId: 0xa824,
      writtenDeviceId: "a824",
      systemId: "1111",
      hostSystemId: "2222",
      sameModelAt: ["0000:5e:00.0", "0000:3b:00.0"],
    },
  });
  expect(attachedDeviceFacts(attached, { hostDevices: [other] })).toMatchObject({
    onHost: null,
    backing: { sameModelAt: [] },
  });
});

test("Only a device that is of another class for certain is nothing that hot plug is about", () => {
  const gpu = at("af", { classId: 0x0302 });
  const facts = (more: Partial<DeviceFacts>): DeviceFacts => ({ address: gpu.address, ...more });

  expect(isOtherClass(facts({ onHost: gpu, backing: backing("a824") }))).toBe(true);
  expect(isOtherClass(facts({ onHost: at("af"), backing: backing("a824") }))).toBe(false);
  expect(isOtherClass(facts({ onHost: gpu, backing: backing("1234") }))).toBe(false);
  expect(isOtherClass(facts({ onHost: gpu }))).toBe(false);
  expect(isOtherClass(facts({ onHost: null, backing: backing("a824") }))).toBe(false);
  expect(isOtherClass(facts({}))).toBe(false);
});
