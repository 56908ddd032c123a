import {
  cameFor,
  candidatesFor,
  changedDrives,
  departureOf,
  isGoneFrom,
  lingeringDrives,
  sightingsOf,
  type GuestDrive,
  type GuestLook,
} from "../../../lib/hotplug/devices/guest";
import type { AttachedDevice } from "../../../lib/hotplug/devices/target";
import { pciAddress } from "../../../lib/hotplug/pci-address";

const drive = (address: string, serialNumber?: string, deviceId = 1): GuestDrive => ({
  address,
  vendorId: 0x144d,
  deviceId,
  ...(serialNumber !== undefined && { serialNumber }),
  blockDevices: [`/dev/${address}`],
});
const look = (...drives: GuestDrive[]): GuestLook => ({ drives, holders: new Map() });
const attached = (name: string, deviceId = 1): AttachedDevice => ({
  address: pciAddress(`0000:${name}:00.0`),
  key: 13000,
  label: "PCI device 0",
  name: "drive",
  vendorId: 0x144d,
  deviceId,
});
const NOTHING = new Map<string, { serialNumber?: string }>();
const KNOWN = new Map([
  ["0000:3b:00.0", { serialNumber: "A" }],
  ["0000:3c:00.0", { serialNumber: "B" }],
]);

describe("what a guest shows of what is attached", () => {
  it("is told by vendor and device id, whatever the address", () => {
    const seen = sightingsOf([attached("3b"), attached("5e", 2)], look(drive("g1", "A"), drive("g2", "C", 2)), NOTHING);

    expect([...seen].map(([address, { serialNumber }]) => [address, serialNumber])).toEqual([
      ["0000:3b:00.0", "A"],
      ["0000:5e:00.0", "C"],
    ]);
  });

  it("is told by the serial number among twins, and counted where none is known", () => {
    const twins = [attached("3b"), attached("3c")];
    const both = look(drive("g1", "B"), drive("g2", "A"));

    expect(sightingsOf(twins, both, KNOWN).get("0000:3b:00.0")).toMatchObject({ address: "g2" });
    expect([...sightingsOf(twins, both, NOTHING)]).toEqual([
      ["0000:3b:00.0", {}],
      ["0000:3c:00.0", {}],
    ]);
  });

  it("is nothing of twins of which one is missing and nobody knows which", () => {
    expect(sightingsOf([attached("3b"), attached("3c")], look(drive("g1", "X")), NOTHING).size).toBe(0);
  });

  it("is none of the drives of another model, whether vendor or device differs", () => {
    const others = look({ ...drive("g1", "A"), vendorId: 0x8086 }, drive("g2", "B", 2));

    expect(sightingsOf([attached("3b")], others, NOTHING).size).toBe(0);
  });

  it("is one of two drives of its model, and nobody knows which", () => {
    expect([...sightingsOf([attached("3b")], look(drive("g1", "A"), drive("g2", "B")), NOTHING)]).toEqual([
      ["0000:3b:00.0", {}],
    ]);
  });

  it("is the twin that is left, where the other is known", () => {
    const seen = sightingsOf(
      [attached("3b"), attached("3c")],
      look(drive("g1", "B"), drive("g2", "N")),
      new Map([["0000:3c:00.0", { serialNumber: "B" }]]),
    );

    expect(seen.get("0000:3b:00.0")).toMatchObject({ serialNumber: "N" });
  });
});

describe("a device that was added", () => {
  const cameAlone = (before: GuestLook, after: GuestLook): ReturnType<typeof cameFor> =>
    cameFor(attached("3b"), { before, after, others: [], known: NOTHING });

  it("is the one that came, among twins as well", () => {
    expect(
      cameFor(attached("3b"), {
        before: look(drive("g1", "A")),
        after: look(drive("g1", "A"), drive("g2", "B")),
        others: [],
        known: NOTHING,
      }),
    ).toMatchObject({
      serialNumber: "B",
    });
  });

  it("is the one that came, whichever of several were there before", () => {
    const before = look(drive("g1", "A"), drive("g2", "B"));

    expect(cameAlone(before, look(...before.drives, drive("g3", "N")))).toMatchObject({
      serialNumber: "N",
    });
  });

  it("came, and isn't told where two came at once, one of them at the address of a drive that went", () => {
    expect(cameAlone(look(drive("g1", "A")), look(drive("g1", "N"), drive("g2", "M")))).toEqual({});
  });

  it("is still to come while nothing came, or only another model", () => {
    expect(
      cameFor(attached("3b"), {
        before: look(drive("g1", "A")),
        after: look(drive("g1", "A"), drive("g2", "C", 2)),
        others: [],
        known: NOTHING,
      }),
    ).toBeUndefined();
  });

  it("is told by its serial number where the guest was restarted and has other addresses", () => {
    expect(
      cameFor(attached("3b"), {
        before: look(drive("g1", "A")),
        after: look(drive("g7", "A"), drive("g8", "B")),
        others: [],
        known: NOTHING,
      }),
    ).toMatchObject({
      address: "g8",
    });
    expect(
      cameFor(attached("3b"), {
        before: look(drive("g1", "A")),
        after: look(drive("g7", "A")),
        others: [],
        known: NOTHING,
      }),
    ).toBeUndefined();
  });

  it("is told by its address where all have one serial number", () => {
    expect(
      cameFor(attached("3b"), {
        before: look(drive("g1", "S")),
        after: look(drive("g1", "S"), drive("g2", "S")),
        others: [],
        known: NOTHING,
      }),
    ).toMatchObject({
      address: "g2",
    });
    const twice = look(drive("g1", "S"), drive("g2", "S"));
    expect(cameAlone(twice, look(...twice.drives, drive("g3", "S")))).toMatchObject({ address: "g3" });
  });

  it("came, and isn't told where neither serial numbers nor addresses tell", () => {
    expect(cameAlone(look(drive("g1", "S")), look(drive("g7", "S"), drive("g8", "S")))).toEqual({});
  });
});

describe("a device that was added beside one of its model that the guest doesn't show yet", () => {
  const others = [attached("3c")];
  const came = (before: GuestLook, after: GuestLook, known = NOTHING): unknown =>
    cameFor(attached("3b"), { before, after, others, known });

  it("is not the drive that comes, which may be the other one", () => {
    expect(came(look(), look(drive("g1", "X")))).toBeUndefined();
  });

  it("is there when both are, whichever is which", () => {
    expect(came(look(), look(drive("g1", "X"), drive("g2", "Y")))).toEqual({});
  });

  it("is the one that comes where the other's serial number is known, and is not it", () => {
    expect(came(look(), look(drive("g1", "B")), KNOWN)).toBeUndefined();
    expect(came(look(), look(drive("g1", "X")), KNOWN)).toMatchObject({ serialNumber: "X" });
  });
});

describe("a device that was removed", () => {
  const gone = (device: AttachedDevice, before: GuestLook, after: GuestLook, known = KNOWN): boolean => {
    const drives = candidatesFor(device, before, { attached: [attached("3b"), attached("3c")], known });
    return isGoneFrom(after, departureOf(device, { drives, before, at: 0 }));
  };

  it("is gone when the guest no longer shows that very drive, whichever twin stays", () => {
    const before = look(drive("g1", "A"), drive("g2", "B"));

    expect(gone(attached("3b"), before, look(drive("g2", "B")))).toBe(true);
    expect(gone(attached("3b"), before, look(drive("g1", "A")))).toBe(false);
  });

  it("is gone when one twin less is there, where nobody knows which is which", () => {
    const before = look(drive("g1", "A"), drive("g2", "B"));

    expect(gone(attached("3b"), before, before, new Map())).toBe(false);
    expect(gone(attached("3b"), before, look(drive("g2", "B")), new Map())).toBe(true);
    expect(gone(attached("3b"), before, look(drive("g1", "A")), new Map())).toBe(true);
  });

  it("is not gone where the guest shows no serial number before or after, and as many drives", () => {
    const [bare, numbered] = [look(drive("g1")), look(drive("g1", "A"))];

    expect(gone(attached("3b"), bare, numbered, new Map())).toBe(false);
    expect(gone(attached("3b"), numbered, bare, new Map())).toBe(false);
    expect(gone(attached("3b"), bare, look(drive("g2")), new Map())).toBe(false);
    expect(gone(attached("3b"), bare, look(), new Map())).toBe(true);
  });

  it("is not gone because a guest without serial numbers was restarted and gave out other addresses", () => {
    expect(gone(attached("3b"), look(drive("g1")), look(drive("g7")), new Map())).toBe(false);
    expect(gone(attached("3b"), look(drive("g1")), look(), new Map())).toBe(true);
  });

  it("may be each of the twins, but for those that are known to be others", () => {
    const twins = look(drive("g1", "A"), drive("g2", "B"), drive("g3", "C"));
    const all = [attached("3b"), attached("3c"), attached("3d")];
    const names = (device: AttachedDevice, known: typeof KNOWN): string[] =>
      candidatesFor(device, twins, { attached: all, known }).map(({ serialNumber }) => serialNumber!);

    expect(names(attached("3b"), KNOWN)).toEqual(["A"]);
    expect(names(attached("3d"), KNOWN)).toEqual(["C"]);
    expect(names(attached("3d"), new Map())).toEqual(["A", "B", "C"]);
  });

  it("may be each drive, where it has no serial number or shares it with another", () => {
    const count = (device: AttachedDevice, drives: GuestLook, known: typeof KNOWN): number =>
      candidatesFor(device, drives, { attached: [attached("3b"), attached("3c")], known }).length;

    expect(count(attached("3b"), look(drive("g1"), drive("g2", "B")), new Map())).toBe(2);
    expect(count(attached("3b"), look(drive("g1", "A"), drive("g2", "A")), KNOWN)).toBe(2);
  });
});

describe("a drive that has left the virtual machine", () => {
  const left = departureOf(attached("3b"), { drives: [drive("g1", "A")], before: look(), at: 0 });
  const lingering = (attachedNow: AttachedDevice[], now: GuestLook): string[] =>
    lingeringDrives(attachedNow, now, new Map([["0000:3b:00.0", left]])).map(
      ({ address, drives }) => `${address} ${drives.map((one) => one.address).join(" ")}`,
    );

  it("lingers in the guest while that shows its serial number, and one drive too many", () => {
    expect(lingering([attached("3c")], look(drive("g1", "A"), drive("g2", "B")))).toEqual(["0000:3b:00.0 g1"]);
    expect(lingering([attached("3c")], look(drive("g2", "B")))).toEqual([]);
  });

  it("was moved where it is at another address of the virtual machine", () => {
    expect(lingering([attached("3c"), attached("5e")], look(drive("g1", "A"), drive("g2", "B")))).toEqual([]);
  });
});

it("another serial number at a known address is another drive, of the same model or not", () => {
  expect(
    changedDrives(
      KNOWN,
      new Map([
        ["0000:3b:00.0", { serialNumber: "Z" }],
        ["0000:3c:00.0", { serialNumber: "B" }],
        ["0000:5e:00.0", { serialNumber: "N" }],
      ]),
    ),
  ).toEqual([{ address: "0000:3b:00.0", before: "A", now: "Z" }]);
});

it("a drive whose serial number isn't shown any more is no other drive for that", () => {
  expect(changedDrives(KNOWN, new Map([["0000:3b:00.0", {}]]))).toEqual([]);
});
