import type { HostDevice } from "../facts";
import type { Violation } from "../rules/violation";
import { waitedFor, type Waited } from "../waited";
import type { Work } from "../work";
import type { Step } from "./plan";
import type { DevicesObservation } from "./target";

const POLL_DEVICE_SECONDS = 5;
const POLL_HELD_SECONDS = 2;
/** How long the change that frees a device may take to begin: those that don't depend on each other begin at once. */
const HOLDER_BEGINS_SECONDS = 10;

/** How long a change waits for devices that aren't there yet, or not free yet. */
export class Waiting {
  private readonly until: number;
  /** Until when a device is waited for that another virtual machine has: while that gives it up, and otherwise. */
  private heldUntil?: { comingFree: number; otherwise: number };
  /** What the host showed when the change began. */
  before?: ReadonlyMap<string, HostDevice>;

  constructor(
    private readonly work: Work<Step>,
    private readonly limits: { operationTimeoutSeconds: number; waitForDeviceSeconds: number },
  ) {
    this.until = Math.min(work.after(limits.waitForDeviceSeconds), work.deadline);
  }

  /** Until the next look, where one of `violations` is worth waiting for; undefined where none is. */
  secondsToLook(violations: readonly Violation[], { comingFree }: DevicesObservation): number | undefined {
    const now = this.work.after(0);
    const held = violations.filter(({ rule }) => rule === "V3");
    if (held.length > 0) {
      this.heldUntil ??= {
        comingFree: Math.min(this.work.after(this.limits.operationTimeoutSeconds), this.work.deadline),
        otherwise: Math.min(this.work.after(HOLDER_BEGINS_SECONDS), this.work.deadline),
      };
      const { comingFree: whileFreed, otherwise } = this.heldUntil;
      const until = held.map(({ onlyDevice }) => (comingFree?.has(onlyDevice!) ? whileFreed : otherwise));
      if (now < Math.max(...until)) return POLL_HELD_SECONDS;
    }
    return violations.some(({ rule }) => rule === "V6") && now < this.until ? POLL_DEVICE_SECONDS : undefined;
  }

  /** What was waited for in vain, and what came instead. */
  account({ hostDevices }: DevicesObservation): Waited | undefined {
    return this.before && waitedFor(this.limits.waitForDeviceSeconds, this.before, hostDevices);
  }
}
