import type { PciAddress } from "../pci-address";

/** A drive as the guest itself shows it. */
export interface GuestDrive {
  /** PCI address inside the guest: another one than on the host. */
  address: string;
  vendorId: number;
  deviceId: number;
  serialNumber?: string;
  model?: string;
  /** `/dev/nvme2n1` */
  blockDevices: readonly string[];
}

/** Who holds a drive in the guest, and what could not be asked: a guest that can't answer is not one that says no. */
export interface DriveHolders {
  /** `passing`: one that may be gone in a moment, such as a process that probes a drive that has just come. */
  holders: readonly { what: string; letGo: string; passing: boolean }[];
  unanswered: readonly string[];
}

export interface GuestLook {
  drives: readonly GuestDrive[];
  /** By guest address, of the drives whose holders were asked for. */
  holders: ReadonlyMap<string, DriveHolders>;
}

/** The guest of a virtual machine, as the core asks it. */
export interface DevicesGuest {
  look(request: { holdersOf?: readonly string[]; rescan?: boolean }): Promise<GuestLook>;
}

/** What the guest knows of an attached device; nothing but that it is there, where twins can't be told apart. */
export type Sighting = Partial<Pick<GuestDrive, "address" | "serialNumber" | "model" | "blockDevices">>;

/** What was known of each attached device when the guest was asked last, by the host's address. */
export type Sightings = ReadonlyMap<string, Sighting>;

/** A device, by its address on the host. */
export interface Located extends Ids {
  address: string;
}

/**
 * A device that has left the virtual machine, and the drives of the guest of which it was one. While all of them are
 * shown, it may linger.
 */
export interface Departure extends Ids {
  drives: readonly Pick<GuestDrive, "address" | "serialNumber">[];
  /** When it was seen to have left, in milliseconds since the epoch. */
  at: number;
  /** How many drives of the model the guest showed before it left; undefined where that was in a change before. */
  shown?: number;
}

/** By the host's address. */
export type Departures = ReadonlyMap<string, Departure>;

/**
 * Which of the attached devices the guest shows. Addresses of host and guest differ, so a device is told by its ids,
 * and one of several of a model by the serial number that is known of it. Twins that nothing tells apart are counted:
 * all of them are there, or none is called so.
 */
export function sightingsOf(attached: readonly Located[], look: GuestLook, known: Sightings): Sightings {
  const seen = new Map<string, Sighting>();
  const free = new Set(look.drives);
  const rest = attached.filter((device) => {
    const drive = knownDrive(device, [...free], known);
    if (!drive) return true;
    seen.set(device.address, drive);
    free.delete(drive);
    return false;
  });
  for (const device of rest) {
    const twins = rest.filter((other) => isModelOf(other, device));
    const drives = [...free].filter((drive) => isModelOf(drive, device));
    if (drives.length < twins.length) continue;
    seen.set(device.address, drives.length === 1 ? drives[0]! : {});
  }
  return seen;
}

/**
 * The drive that has come since `before` for a device that was added; `{}` where one came and it isn't sure which.
 * `others`: what was attached before. One of them that the guest hasn't shown yet may be what comes.
 */
export function cameFor(
  device: Ids,
  {
    before,
    after,
    others,
    known,
  }: { before: GuestLook; after: GuestLook; others: readonly Located[]; known: Sightings },
): Sighting | undefined {
  const twins = others.filter((other) => isModelOf(other, device));
  const theirs = twins.flatMap((twin) => knownDrive(twin, after.drives, known) ?? []);
  const unknownTwins = twins.filter(({ address }) => known.get(address)?.serialNumber === undefined);
  const old = drivesOf(device, before);
  const now = drivesOf(device, after).filter((drive) => !theirs.includes(drive));
  if (now.length <= unknownTwins.length) return undefined;
  const newcomers = now.filter((drive) => !old.some((one) => isSameDrive(one, drive)));
  if (newcomers.length > 0) return newcomers.length === 1 ? newcomers[0] : {};
  // Serial numbers that aren't unique: by address, then.
  if (drivesOf(device, after).length <= old.length) return undefined;
  const elsewhere = now.filter((drive) => !old.some(({ address }) => address === drive.address));
  return elsewhere.length === 1 ? elsewhere[0] : {};
}

export function departureOf(
  { vendorId, deviceId }: Ids,
  { drives, before, at }: { drives: readonly GuestDrive[]; before: GuestLook; at: number },
): Departure {
  return { vendorId, deviceId, drives, at, shown: drivesOf({ vendorId, deviceId }, before).length };
}

/** Whether a device that has left the virtual machine is gone from the guest, too. */
export function isGoneFrom(look: GuestLook, departure: Departure): boolean {
  const { drives, shown = Infinity } = departure;
  const now = drivesOf(departure, look);
  if (drives.every((drive) => now.some((one) => isSameDrive(one, drive)))) return false;
  // Without a serial number it may only have another address, after a restart.
  return drives.every(({ serialNumber }) => serialNumber !== undefined) || now.length < shown;
}

/** The guest's drives of which one is this device: one where it is known, several where twins can't be told apart. */
export function candidatesFor(
  device: Located,
  look: GuestLook,
  { attached, known }: { attached: readonly Located[]; known: Sightings },
): GuestDrive[] {
  const own = knownDrive(device, look.drives, known);
  if (own) return [own];
  const others = attached.map((other) => knownDrive(other, look.drives, known));
  return drivesOf(device, look).filter((drive) => !others.includes(drive));
}

/**
 * Drives that the guest still shows though they have left the virtual machine, by the address where they were. A guest
 * that shows no more of a model than is attached shows none: one that is at another address of it by now was moved.
 */
export function lingeringDrives(
  attached: readonly Located[],
  look: GuestLook,
  departures: Departures,
): { address: string; drives: GuestDrive[] }[] {
  return [...departures].flatMap(([address, departure]) => {
    const drives = look.drives.filter((drive) => departure.drives.some((one) => isSameDrive(one, drive)));
    return drives.length > 0 && isOneTooMany(departure, look, attached) ? [{ address, drives }] : [];
  });
}

/** Whether the guest shows more drives of a model than are attached. */
export function isOneTooMany(model: Ids, look: GuestLook, attached: readonly Located[]): boolean {
  return drivesOf(model, look).length > attached.filter((one) => isModelOf(one, model)).length;
}

interface Ids {
  vendorId: number;
  deviceId: number;
}

function knownDrive(device: Located, drives: readonly GuestDrive[], known: Sightings): GuestDrive | undefined {
  const serialNumber = known.get(device.address)?.serialNumber;
  const own = drives.filter((drive) => isModelOf(drive, device) && drive.serialNumber === serialNumber);
  return serialNumber !== undefined && own.length === 1 ? own[0] : undefined;
}

function drivesOf(device: Ids, { drives }: GuestLook): GuestDrive[] {
  return drives.filter((drive) => isModelOf(drive, device));
}

function isModelOf(one: Ids, other: Ids): boolean {
  return one.vendorId === other.vendorId && one.deviceId === other.deviceId;
}

/** By serial number where both have one: a guest that was restarted may have given out its addresses anew. */
function isSameDrive(one: Departure["drives"][number], other: Departure["drives"][number]): boolean {
  return one.serialNumber !== undefined && other.serialNumber !== undefined
    ? one.serialNumber === other.serialNumber
    : one.address === other.address;
}

/** Whether another drive than the one that was known is at an address: what no id tells of two of one model. */
export function changedDrives(
  known: Sightings,
  seen: Sightings,
): { address: PciAddress; before: string; now: string }[] {
  return [...seen].flatMap(([address, { serialNumber: now }]) => {
    const before = known.get(address)?.serialNumber;
    return before !== undefined && now !== undefined && before !== now
      ? [{ address: address as PciAddress, before, now }]
      : [];
  });
}
