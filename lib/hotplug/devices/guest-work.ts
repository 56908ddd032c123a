import { Halt, type Work } from "../work";
import {
  cameFor,
  candidatesFor,
  hasLeft,
  lingeringDrives,
  sightingsOf,
  type DevicesGuest,
  type DriveHolders,
  type GuestDrive,
  type GuestLook,
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
  /** How long the guest may lag behind a call. */
  addTimeoutSeconds: number;
  removalTimeoutSeconds: number;
  /** Whether its PCI bus may be scanned anew where a device doesn't show by itself. */
  rescan: boolean;
  /** Whether a drive may be taken off that something in the guest holds. */
  removeInUse: boolean;
}

/** A drive that has left the virtual machine, and the address where it was. */
interface Lingering {
  address: PciAddress;
  drive: GuestDrive;
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
  /** Drives that were pulled out, and that the guest still shows. */
  | { kind: "lingering"; drives: readonly Lingering[]; seconds: number; error?: unknown };

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
  /** A removed device that the guest hasn't shown to have left. */
  private leaving?: AttachedDevice;

  constructor(
    private readonly policy: GuestPolicy,
    private readonly work: Work<Step>,
  ) {
    this.known = new Map(policy.known);
  }

  /** What the guest shows of `attached`; undefined where it was never asked. */
  sightings(attached: readonly AttachedDevice[]): Sightings | undefined {
    if (!this.last) return undefined;
    // What a removal may have left behind in the guest is no other's drive.
    const left = attached.some(({ address }) => address === this.leaving?.address) ? undefined : this.leaving;
    const seen = sightingsOf(left ? [...attached, left] : attached, this.last, this.known);
    return new Map([...seen].filter(([address]) => !this.awaited.has(address) && address !== left?.address));
  }

  /** Where the guest has the device at an address of the host. */
  addressOf(address: PciAddress): string | undefined {
    return this.known.get(address)?.address;
  }

  /** Whether there is a look to compare with. */
  get isAsked(): boolean {
    return this.last !== undefined;
  }

  /** Before the first call: who can't confirm doesn't begin. */
  async begin(): Promise<void> {
    if (this.last) return;
    try {
      this.last = await this.policy.target.look({});
    } catch (error) {
      throw new Halt<GuestProblem>({ kind: "guest_silent", error });
    }
  }

  /** The virtual machine is off: what was seen of its guest holds no more. */
  forget(): void {
    delete this.last;
  }

  /** Who holds the device that a step is to remove; undefined where nobody does. */
  async held(
    step: Step,
    { device, attached }: { device: AttachedDevice; attached: readonly AttachedDevice[] },
  ): Promise<Extract<GuestProblem, { kind: "held" }> | undefined> {
    if (this.policy.removeInUse) return undefined;
    let held: Extract<GuestProblem, { kind: "held" }> | undefined;
    const isFree = async (): Promise<boolean> => {
      // Asked for all that it may be, as they were when the guest was seen last.
      const before = candidatesFor(device, this.last!, { attached, known: this.known });
      const look = await this.policy.target.look({ holdersOf: before.map(({ address }) => address) });
      this.last = look;
      const drives = candidatesFor(device, look, { attached, known: this.known });
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

  /** Looks until the guest shows what a verified step has done. `isOn`: whether the virtual machine still runs. */
  async confirm(
    step: Step,
    {
      device,
      attached,
      isOn,
    }: { device: AttachedDevice; attached: readonly AttachedDevice[]; isOn(): Promise<boolean> },
  ): Promise<void> {
    const before = this.last!;
    const isAdd = step.operation === "add";
    const candidates = candidatesFor(device, before, { attached, known: this.known });
    if (isAdd) this.awaited.add(step.address);
    else this.leaving = device;
    const confirmed = await this.lookUntil(isAdd, isOn, (after) => {
      if (!isAdd) return hasLeft(device, { before, after, candidates });
      const came = cameFor(device, { before, after, others: attached, known: this.known });
      if (!came) return false;
      this.known.set(step.address, came);
      this.awaited.delete(step.address);
      return true;
    });
    if (confirmed !== true) throw new Halt<GuestProblem>({ kind: "not_confirmed", step, ...confirmed });
    if (isAdd) return;
    delete this.leaving;
    this.known.delete(step.address);
  }

  /** Looks until the guest shows all that is attached. */
  async confirmAll(attached: readonly AttachedDevice[], isOn: () => Promise<boolean>): Promise<void> {
    const missing = (look: GuestLook): AttachedDevice[] => {
      const seen = sightingsOf(attached, look, this.known);
      return attached.filter(({ address }) => !seen.has(address));
    };
    if (this.last && missing(this.last).length === 0) return;
    const confirmed = await this.lookUntil(true, isOn, (look) => missing(look).length === 0);
    if (confirmed === true) return;
    const { seconds, error } = confirmed;
    throw new Halt<GuestProblem>({
      kind: "unconfirmed",
      devices: this.last ? missing(this.last) : attached,
      seconds,
      error,
    });
  }

  /** Looks until the guest no longer shows what it had shown and what is no longer attached. */
  async confirmPulled(attached: readonly AttachedDevice[], isOn: () => Promise<boolean>): Promise<void> {
    const isPulled = ([address, { serialNumber }]: [string, Sighting]): boolean =>
      serialNumber !== undefined && attached.every((device) => device.address !== address);
    if (![...this.known].some(isPulled)) return;
    await this.begin();
    const lingering = (look: GuestLook): Lingering[] => lingeringDrives(attached, look, this.known);
    if (lingering(this.last!).length === 0) return;
    const confirmed = await this.lookUntil(false, isOn, (look) => lingering(look).length === 0);
    if (confirmed === true) return;
    const { seconds, error } = confirmed;
    throw new Halt<GuestProblem>({
      kind: "lingering",
      drives: lingering(this.last!),
      seconds,
      error,
    });
  }

  /** A guest that can't be asked for a while, being restarted say, is asked again until the limit. */
  private async lookUntil(
    isAdd: boolean,
    isOn: () => Promise<boolean>,
    shows: (look: GuestLook) => boolean,
  ): Promise<true | { seconds: number; shown?: readonly GuestDrive[]; error?: unknown }> {
    const { target, addTimeoutSeconds, removalTimeoutSeconds, rescan } = this.policy;
    const seconds = isAdd ? addTimeoutSeconds : removalTimeoutSeconds;
    let looks = 0;
    let failure: unknown;
    const isShown = async (): Promise<boolean> => {
      try {
        this.last = await target.look({ rescan: rescan && isAdd && looks++ > 0 });
        failure = undefined;
        return shows(this.last);
      } catch (error) {
        failure = error;
        // One that is off is asked nothing, and what it showed is forgotten.
        return !(await isOn());
      }
    };
    if (await this.work.until(isShown, { limit: this.work.after(seconds), ...PAUSES })) return true;
    return { seconds, ...(failure !== undefined ? { error: failure } : { shown: this.last!.drives }) };
  }
}
