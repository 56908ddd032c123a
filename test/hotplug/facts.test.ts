import { formatIdentity, identityOf, isSameModel, type DeviceIdentity } from "../../lib/hotplug/facts";

const MODEL: DeviceIdentity = { classId: 0x0108, vendorId: 0x144d, deviceId: 0xa824, subVendorId: 1, subDeviceId: 2 };
const { subVendorId: _, subDeviceId: __, ...BARE } = MODEL;

test("Two devices are of one model where no id differs that both know", () => {
  expect(isSameModel(MODEL, { ...MODEL })).toBe(true);
  expect([isSameModel(MODEL, BARE), isSameModel(BARE, MODEL), isSameModel(BARE, BARE)]).toEqual([true, true, true]);
  for (const id of ["classId", "vendorId", "deviceId", "subVendorId", "subDeviceId"] as const)
    expect([id, isSameModel(MODEL, { ...MODEL, [id]: 9 })]).toEqual([id, false]);
});

test("The ids of a device are kept alone, and none that it doesn't have", () => {
  expect(identityOf({ ...MODEL, address: "0000:3b:00.0" } as DeviceIdentity)).toStrictEqual(MODEL);
  expect(identityOf(BARE)).toStrictEqual(BARE);
});

test("Ids are written as lspci does, the subsystem behind them where both of its ids are known", () => {
  expect(formatIdentity(MODEL)).toBe("144d:a824 (subsystem 0001:0002)");
  expect(formatIdentity({ ...BARE, subVendorId: 1 })).toBe("144d:a824");
  expect(formatIdentity({ ...BARE, subDeviceId: 2 })).toBe("144d:a824");
});
