import type { PciAddress } from "../pci-address";
import type { AttachedDevice } from "./target";

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

/**
 * Which of the attached devices the guest shows. Addresses of host and guest differ, so a device is told by its ids,
 * and one of several of a model by the serial number that is known of it. Twins that nothing tells apart are counted:
 * all of them are there, or none is called so.
 */
export function sightingsOf(attached: readonly AttachedDevice[], look: GuestLook, known: Sightings): Sightings {
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
  }: { before: GuestLook; after: GuestLook; others: readonly AttachedDevice[]; known: Sightings },
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

/** Whether a device that was removed is gone from the guest, too. One that the guest never showed is. */
export function hasLeft(
  device: Ids,
  { before, after, candidates }: { before: GuestLook; after: GuestLook; candidates: readonly GuestDrive[] },
): boolean {
  const now = drivesOf(device, after);
  if (candidates.length === 0) return true;
  if (candidates.every((candidate) => now.some((drive) => isSameDrive(drive, candidate)))) return false;
  // Without a serial number it may only have another address, after a restart.
  const isSure = candidates.every(({ serialNumber }) => serialNumber !== undefined);
  return isSure || now.length < drivesOf(device, before).length;
}

/** The guest's drives of which one is this device: one where it is known, several where twins can't be told apart. */
export function candidatesFor(
  device: AttachedDevice,
  look: GuestLook,
  { attached, known }: { attached: readonly AttachedDevice[]; known: Sightings },
): GuestDrive[] {
  const own = knownDrive(device, look.drives, known);
  if (own) return [own];
  const others = attached.map((other) => knownDrive(other, look.drives, known));
  return drivesOf(device, look).filter((drive) => !others.includes(drive));
}

/**
 * Drives that the guest still shows though they have left the virtual machine, by the address where they were. One that
 * shows up at another address of it was moved; and a guest that shows no more of a model than is attached shows none.
 */
export function lingeringDrives(
  attached: readonly AttachedDevice[],
  look: GuestLook,
  known: Sightings,
): { address: PciAddress; drive: GuestDrive }[] {
  return [...known].flatMap(([address, { serialNumber }]) => {
    if (serialNumber === undefined || attached.some((device) => device.address === address)) return [];
    const drive = look.drives.find((one) => one.serialNumber === serialNumber);
    const isOneTooMany = drive && drivesOf(drive, look).length > attached.filter((one) => isModelOf(one, drive)).length;
    return isOneTooMany ? [{ address: address as PciAddress, drive }] : [];
  });
}

interface Ids {
  vendorId: number;
  deviceId: number;
}

function knownDrive(device: AttachedDevice, drives: readonly GuestDrive[], known: Sightings): GuestDrive | undefined {
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
function isSameDrive(one: GuestDrive, other: GuestDrive): boolean {
  return one.serialNumber !== undefined && other.serialNumber !== undefined
    ? one.serialNumber === other.serialNumber && isModelOf(one, other)
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
