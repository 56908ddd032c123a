import { pciAddress } from "../../lib/hotplug/pci-address";
import type { Config } from "../support/plugin-client";
import type { Random } from "./random";
import { OPERATION_SECONDS, type WorldEvent, type WorldFault } from "./world";

/** The slots that have drives at the beginning. */
export const ADDRESSES = ["3b", "3c", "5e", "5f", "86", "87"].map((bus) => pciAddress(`0000:${bus}:00.0`));
/** A slot that never has one. */
const EMPTY_SLOT = pciAddress("0000:d8:00.0");
/** What most applies take, in virtual time: what happens during one is spread over it. */
const APPLY_SECONDS = 6;
export const LONGEST_TASK_SECONDS = 90;

/** What happens to one command of a person. */
export interface Disturbance {
  /** Before it. */
  events?: WorldEvent[];
  faults?: WorldFault[];
  /** Between plan and apply. */
  between?: WorldEvent[];
  /** Seconds after the apply began. */
  timed?: { at: number; event: WorldEvent }[];
  /** Where there is no state, takes the virtual machine as it is first. */
  imports?: boolean;
  killAt?: number;
  stopAt?: number;
}

/** One of `machine`, whose devices are `taken` by no other resource of the stack. */
export function anyConfig(
  random: Random,
  { machine, taken = [], guests = false }: { machine: string; taken?: readonly string[]; guests?: boolean },
): Config {
  const drives = [...ADDRESSES, ...(random.chance(0.1) ? [EMPTY_SLOT] : [])];
  return {
    ...(guests && random.chance(0.85) && { guest: anyGuest(random) }),
    virtual_machine_id: machine,
    devices: random.some(drives, 0.5).filter((address) => !taken.includes(address)),
    order: random.pick([null, "add_first"]),
    allow_device_change: random.chance(0.2) ? true : null,
    wait_for_device: random.chance(0.2) ? "8s" : null,
    timeouts: { operation: `${OPERATION_SECONDS}s`, create: null, update: "3m", delete: null },
  };
}

const anyGuest = (random: Random): Config => ({
  host: null,
  port: null,
  user: null,
  host_key: null,
  timeout: random.pick(["2s", "8s"]),
  rescan: random.chance(0.5),
  remove_in_use: random.chance(0.15),
});

export function anyDisturbance(random: Random, { guests = false, machines = 1 } = {}): Disturbance {
  const event = (): WorldEvent => {
    const happens = guests && random.chance(0.4) ? anyGuestEvent(random) : anyEvent(random);
    return machines > 1 ? { ...happens, machine: random.between(0, machines - 1) } : happens;
  };
  const events = (most: number): WorldEvent[] =>
    Array.from({ length: random.chance(0.5) ? 0 : random.between(1, most) }, event);
  return {
    events: events(2),
    between: events(2),
    timed: events(3).map((event) => ({ at: random.next() * APPLY_SECONDS, event })),
    faults: Array.from({ length: random.chance(0.4) ? 0 : random.between(1, 2) }, () => anyFault(random)),
    imports: random.chance(0.3),
    ...(random.chance(0.15) && { killAt: random.next() * APPLY_SECONDS }),
    ...(random.chance(0.1) && { stopAt: random.next() * APPLY_SECONDS }),
  };
}

function anyGuestEvent(random: Random): WorldEvent {
  const address = random.pick(ADDRESSES);
  switch (random.between(0, 7)) {
    case 0:
    case 1:
    case 2:
      return { kind: "mount", address };
    case 3:
      return { kind: "unmount", address };
    case 4:
      return { kind: "hide", address };
    case 5:
      return { kind: "guest lags", seconds: random.pick([0, 1, 5, 30]) };
    case 6:
      return { kind: random.pick(["guest falls silent", "guest speaks", "guest speaks"] as const) };
    default:
      return { kind: "guest restarts" };
  }
}

function anyEvent(random: Random): WorldEvent {
  const address = random.pick(ADDRESSES);
  switch (random.between(0, 13)) {
    case 0:
    case 1:
      return { kind: "pull", address };
    case 2:
    case 3:
      return { kind: "plug", address, model: "first" };
    case 4:
      return { kind: "plug", address, model: "second" };
    case 5:
      return { kind: "attach", address };
    case 6:
      return { kind: "detach", address };
    case 7:
      return { kind: "take", address };
    case 8:
      return { kind: "give", address };
    case 9:
      return { kind: random.pick(["power off", "power on", "power on", "suspend"] as const) };
    case 10:
      return { kind: random.pick(["disconnect host", "connect host", "connect host"] as const) };
    case 11:
      return { kind: random.pick(["expire sessions", "restart vCenter"] as const) };
    default:
      return { kind: "touch" };
  }
}

function anyFault(random: Random): WorldFault {
  const call = random.between(1, 4);
  if (random.chance(0.2)) return { kind: "blind", look: random.between(1, 8), looks: random.pick([1, 2, 20]) };
  if (random.chance(0.1)) return { kind: "deaf", wait: random.between(1, 6), waits: random.pick([1, 3]) };
  if (random.chance(0.2)) return { kind: "slow", call, seconds: random.pick([2, 15, 40, LONGEST_TASK_SECONDS]) };
  return {
    kind: random.pick(["refused", "refused afterwards", "busy", "changed", "lost", "unanswered"] as const),
    call,
  };
}
