import type { Clock } from "../../lib/clock";
import type { DevicesGuest } from "../../lib/hotplug/devices/guest";
import type { GuestPolicy } from "../../lib/hotplug/devices/guest-work";
import type { Step } from "../../lib/hotplug/devices/plan";
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

/** What one run of the provider was told by the guest, and whether it heeds it. */
export class GuestWatch {
  /** What the guest showed when it was asked last, since the virtual machine was seen running. */
  shown?: ReadonlySet<PciAddress>;
  /** The guest showed all that was attached, and nothing else, when the run looked first: only then is it judged. */
  private isJudged?: boolean;
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
  }

  /** The same, where it can be judged: what is late for a run before may be taken for what comes in this one. */
  get judged(): ReadonlySet<PciAddress> | undefined {
    return this.isJudged ? this.shown : undefined;
  }

  /** The virtual machine, as the run has seen it. */
  sees(powerState: string | undefined): void {
    this.isOn = powerState === "poweredOn";
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
        this.isJudged ??= this.guest.isSettled();
        this.shown = new Set(this.guest.showsNow().keys());
        this.held = new Set([...this.guest.holders.keys()].filter((address) => this.shown!.has(address)));
        return look;
      }),
  };
}
