import { CallError } from "../../lib/hotplug/call-error";
import { VirtualClock } from "./virtual-clock";

export const REFUSED = new CallError("refused", "a fault");
/** It has its effect all the same. */
export const UNANSWERED = new CallError("unknown", "no answer");

/** What targets in memory have in common: their calls are written down, take time, and fail when they are told to. */
export class FakeTarget {
  readonly clock = new VirtualClock(0);
  readonly calls: string[] = [];
  /** What each call of a name fails with, one after another; undefined where it succeeds. */
  fails: Record<string, unknown[]> = {};
  /** Calls that have no effect, whatever they answer. */
  ignored = new Set<string>();
  /** Told of each call, and of each look, before it is made. */
  before: (call: string) => void = () => undefined;

  protected async act(call: string, effect: () => unknown = () => undefined): Promise<void> {
    this.before(call);
    await this.clock.sleep(1000);
    if (call !== "look") this.calls.push(call);
    const error = this.fails[call]?.shift();
    if (error === undefined || error === UNANSWERED) if (!this.ignored.has(call)) effect();
    if (error !== undefined) throw error;
  }
}
