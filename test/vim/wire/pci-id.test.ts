import { formatDeviceId, fromSignedShort, parseDeviceId, toSignedShort } from "../../../lib/vim/wire/pci-id";

test.each([
  [0x8086, -32634],
  [0xa824, -22492],
  [0x144d, 5197],
  [0xffff, -1],
  [0x8000, -32768],
  [0x7fff, 32767],
  [0, 0],
])("id %i travels as the signed short %i", (id, signed) => {
  expect(toSignedShort(id)).toBe(signed);
  expect(fromSignedShort(signed)).toBe(id);
});

test("an id survives the trip both ways, whichever it is", () => {
  for (let id = 0; id <= 0xffff; id++) {
    if (fromSignedShort(toSignedShort(id)) !== id || parseDeviceId(formatDeviceId(id)) !== id)
      throw new Error(`${id} does not.`);
  }
});

test.each([
  ["a824", 0xa824],
  ["A824", 0xa824],
  ["0xa824", 0xa824],
  ["-57dc", 0xa824],
  ["-0x57dc", 0xa824],
  ["43044", 0xa824],
  ["1", 1],
  ["0953", 0x0953],
  [" 0953 ", 0x0953],
])("device id %j is read as %i", (text, id) => expect(parseDeviceId(text)).toBe(id));

test.each(["", "nvme", "-", "0x", "123456", "fffff", "-9000"])("%j is no device id", (text) =>
  expect(parseDeviceId(text)).toBeUndefined(),
);

test("a device id is written as four hex digits", () => {
  expect([0x953, 0xa824, 0].map(formatDeviceId)).toEqual(["0953", "a824", "0000"]);
});
