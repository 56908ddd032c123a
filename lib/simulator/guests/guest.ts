import { fixedBacking } from "../core/passthrough";
import { isNvme } from "../core/host-device";
import { stableUuid } from "../core/random";
import type { VirtualMachine } from "../objects/virtual-machine/virtual-machine";

/** An NVMe drive as a guest has it. */
export interface GuestDrive {
  /** On the host. */
  readonly hostAddress: string;
  /** In the guest. */
  readonly address: string;
  readonly vendor: string;
  readonly device: string;
  readonly model: string;
  readonly serialNumber: string;
  /** `nvme0`; its disk is `nvme0n1`. */
  readonly controller: string;
  readonly disk: string;
}

/** What keeps a drive: a mount, swap, a process that has it open, or a block device on top. */
interface Hold {
  readonly disk: string;
  readonly kind: "mount" | "swap" | "process" | "holder";
  /** The mount point, the process as `PID NAME`, or the device on top. */
  readonly detail: string;
}

/** How long a guest takes to show a device that has come, and to let go of one that has left. */
interface Lag {
  readonly addMs: number;
  readonly removalMs: number;
}

interface Slot {
  readonly drive: GuestDrive;
  readonly from: number;
  until: number;
}

/**
 * The operating system of one virtual machine, as far as its drives go: a drive shows a while after it was attached and
 * leaves a while after it was removed. Addresses and controllers are given out in order, anew at each boot.
 */
export class GuestSystem {
  lag: Lag = { addMs: 0, removalMs: 0 };
  /** Whether it has python3 or perl, to be asked whether a drive can be opened exclusively. */
  tellsHolders = true;
  /** How often somebody logged in, and ran a command. */
  readonly visits = { logins: 0, commands: 0 };
  /** Before a command is answered: it may take its time, or break the connection by failing. */
  onCommand: (command: string) => Promise<void> = async () => undefined;
  private readonly slots = new Map<number, Slot>();
  private readonly hidden = new Set<string>();
  private held: Hold[] = [];
  private count = 0;

  constructor(
    private readonly vm: VirtualMachine,
    private readonly now: () => number,
  ) {}

  get runs(): boolean {
    return this.vm.powerState === "poweredOn";
  }

  /** Takes notice of what was attached and removed since. */
  notice(): void {
    if (!this.runs) return this.boot();
    const keys = new Set<number>();
    for (const attached of this.vm.devices) {
      const backing = fixedBacking(attached);
      const device = backing && this.vm.host.device(backing.id);
      const key = attached["key"] as number;
      if (!backing || (device && !isNvme(device))) continue;
      keys.add(key);
      if (this.slots.has(key) || !device) continue;
      const { description } = device;
      const number = this.count++;
      this.slots.set(key, {
        from: this.now() + this.lag.addMs,
        until: Infinity,
        drive: {
          hostAddress: backing.id,
          address: `0000:${(0x13 + 8 * number).toString(16).padStart(2, "0")}:00.0`,
          vendor: description.vendor,
          device: description.device,
          model: description.name ?? `Device ${description.device}`,
          serialNumber: description.serialNumber ?? serialNumber(this.vm.host.ref.id, backing.id),
          controller: `nvme${number}`,
          disk: `nvme${number}n1`,
        },
      });
    }
    for (const [key, slot] of this.slots)
      if (!keys.has(key)) slot.until = Math.min(slot.until, this.now() + this.lag.removalMs);
  }

  /** What lspci shows. */
  drives(): GuestDrive[] {
    this.notice();
    const now = this.now();
    return [...this.slots.values()]
      .filter(({ drive, from, until }) => from <= now && now < until && !this.hidden.has(drive.hostAddress))
      .map(({ drive }) => drive);
  }

  holds(disk?: string): Hold[] {
    return this.held.filter((hold) => disk === undefined || hold.disk === disk);
  }

  /** Throws if the guest has no such disk: named as `/dev/nvme0n1`, or by the address of its drive on the host. */
  hold(diskOrAddress: string, kind: Hold["kind"], detail: string): void {
    const drive = this.drives().find(
      ({ disk, hostAddress }) => `/dev/${disk}` === diskOrAddress || hostAddress === diskOrAddress,
    );
    if (!drive) throw new Error(`the guest of ${this.vm.name} has no ${diskOrAddress}`);
    this.held.push({ disk: drive.disk, kind, detail });
  }

  /** Lets go of a mount point, or of a drive, named as above. Throws if nothing holds it. */
  release(what: string): void {
    const named = this.drives().find(({ hostAddress }) => hostAddress === what)?.disk;
    const isMeant = ({ disk, detail }: Hold): boolean => detail === what || `/dev/${disk}` === what || disk === named;
    if (!this.held.some(isMeant)) throw new Error(`nothing holds ${what} in the guest of ${this.vm.name}`);
    this.held = this.held.filter((hold) => !isMeant(hold));
  }

  /** The guest doesn't show the drive at this address of the host, until it is shown again. */
  hide(hostAddress: string): void {
    this.hidden.add(hostAddress);
  }

  show(hostAddress: string): void {
    this.hidden.delete(hostAddress);
  }

  /** Nothing is mounted, and addresses are given out anew. */
  boot(): void {
    this.slots.clear();
    this.held = [];
    this.count = 0;
  }
}

/** The drive that an inventory puts into a slot, where it doesn't say which one. */
function serialNumber(host: string, address: string): string {
  return `S${stableUuid(`drive ${host} ${address}`).replaceAll("-", "").slice(0, 13).toUpperCase()}`;
}
