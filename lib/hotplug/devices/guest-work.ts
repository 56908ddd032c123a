import { Halt, type Work } from "../work";
import {
  cameFor,
  candidatesFor,
  departureOf,
  isGoneFrom,
  isOneTooMany,
  lingeringDrives,
  sightingsOf,
  type Departure,
  type Departures,
  type DevicesGuest,
  type DriveHolders,
  type GuestDrive,
  type GuestLook,
  type Located,
  type Sighting,
  type Sightings,
} from "./guest";
import type { PciAddress } from "../pci-address";
import type { Step } from "./plan";
import type { AttachedDevice } from "./target";

/** How the guest is asked. */
export interface GuestPolicy {
  target: DevicesGuest;
  known: Sightings;
  /** What had left before this change, and the guest hasn't shown to have left. */
  departures: Departures;
  /** How long the guest may lag behind a call. */
  addTimeoutSeconds: number;
  removalTimeoutSeconds: number;
  /** Whether its PCI bus may be scanned anew where a device doesn't show by itself. */
  rescan: boolean;
  /** Whether a drive may be taken off that something in the guest holds. */
  removeInUse: boolean;
}

export type GuestProblem =
  /** The guest can't be asked, so that nothing was begun. */
  | { kind: "guest_silent"; error: unknown }
  /** Something in the guest holds the drive, or it can't tell: it was not taken off. Several drives: twins. */
  | ({ kind: "held"; step: Step; drives: readonly GuestDrive[] } & DriveHolders)
  /** vCenter verified the step, and the guest didn't show it in time. */
  | { kind: "not_confirmed"; step: Step; seconds: number; shown?: readonly GuestDrive[]; error?: unknown }
  /** Devices that are attached, by their account on the virtual machine, and that the guest doesn't show. */
  | { kind: "unconfirmed"; devices: readonly AttachedDevice[]; seconds: number; error?: unknown }
  /** Drives that have left the virtual machine before this change, and that the guest still shows. */
  | { kind: "lingering"; drives: ReturnType<typeof lingeringDrives>; seconds: number; error?: unknown };

/** What the guest showed at the end of the wait, or why it could not be asked. */
interface Unconfirmed {
  seconds: number;
  shown?: readonly GuestDrive[];
  error?: unknown;
}

/** A guest gives up even a drive that hangs after about 210 s. */
const LINGERS_SECONDS = 240;
const PAUSES = { pauseMs: 500, longestPauseMs: 4000 };
/** How often a drive is looked at again that only something passing holds, as udev does when a drive has come. */
const PASSING = { attempts: 4, pauseMs: 1000, longestPauseMs: 2000 };

/** What the guest shows while devices come and go. */
export class GuestWork {
  /** What the guest showed last. */
  private last?: GuestLook;
  private readonly known: Map<string, Sighting>;
  /** Devices that were added, and for which nothing has come yet: what the guest shows is others'. */
  private readonly awaited = new Set<string>();
  /** The drive of a device that has left is no other's, as long as the guest may go on showing it. */
  private readonly departed: Map<string, Departure>;
  private attached: readonly AttachedDevice[] = [];

  constructor(
    private readonly policy: GuestPolicy,
    private readonly work: Work<Step>,
  ) {
    this.known = new Map(policy.known);
    this.departed = new Map(policy.departures);
  }

  /** Every device that is attached by now, whoever has changed it, and whoever has to manage it. */
  sees(attached: readonly AttachedDevice[]): void {
    for (const device of this.attached) {
      if (!this.last || attached.some(({ address }) => address === device.address)) continue;
      if (this.awaited.has(device.address)) continue;
      const drives = candidatesFor(device, this.last, { attached: this.present, known: this.known });
      if (drives.length > 0)
        this.departed.set(device.address, departureOf(device, { drives, before: this.last, at: this.work.after(0) }));
    }
    for (const { address } of attached) this.departed.delete(address);
    this.attached = attached;
  }

  /** What the guest shows of what is attached; undefined where it was never asked. */
  get sightings(): Sightings | undefined {
    if (!this.last) return undefined;
    const seen = sightingsOf(this.present, this.last, this.known);
    return new Map([...seen].filter(([address]) => !this.awaited.has(address) && !this.departed.has(address)));
  }

  /** What has left the virtual machine, and the guest hasn't shown to have left. */
  get departures(): Departures {
    return this.departed;
  }

  /** Where the guest has the device at an address of the host. */
  addressOf(address: PciAddress): string | undefined {
    return this.known.get(address)?.address;
  }

  /** Whether there is a look to compare with. */
  get isAsked(): boolean {
    return this.last !== undefined;
  }

  /** What the guest may show: what is attached, and what may linger. */
  private get present(): Located[] {
    return [
      ...this.attached,
      ...[...this.departed].map(([address, { vendorId, deviceId }]) => ({ address, vendorId, deviceId })),
    ];
  }

  /** Before the first call: who can't confirm doesn't begin. */
  async begin(): Promise<void> {
    if (this.last) return;
    try {
      this.findDeparted(await this.look());
    } catch (error) {
      throw new Halt<GuestProblem>({ kind: "guest_silent", error });
    }
  }

  /** The virtual machine is off: what was seen of its guest holds no more. */
  forget(): void {
    delete this.last;
    this.departed.clear();
  }

  /** Who holds the device that a step is to remove; undefined where nobody does. */
  async held(step: Step, device: AttachedDevice): Promise<Extract<GuestProblem, { kind: "held" }> | undefined> {
    if (this.policy.removeInUse) return undefined;
    const candidates = (look: GuestLook): GuestDrive[] =>
      candidatesFor(device, look, { attached: this.present, known: this.known });
    let held: Extract<GuestProblem, { kind: "held" }> | undefined;
    const isFree = async (): Promise<boolean> => {
      // Asked for all that it may be, as they were when the guest was seen last.
      const look = await this.look({ holdersOf: candidates(this.last!).map(({ address }) => address) });
      const drives = candidates(look);
      const answers = drives.map(({ address }) => look.holders.get(address));
      const holders = answers.flatMap((answer) => answer?.holders ?? []);
      const unanswered = answers.flatMap((answer) => answer?.unanswered ?? ["the guest was not asked for it"]);
      held = holders.length + unanswered.length > 0 ? { kind: "held", step, drives, holders, unanswered } : undefined;
      return held === undefined || unanswered.length > 0 || holders.some(({ passing }) => !passing);
    };
    try {
      await this.work.until(isFree, { ...PASSING, stoppable: true });
    } catch (error) {
      if (error instanceof Halt) throw error;
      throw new Halt<GuestProblem>({ kind: "guest_silent", error });
    }
    return held;
  }

  /**
   * Looks until the guest shows what a verified step has done with a device. `isOn`: looks at the virtual machine
   * again, and tells whether it still runs.
   */
  async confirm(step: Step, device: AttachedDevice, isOn: () => Promise<boolean>): Promise<void> {
    const isAdd = step.operation === "add";
    const confirmed = isAdd
      ? await this.confirmAdded(device, isOn)
      : await this.lookUntil(false, isOn, () => !this.departed.has(step.address));
    if (confirmed !== true) throw new Halt<GuestProblem>({ kind: "not_confirmed", step, ...confirmed });
  }

  private async confirmAdded(device: AttachedDevice, isOn: () => Promise<boolean>): Promise<true | Unconfirmed> {
    const { address } = device;
    const before = this.last!;
    let came: Sighting | undefined;
    this.awaited.add(address);
    const confirmed = await this.lookUntil(true, isOn, (after) => {
      const others = this.present.filter((other) => other.address !== address);
      came = cameFor(device, { before, after, others, known: this.known });
      return came !== undefined;
    });
    if (came) {
      this.known.set(address, came);
      this.awaited.delete(address);
    }
    return confirmed;
  }

  /** Looks until the guest shows all of `attached`. */
  async confirmAll(attached: readonly AttachedDevice[], isOn: () => Promise<boolean>): Promise<void> {
    const missing = (look: GuestLook): AttachedDevice[] => {
      const seen = sightingsOf(this.present, look, this.known);
      return attached.filter(({ address }) => this.isAttached(address) && !seen.has(address));
    };
    if (this.last && missing(this.last).length === 0) return;
    const confirmed = await this.lookUntil(true, isOn, (look) => missing(look).length === 0);
    if (confirmed === true) return;
    const { seconds, error } = confirmed;
    const devices = this.last ? missing(this.last) : attached;
    throw new Halt<GuestProblem>({ kind: "unconfirmed", devices, seconds, error });
  }

  /** Looks until the guest no longer shows what it had shown and what is no longer attached. */
  async confirmLeft(isOn: () => Promise<boolean>): Promise<void> {
    const isPulled = ([address, { serialNumber }]: [string, Sighting]): boolean =>
      serialNumber !== undefined && !this.isAttached(address);
    if (this.departed.size === 0 && ![...this.known].some(isPulled)) return;
    await this.begin();
    const lingering = (look: GuestLook): ReturnType<typeof lingeringDrives> =>
      lingeringDrives(this.attached, look, this.departed);
    if (lingering(this.last!).length === 0) return;
    const confirmed = await this.lookUntil(false, isOn, (look) => lingering(look).length === 0);
    if (confirmed === true) return;
    const { seconds, error } = confirmed;
    throw new Halt<GuestProblem>({ kind: "lingering", drives: lingering(this.last!), seconds, error });
  }

  /** What had left before this change, by the first look. */
  private findDeparted(look: GuestLook): void {
    for (const [address, { serialNumber }] of this.known) {
      if (serialNumber === undefined || this.departed.has(address) || this.isAttached(address)) continue;
      const drive = look.drives.find((one) => one.serialNumber === serialNumber);
      if (drive)
        this.departed.set(address, departureOf(drive, { drives: [drive], before: look, at: this.work.after(0) }));
    }
    // What is shown long afterwards has come back elsewhere, or wasn't it: unless it is one drive too many.
    for (const [address, departure] of this.departed)
      if (departure.at < this.work.after(-LINGERS_SECONDS) && !isOneTooMany(departure, look, this.attached)) {
        this.departed.delete(address);
        this.known.delete(address);
      }
  }

  private isAttached(address: string): boolean {
    return this.attached.some((device) => device.address === address);
  }

  private async look(request: Parameters<DevicesGuest["look"]>[0] = {}): Promise<GuestLook> {
    const look = (this.last = await this.policy.target.look(request));
    for (const [address, departure] of this.departed)
      if (isGoneFrom(look, departure)) {
        this.departed.delete(address);
        this.known.delete(address);
      }
    return look;
  }

  /** A guest that can't be asked for a while, being restarted say, is asked again until the limit. */
  private async lookUntil(
    isAdd: boolean,
    isOn: () => Promise<boolean>,
    shows: (look: GuestLook) => boolean,
  ): Promise<true | Unconfirmed> {
    const { addTimeoutSeconds, removalTimeoutSeconds, rescan } = this.policy;
    const seconds = isAdd ? addTimeoutSeconds : removalTimeoutSeconds;
    let looks = 0;
    let failure: unknown;
    const isShown = async (): Promise<boolean> => {
      const isLate = looks++ > 0;
      let look: GuestLook;
      try {
        look = await this.look({ rescan: rescan && isAdd && isLate });
        failure = undefined;
      } catch (error) {
        failure = error;
        // One that is off is asked nothing, and what it showed is forgotten.
        return !(await isOn());
      }
      if (!shows(look)) return false;
      // While it was late, others may have attached a twin, whose drive it may be that has come.
      return !isAdd || !isLate || !(await isOn()) || shows(look);
    };
    if (await this.work.until(isShown, { limit: this.work.after(seconds), ...PAUSES })) return true;
    return { seconds, ...(failure !== undefined ? { error: failure } : { shown: this.last!.drives }) };
  }
}
