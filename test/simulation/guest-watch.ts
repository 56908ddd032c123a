import type { Clock } from "../../lib/clock";
import type { DevicesGuest } from "../../lib/hotplug/devices/guest";
import type { GuestPolicy } from "../../lib/hotplug/devices/guest-work";
import type { Step } from "../../lib/hotplug/devices/plan";
import type { DevicesObservation } from "../../lib/hotplug/devices/target";
import type { PciAddress } from "../../lib/hotplug/pci-address";
import type { ModelGuest } from "../support/model-guest";
import type { Mortality, WorldEvent } from "./world";

const LOOK_MS = 50;

export function happenInGuest(guest: ModelGuest, event: WorldEvent): void {
  switch (event.kind) {
    case "mount":
      if (guest.showsNow().has(event.address))
        guest.holders.set(event.address, { what: "mounted at /data", letGo: "Unmount it.", passing: false });
      return;
    case "unmount":
      return void guest.holders.delete(event.address);
    case "hide":
      return void guest.hidden.add(event.address);
    case "guest falls silent":
    case "guest speaks":
      return void (guest.silent = event.kind === "guest falls silent");
    case "guest lags":
      return void (guest.lagSeconds = event.seconds);
    case "guest restarts":
      return guest.restart();
  }
}

/** Nothing is held, hidden or late any more. */
export function healGuest(guest: ModelGuest): void {
  guest.holders.clear();
  guest.hidden.clear();
  guest.silent = false;
  guest.lagSeconds = 0;
}

/** What the guest showed a run when it was asked last, by the host's address: the drives' serial numbers. */
export type ShownToRun = ReadonlyMap<string, string | undefined>;

/** What one run of the provider was told by the guest, and whether it heeds it. */
export class GuestWatch {
  /** What the guest showed when it was asked last, since the virtual machine was seen running. */
  private shown?: ShownToRun;
  /** Devices of which the run can know that they were on the virtual machine. */
  private readonly known = new Set<string>();
  private attached: readonly PciAddress[] = [];
  /** The guest has shown the drive of a device that left unseen: it can be taken for any other of its model. */
  private isDeceived = false;
  private held: ReadonlySet<PciAddress> = new Set();
  private policy?: GuestPolicy;
  private isOn = false;

  constructor(
    private readonly guest: ModelGuest,
    private readonly clock: Clock,
    private readonly life: Mortality,
  ) {}

  asks(policy: GuestPolicy): void {
    this.policy = policy;
    for (const known of [policy.known, policy.departures]) for (const address of known.keys()) this.known.add(address);
    // One that was deceived before passes that on.
    this.isDeceived = [...policy.known].some(
      ([address, { serialNumber }]) =>
        serialNumber !== undefined && serialNumber !== this.guest.serialOf(address as PciAddress),
    );
  }

  /** What the guest showed, where the run can be judged by it. */
  get judged(): ShownToRun | undefined {
    return this.isDeceived ? undefined : this.shown;
  }

  /** The virtual machine, as the run has seen it. */
  sees({ facts, attached }: DevicesObservation): void {
    this.isOn = facts.virtualMachine?.powerState === "poweredOn";
    this.attached = attached.map(({ address }) => address);
    if (!this.isOn) delete this.shown;
  }

  /** Why a step must not be made, by what the guest has told. */
  standsAgainst({ operation, address }: Step): string | undefined {
    if (operation === "add" || !this.policy || this.policy.removeInUse || !this.isOn) return undefined;
    if (!this.shown) return "the guest wasn't asked";
    return this.held.has(address) ? "the guest held it" : undefined;
  }

  readonly target: DevicesGuest = {
    look: (request) =>
      this.life.guard(async () => {
        await this.clock.sleep(LOOK_MS);
        const look = this.guest.look(request);
        const shown = new Map([...this.guest.showsNow()].map(([address, drive]) => [address, drive.serialNumber]));
        for (const address of this.attached) this.known.add(address);
        this.isDeceived ||= this.guest.lingering().some((address) => !this.known.has(address));
        this.shown = shown;
        this.held = new Set([...this.guest.holders.keys()].filter((address) => shown.has(address)));
        return look;
      }),
  };
}
