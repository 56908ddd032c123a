import { addressesOf } from "../../../lib/vim/host/storage-paths";

test.each([
  ["0000:5E:00.0", ["0000:5e:00.0"]],
  ["00000000:5e:00.0", ["0000:5e:00.0"]],
  ["5e:00.0", ["0000:5e:00.0", "0001:5e:00.0"]],
  ["0001:5e:00.0", ["0001:5e:00.0"]],
  ["0002:5e:00.0", []],
  ["3f:00.0", ["3f:00.0"]],
  ["0000:3f:00.0", ["3f:00.0"]],
  ["10000:01:00.0", ["10000:01:00.0"]],
  ["", []],
  [undefined, []],
])("an adapter's PCI address %j means %j", (pci, expected) => {
  expect(
    addressesOf(
      pci,
      ["0000:5E:00.0", "0001:5e:00.0", "3f:00.0", ""].map((id) => ({ id })),
    ),
  ).toEqual(expected);
});
