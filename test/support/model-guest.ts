import type { Clock } from "../../lib/clock";
import type { DevicesGuest, DriveHolders, GuestDrive, GuestLook } from "../../lib/hotplug/devices/guest";
import type { AttachedDevice } from "../../lib/hotplug/devices/target";
import { isNvme } from "../../lib/hotplug/facts";
import type { PciAddress } from "../../lib/hotplug/pci-address";
import type { ModelVcenter } from "./model-vcenter";

interface Shown {
  host: PciAddress;
  drive: GuestDrive;
  from: number;
  until: number;
}

type Holder = DriveHolders["holders"][number];

/** The guest of a model's virtual machine: it shows its drives at addresses of its own, and may lag behind. */
export class ModelGuest {
  /** How long it takes until a drive that comes is shown, and one that goes no longer. */
  lagSeconds = 0;
  /** It doesn't answer. */
  silent = false;
  /** Drives, by the host's address, that it shows only once its PCI bus is scanned anew. */
  readonly hidden = new Set<PciAddress>();
  readonly holders = new Map<PciAddress, Holder>();
  /** Drives of which it can't say who holds them. */
  readonly unclear = new Set<PciAddress>();
  /** Serial numbers that aren't made of the slot; none where it is empty. */
  readonly serials = new Map<PciAddress, string>();
  private readonly shown = new Map<number, Shown>();
  private nextSlot = 1;

  constructor(
    private readonly vcenter: ModelVcenter,
    private readonly clock: Clock,
  ) {
    vcenter.onChange = () => this.notice();
    this.notice();
  }

  /** The drives that it shows now, by the host's address. */
  showsNow(): Map<PciAddress, GuestDrive> {
    const now = this.clock.now();
    return new Map(
      [...this.shown.values()]
        .filter(({ host, from, until }) => from <= now && now < until && !this.hidden.has(host))
        .map(({ host, drive }) => [host, drive]),
    );
  }

  serialOf(address: PciAddress): string {
    return this.serials.get(address) ?? `S${address.slice(5, 7)}`;
  }

  /** The host's addresses of drives that have left the virtual machine, and that it still shows. */
  lingering(): PciAddress[] {
    return [...this.showsNow().keys()].filter((address) => !this.vcenter.has(address));
  }

  /** It starts anew: whatever is attached is shown, at other addresses, and nothing is held. */
  restart(): void {
    this.shown.clear();
    this.hidden.clear();
    this.holders.clear();
    this.notice({ atOnce: true });
  }

  look({ holdersOf = [], rescan = false }: Parameters<DevicesGuest["look"]>[0]): GuestLook {
    if (this.silent || this.vcenter.virtualMachine.powerState !== "poweredOn")
      throw new Error("the guest doesn't answer");
    if (rescan) this.scan();
    const drives = [...this.showsNow()];
    return {
      drives: drives.map(([, drive]) => drive),
      holders: new Map(
        drives
          .filter(([, { address }]) => holdersOf.includes(address))
          .map(([host, { address }]) => [address, this.holdersOf(host)]),
      ),
    };
  }

  private scan(): void {
    // What went while it was hidden isn't found again.
    for (const shown of this.shown.values())
      if (shown.until !== Infinity && this.hidden.has(shown.host)) shown.until = -Infinity;
    this.hidden.clear();
  }

  private holdersOf(host: PciAddress): DriveHolders {
    const holder = this.holders.get(host);
    return { holders: holder ? [holder] : [], unanswered: this.unclear.has(host) ? ["swap could not be read"] : [] };
  }

  private notice({ atOnce = false } = {}): void {
    const at = this.clock.now() + (atOnce ? 0 : this.lagSeconds * 1000);
    for (const device of this.vcenter.attached)
      if (!this.shown.has(device.key) && this.isDrive(device))
        this.shown.set(device.key, {
          host: device.address,
          drive: this.driveOf(device),
          from: at,
          until: Infinity,
        });
    for (const [key, shown] of this.shown)
      if (shown.until === Infinity && !this.vcenter.attached.some((device) => device.key === key)) {
        // What goes before it was shown never is.
        shown.until = shown.from > this.clock.now() ? -Infinity : at;
        this.holders.delete(shown.host);
      }
  }

  private isDrive({ address }: AttachedDevice): boolean {
    const inSlot = this.vcenter.slots.get(address);
    return inSlot === undefined || isNvme(inSlot);
  }

  private driveOf({ address, vendorId, deviceId }: AttachedDevice): GuestDrive {
    const slot = this.nextSlot++;
    const serialNumber = this.serialOf(address);
    return {
      address: `0000:0b:${slot.toString(16).padStart(2, "0")}.0`,
      vendorId,
      deviceId,
      ...(serialNumber !== "" && { serialNumber }),
      blockDevices: [`/dev/nvme${slot}n1`],
    };
  }
}
