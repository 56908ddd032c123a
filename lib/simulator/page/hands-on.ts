import { type Controls, type Hand, HandError, type Happening } from "../../page/view";
import type { World } from "../core/world";
import type { FaultInjection, InjectedFault } from "../fault-injection";
import type { Guests } from "../guests/guests";
import type { Hardware } from "../hardware";
import type { InventoryDevice } from "../inventory/inventory";
import { HostSystem } from "../objects/host/host-system";

/** How much longer a slow task takes. */
const SLOW_SECONDS = 5;

interface HandsOnOptions {
  readonly world: World;
  readonly hardware: Hardware;
  readonly faults: FaultInjection;
  readonly guests?: Guests;
  readonly restart: () => void;
}

/** What a person does from the page to the servers, the guests and vCenter itself. */
export class HandsOn {
  private failing?: InjectedFault;
  private slow?: InjectedFault;

  constructor(private readonly options: HandsOnOptions) {}

  get controls(): Controls {
    return { failsNextTask: this.failing?.hits === 0, slowSeconds: this.slow ? SLOW_SECONDS : 0 };
  }

  /**
   * Does it, and tells what was done; of the hardware, that tells itself. Throws a HandError, or what the hardware or
   * the guest says against it.
   */
  do(hand: Hand): Happening | undefined {
    const name = String((hand as Partial<Hand> | null)?.act);
    if (!Object.hasOwn(ACTS, name)) throw new HandError("there is no such act");
    const act = ACTS[name as Hand["act"]] as Act<never>;
    const text = act(this.options, hand as never, this);
    return text === undefined ? undefined : { text, isAlarming: hand.act === "restart" };
  }

  /** @internal */
  setFailing(on: boolean): void {
    this.failing?.remove();
    const message = "Asked for on the page: this task fails.";
    this.failing = on
      ? this.options.faults.inject({}, { kind: "task fault", type: "GenericVmConfigFault", message })
      : undefined;
  }

  /** @internal */
  setSlow(on: boolean): void {
    this.slow?.remove();
    this.slow = on
      ? this.options.faults.inject({ times: Infinity }, { kind: "slow task", delayMs: SLOW_SECONDS * 1000 })
      : undefined;
  }
}

type Act<H extends Hand> = (options: HandsOnOptions, hand: H, hands: HandsOn) => string | undefined;

const ACTS: { readonly [K in Hand["act"]]: Act<Extract<Hand, { act: K }>> } = {
  pull: ({ hardware }, { host, address }) => {
    hardware.pull(text(host), text(address));
    return undefined;
  },
  plug: ({ hardware, world }, { host, address, drive }) => {
    const former = hostOf(world, host).device(text(address))?.description;
    if (!former) throw new HandError(`no device was pulled out of the slot of ${address}`);
    if (!["same drive", "same model", "another model"].includes(drive)) throw new HandError("there is no such drive");
    hardware.plug(host, drive === "same drive" ? address : replacement(former, drive === "same model"));
    return undefined;
  },
  add: ({ hardware, world }, { host }) => {
    const { devices } = hostOf(world, text(host));
    const address = freeAddress(devices.map(({ description }) => description.address));
    hardware.plug(host, { ...OTHER_MODEL, address });
    return undefined;
  },
  mount: ({ guests }, { virtualMachine, address }) => {
    const guest = guestsOf(guests).system(text(virtualMachine));
    const disk = guest.drives().find(({ hostAddress }) => hostAddress === address)?.disk;
    const directory = `/mnt/${disk ?? "disk"}`;
    guest.hold(text(address), "mount", directory);
    return `Mounted ${address} at ${directory} in the guest of ${virtualMachine}`;
  },
  unmount: ({ guests }, { virtualMachine, address }) => {
    const guest = guestsOf(guests).system(text(virtualMachine));
    const disk = guest.drives().find(({ hostAddress }) => hostAddress === address)?.disk;
    guest.release(`/dev/${disk}`);
    return `Unmounted ${address} in the guest of ${virtualMachine}`;
  },
  "fail next task": (_options, { on }, hands) => {
    hands.setFailing(on === true);
    return on ? "The next task is to fail" : "The next task is not to fail";
  },
  "slow tasks": (_options, { on }, hands) => {
    hands.setSlow(on === true);
    return on ? `Tasks take ${SLOW_SECONDS} seconds longer` : "Tasks take their usual time";
  },
  restart: ({ restart }) => {
    restart();
    return "Restarted vCenter: connections and sessions ended";
  },
};

const OTHER_MODEL = {
  vendor: "1e0f",
  device: "0013",
  vendorName: "KIOXIA Corporation",
  name: "NVMe SSD Controller CM7",
} as const;

/** A drive with a serial number of its own. */
function replacement(former: InventoryDevice, isSameModel: boolean): InventoryDevice {
  const { address, slot } = former;
  if (!isSameModel) return { ...OTHER_MODEL, address, slot };
  return { ...former, serialNumber: undefined, usedFor: undefined };
}

/** The first bus behind all that are taken. */
function freeAddress(taken: readonly string[]): string {
  const buses = taken.filter((address) => address.startsWith("0000:")).map((address) => address.slice(5, 7));
  const bus = Math.max(0x3a, ...buses.map((hex) => Number.parseInt(hex, 16))) + 1;
  if (bus > 0xff) throw new Error("no slot is empty");
  return `0000:${bus.toString(16).padStart(2, "0")}:00.0`;
}

function hostOf(world: World, nameOrId: string): HostSystem {
  const host = world.all(HostSystem).find((one) => one.name === nameOrId || one.ref.id === nameOrId);
  if (!host) throw new HandError(`there is no host ${JSON.stringify(nameOrId)}`);
  return host;
}

function guestsOf(guests: Guests | undefined): Guests {
  if (!guests) throw new Error("no guest runs here: start it with --guests");
  return guests;
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new HandError("a name or an address is missing");
  return value;
}
