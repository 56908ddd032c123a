import type { Clock } from "../../lib/clock";
import type { PciAddress } from "../../lib/hotplug/pci-address";
import type { Provider } from "../../lib/tfplugin6/provider";
import type { VirtualClock } from "../support/virtual-clock";
import type { ShownToRun } from "./guest-watch";

/** Two models of drives that a person may put into a slot. */
export type Model = "first" | "second";

/** `timeouts.operation` of every configuration. */
export const OPERATION_SECONDS = 20;

/**
 * What happens in the world beside the provider, to a virtual machine, its guest, its host or a slot of its host. One
 * that is impossible just then doesn't happen.
 */
export type WorldEvent = WorldHappening & {
  /** Which of the world's machines. @default 0 */
  machine?: number;
};

type WorldHappening =
  | { kind: "pull"; address: PciAddress }
  | { kind: "plug"; address: PciAddress; model: Model }
  /** Somebody else adds or removes a device of the virtual machine, or changes something of no concern. */
  | { kind: "attach" | "detach"; address: PciAddress }
  | { kind: "touch" }
  /** Another virtual machine takes the device, or gives it back. */
  | { kind: "take" | "give"; address: PciAddress }
  | { kind: "power off" | "power on" | "suspend" }
  | { kind: "disconnect host" | "connect host" }
  /** In the guest, where the world has one: a drive is mounted or let go, or isn't shown until the bus is scanned. */
  | { kind: "mount" | "unmount" | "hide"; address: PciAddress }
  | { kind: "guest falls silent" | "guest speaks" | "guest restarts" }
  | { kind: "guest lags"; seconds: number }
  /** vCenter forgets its sessions, or its tasks as well. */
  | { kind: "expire sessions" | "restart vCenter" };

/** What goes wrong with the provider's requests, counted from when it is armed. */
export type WorldFault =
  | { kind: "refused" | "refused afterwards" | "busy" | "changed" | "lost" | "unanswered"; call: number }
  | { kind: "slow"; call: number; seconds: number }
  | { kind: "blind"; look: number; looks: number }
  /** The wait for a task is cut off. */
  | { kind: "deaf"; wait: number; waits: number };

/** What a world begins with. */
export interface WorldDevices {
  /** NVMe drives of the first model, in their slots. */
  slots: readonly PciAddress[];
  /** A device of another class, on the first virtual machine from the beginning. */
  graphics: PciAddress;
  /** A virtual machine goes on showing a device that was pulled out. */
  pulledStayShown: boolean;
}

/** One request to reconfigure a virtual machine, as it arrived. */
export interface ReconfigureCall {
  process: number;
  /** The virtual machine's id. */
  machine: string;
  at: number;
  changes: { operation: string; address: string }[];
  /** What else the request held. */
  beside: string[];
  /** It came while the one before, of the same process and machine, had neither ended nor taken effect. */
  overlaps: boolean;
  /** What the process was told, where that was an error: another task or version was in its way, or it failed. */
  error?: "nothing done" | "failed" | undefined;
  /** What the guest had said when it was asked last, where that stood against the removal. */
  inUse?: string | undefined;
  /** The process looked afterwards, and the look showed what the call was for. */
  verified: boolean;
}

/** One run of the provider. */
export interface ProviderProcess {
  id: number;
  provider: Provider;
  /** As by kill -9: nothing that it awaits ever comes, and it sends nothing more. */
  kill(): void;
}

/** A virtual machine that a resource declares the devices of, as it really is. */
export interface SimulatedMachine {
  readonly id: string;
  /** The id of its host; two of one host share its slots. */
  readonly host: string;
  /** A device of another class, on it from the beginning: nobody's business. */
  readonly graphics: PciAddress;
  /** Every device that is on it, whatever its class. */
  attached(): PciAddress[];
  /** What each device on it is; another than what is in its slot where that was exchanged. */
  attachedModels(): ReadonlyMap<PciAddress, Model>;
  /** What is in the slots of its host. */
  slots(): ReadonlyMap<PciAddress, Model>;
}

/** A vCenter, and people who do things to it. */
export interface SimulatedWorld {
  readonly clock: VirtualClock;
  readonly machines: readonly SimulatedMachine[];
  readonly calls: readonly ReconfigureCall[];
  happen(event: WorldEvent): void;
  arm(fault: WorldFault): void;
  /** Ends every fault. */
  quiet(): void;
  /**
   * Ends every fault, and whatever keeps devices from being used: other virtual machines, power states, a host that is
   * away.
   */
  heal(): void;
  startProcess(): ProviderProcess;
  /** What the guest showed a process when it was asked last; undefined where it wasn't, or was switched off since. */
  shownTo?(process: number): ShownToRun | undefined;
  end(): void;
}

/** Ends the life of what runs behind it: a promise that was awaited never settles any more. */
export class Mortality {
  private dead = false;

  kill(): void {
    this.dead = true;
  }

  guard<T>(work: () => Promise<T>): Promise<T> {
    if (this.dead) return new Promise(() => undefined);
    return new Promise((resolve, reject) => {
      work().then(
        (value) => this.dead || resolve(value),
        (error: Error) => this.dead || reject(error),
      );
    });
  }

  clock(clock: Clock): Clock {
    return { now: () => clock.now(), sleep: (ms, signal) => this.guard(() => clock.sleep(ms, signal)) };
  }
}
