import { pciAddress } from "../../../lib/hotplug/pci-address";
import { classify, type AttachedDevice, type RememberedDevices } from "../../../lib/hotplug/devices/target";
import type { DeviceIdentity, HostDevice } from "../../../lib/hotplug/facts";
import { SAMSUNG } from "../../support/model-vcenter";

const address = pciAddress("0000:3b:00.0");
const attached: AttachedDevice = {
  address,
  key: 13000,
  label: "PCI device 0",
  name: "PM1733",
  vendorId: SAMSUNG.vendorId,
  deviceId: SAMSUNG.deviceId,
};
const gpu: DeviceIdentity = { classId: 0x0302, vendorId: 0x10de, deviceId: 0x2330 };

const kind = (onHost?: DeviceIdentity, remembered?: DeviceIdentity, device: Partial<AttachedDevice> = {}): string => {
  const slots = new Map(
    onHost && [[address as string, { ...onHost, address, vendorName: "", deviceName: "" } satisfies HostDevice]],
  );
  const memory: RememberedDevices = new Map(remembered && [[address, remembered]]);
  const { nvme, unclassified } = classify({ attached: [{ ...attached, ...device }], hostDevices: slots }, memory);
  return nvme.length > 0 ? "NVMe" : unclassified.length > 0 ? "unknown" : "other";
};

describe("What is attached", () => {
  test("has the class that its host shows", () => {
    expect([kind(SAMSUNG), kind(gpu, undefined, gpu)]).toEqual(["NVMe", "other"]);
  });

  test("keeps the class that is remembered once its host no longer shows it", () => {
    expect([kind(undefined, SAMSUNG), kind(undefined, gpu, gpu)]).toEqual(["NVMe", "other"]);
  });

  test("is of unknown class where neither tells", () => {
    expect(kind()).toBe("unknown");
  });

  test("is told by its ids where another class is in its slot now", () => {
    expect([kind(gpu, SAMSUNG), kind(gpu, SAMSUNG, gpu)]).toEqual(["NVMe", "other"]);
  });

  test("is of unknown class where another vendor's device is in its slot now, and it was never seen before", () => {
    expect([kind(SAMSUNG, undefined, gpu), kind(SAMSUNG, SAMSUNG, gpu), kind(gpu)]).toEqual([
      "unknown",
      "unknown",
      "unknown",
    ]);
    expect(kind(SAMSUNG, undefined, { deviceId: 0x1234 })).toBe("NVMe");
  });

  test("is told by the same model at another address where something else has its own", () => {
    const elsewhere = { ...SAMSUNG, address: pciAddress("0000:3c:00.0"), vendorName: "", deviceName: "" };
    const hostDevices = new Map([
      [address as string, { ...gpu, address, vendorName: "", deviceName: "" }],
      [elsewhere.address as string, elsewhere],
    ]);
    expect(classify({ attached: [attached], hostDevices }, new Map()).nvme).toEqual([attached]);
    hostDevices.delete(address);
    expect(classify({ attached: [attached], hostDevices }, new Map()).unclassified).toEqual([attached]);
  });

  test("is of unknown class where a card of the same vendor is in its slot", () => {
    expect([kind({ ...gpu, vendorId: SAMSUNG.vendorId }), kind({ ...SAMSUNG, deviceId: 1 })]).toEqual([
      "unknown",
      "NVMe",
    ]);
  });

  test("is what its id says in decimal digits, too", () => {
    expect(kind(gpu, undefined, { ...gpu, deviceId: 0x9008, writtenDeviceId: "9008" })).toBe("other");
  });

  test("has the class that its host shows where its ids are nobody's", () => {
    expect([kind(SAMSUNG, gpu, { deviceId: 0xffff }), kind(gpu, SAMSUNG, { deviceId: 0xffff })]).toEqual([
      "NVMe",
      "other",
    ]);
  });
});
