import type { DevicesProblem } from "../../../lib/hotplug/devices/change";
import type { Departure, DevicesGuest, GuestDrive, Sighting, Sightings } from "../../../lib/hotplug/devices/guest";
import type { GuestPolicy, GuestProblem } from "../../../lib/hotplug/devices/guest-work";
import { formatStep } from "../../../lib/hotplug/devices/plan";
import { pciAddress } from "../../../lib/hotplug/pci-address";
import { ModelGuest } from "../../support/model-guest";
import type { ModelVcenter } from "../../support/model-vcenter";
import type { VirtualClock } from "../../support/virtual-clock";

interface Told {
  /** Writes down a line, with the time before it. */
  write(line: string): void;
  beforeLook(look: number): void;
}

/** The guest of a transcript, where it has one: how it is asked, what happens in it, and what was asked. */
export class TranscriptGuest {
  policy?: GuestPolicy;
  private readonly guest: ModelGuest;
  private readonly known = new Map<string, Sighting>();
  private readonly departures = new Map<string, Departure>();
  private looks = 0;

  constructor(
    vcenter: ModelVcenter,
    clock: VirtualClock,
    private readonly told: Told,
  ) {
    this.guest = new ModelGuest(vcenter, clock);
  }

  /** `confirm add 20s removal 5s rescan remove_in_use`: steps are confirmed in the guest. */
  confirm(words: readonly string[]): void {
    const seconds = (word: string): number =>
      words.includes(word) ? Number.parseInt(words[words.indexOf(word) + 1]!, 10) : 10;
    this.policy = {
      target: this.target,
      known: this.known,
      departures: this.departures,
      addTimeoutSeconds: seconds("add"),
      removalTimeoutSeconds: seconds("removal"),
      rescan: words.includes("rescan"),
      removeInUse: words.includes("remove_in_use"),
    };
  }

  /** `guest holds 3b /data`, and the like. */
  happen([what = "", name = "", ...rest]: readonly string[]): void {
    const { guest } = this;
    const address = pciAddress(`0000:${/^[0-9a-f]{2}$/.test(name) ? name : "00"}:00.0`);
    const events: Record<string, () => unknown> = {
      silent: () => (guest.silent = true),
      speaks: () => (guest.silent = false),
      lags: () => (guest.lagSeconds = Number.parseInt(name, 10)),
      hides: () => guest.hidden.add(address),
      shows: () => guest.hidden.delete(address),
      restarts: () => guest.restart(),
      serial: () => guest.serials.set(address, rest.join(" ")),
      known: () => this.known.set(address, { serialNumber: rest.join(" ") }),
      holds: () => guest.holders.set(address, { what: rest.join(" "), letGo: "umount it", passing: false }),
      probes: () => guest.holders.set(address, { what: rest.join(" "), letGo: "wait", passing: true }),
      frees: () => guest.holders.delete(address),
      unclear: () => guest.unclear.add(address),
    };
    if (!events[what]) throw new Error(`not an event of a guest: ${what}`);
    events[what]();
  }

  private readonly target: DevicesGuest = {
    look: async (request) => {
      this.told.beforeLook(++this.looks);
      const asked = [
        ...(request.rescan ? ["rescanned"] : []),
        ...(request.holdersOf ? [`asked who holds ${request.holdersOf.map(place).join(" ") || "none"}`] : []),
      ];
      const title = ["guest", ...asked].join(", ");
      try {
        const look = this.guest.look(request);
        this.told.write(`${title}: ${drivesText(look.drives)}`);
        return look;
      } catch (error) {
        this.told.write(`${title}: no answer`);
        throw error;
      }
    },
  };
}

/** `0000:0b:02.0`, a guest's address, as `g2`. */
function place(address: string): string {
  return address.replace(/^0000:0b:0*([0-9a-f]+)\.0$/, "g$1");
}

function drivesText(drives: readonly GuestDrive[]): string {
  return drives.map(({ address, serialNumber }) => `${place(address)}=${serialNumber ?? "?"}`).join(" ") || "none";
}

export function formatSightings(sightings: Sightings): string {
  const text = [...sightings].map(
    ([address, { address: guest, serialNumber, blockDevices }]) =>
      `${address} ${[guest && place(guest), serialNumber, blockDevices?.join(" ")].filter(Boolean).join(" ") || "?"}`,
  );
  return `guest shows: ${text.join(", ") || "none"}`;
}

export function isGuestProblem(problem: DevicesProblem): problem is GuestProblem {
  return ["guest_silent", "held", "not_confirmed", "unconfirmed", "lingering"].includes(problem.kind);
}

export function formatGuestProblem(problem: GuestProblem): string {
  const failure = (error: unknown): string => (error === undefined ? "" : `: ${(error as Error).message}`);
  switch (problem.kind) {
    case "guest_silent":
      return `guest silent${failure(problem.error)}`;
    case "held":
      return (
        `held, ${formatStep(problem.step)}: ${drivesText(problem.drives)} by ` +
        `${problem.holders.map(({ what }) => what).join(", ") || "nobody"}` +
        (problem.unanswered.length > 0 ? `, unanswered: ${problem.unanswered.join(", ")}` : "")
      );
    case "not_confirmed":
      return (
        `not confirmed, ${formatStep(problem.step)}, within ${problem.seconds}s${failure(problem.error)}` +
        (problem.shown ? `, shown: ${drivesText(problem.shown)}` : "")
      );
    case "unconfirmed":
      return (
        `unconfirmed, ${problem.devices.map(({ address }) => address).join(" ")}, within ${problem.seconds}s` +
        failure(problem.error)
      );
    case "lingering":
      return (
        `lingering, ${problem.drives.map(({ address, drives }) => `${address} ${drivesText(drives)}`).join(" ")}, ` +
        `within ${problem.seconds}s${failure(problem.error)}`
      );
  }
}
