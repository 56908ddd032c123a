import type { Clock } from "../clock";
import type { DeviceFacts } from "./facts";
import type { PciAddress } from "./pci-address";
import { checkRules } from "./rules";
import { isSameStep, planSteps, type Order, type Step } from "./steps";
import { CallError, classify, type HotplugTarget, type Observation, type RememberedDevices } from "./target";
import type { Violation } from "./violation";

/** A change as it was planned and reviewed. */
export interface Change {
  declared: ReadonlySet<PciAddress>;
  order: Order;
  /** The steps of the plan. No other step is ever made; one that is already true is skipped. */
  planned: readonly Step[];
  remembered: RememberedDevices;
  allowDeviceChange: boolean;
}

export interface ExecuteOptions {
  clock: Clock;
  /** Aborted: no further call is begun. A call that is under way is waited for. */
  signal: AbortSignal;
  /** Limit of the whole change; no call is begun after it. */
  changeTimeoutSeconds: number;
  /** Limit of one step: waiting for another's task on the virtual machine. The target bounds the call itself. */
  operationTimeoutSeconds: number;
  /** How long to wait for a declared device that the host doesn't show. */
  waitForDeviceSeconds: number;
  /** Told of each step as it begins and ends. */
  onProgress?(message: string, fields?: Record<string, unknown>): void;
}

export type Problem =
  /** Rules that are broken, found before a call; with `onlyDevice` set, all other steps were made. */
  | { kind: "violation"; violation: Violation }
  /** What is left to do holds a step that nobody planned. */
  | { kind: "unplanned"; step: Step; label?: string }
  | { kind: "stopped" }
  | { kind: "timed_out" }
  | { kind: "call_failed"; step: Step; error: unknown }
  /** The call succeeded by its own account, and the device list doesn't show it. */
  | { kind: "not_verified"; step: Step }
  /** The virtual machine or its host could not be seen. */
  | { kind: "blind"; error: unknown };

export interface Outcome {
  /** The last complete look; undefined where there was none. */
  observation?: Observation;
  done: Step[];
  problems: Problem[];
}

/** How long the device list may lag behind a call that has succeeded. */
const VERIFY_SECONDS = 30;
const POLL_DEVICE_SECONDS = 5;

/**
 * Makes the planned steps that are still needed: look, one call for one device, look again and verify, and only then the
 * next. Never throws for what the world does: the outcome says what was done and what stands in the way.
 */
export async function execute(target: HotplugTarget, change: Change, options: ExecuteOptions): Promise<Outcome> {
  return new Execution(target, change, options).run();
}

class Execution {
  private readonly done: Step[] = [];
  private readonly deadline: number;
  private seen?: Observation;

  constructor(
    private readonly target: HotplugTarget,
    private readonly change: Change,
    private readonly options: ExecuteOptions,
  ) {
    this.deadline = options.clock.now() + options.changeTimeoutSeconds * 1000;
  }

  async run(): Promise<Outcome> {
    const problems = await this.makeSteps();
    return { ...(this.seen && { observation: this.seen }), done: this.done, problems };
  }

  private async makeSteps(): Promise<Problem[]> {
    const waitUntil = this.options.clock.now() + this.options.waitForDeviceSeconds * 1000;
    const blind = await this.look();
    if (blind) return [blind];

    for (;;) {
      const left = this.stepsLeft();
      if (left.length === 0) return [];
      const removal = left.find((step) => step.operation === "remove" && !this.isPlanned(step));
      if (removal) return [{ kind: "unplanned", step: removal, ...this.labelOf(removal.address) }];

      const violations = this.violations(left);
      const blocking = violations.filter((violation) => violation.onlyDevice === undefined);
      if (blocking.length > 0) return blocking.map((violation) => ({ kind: "violation", violation }));

      const held = new Set(violations.map((violation) => violation.onlyDevice));
      const next = this.change.planned.find((step) => left.some((one) => isSameStep(one, step)) && !(step.operation === "add" && held.has(step.address)));
      const awaitsDevice = !next && violations.some((violation) => violation.rule === "V6") && this.options.clock.now() < waitUntil;
      if (!next && !awaitsDevice) return this.whatIsMissing(left, violations);

      if (this.options.signal.aborted) return [{ kind: "stopped" }];
      if (this.options.clock.now() >= this.deadline) return [{ kind: "timed_out" }];
      const problem = next ? await this.makeStep(next) : await this.pause(POLL_DEVICE_SECONDS);
      if (problem) return [problem];
    }
  }

  /** One step: the call, then looks until the device list shows it. Where nothing was done, the caller decides anew. */
  private async makeStep(step: Step): Promise<Problem | undefined> {
    const { clock, onProgress } = this.options;
    const limit = clock.now() + this.options.operationTimeoutSeconds * 1000;
    for (let attempt = 0; ; attempt++) {
      onProgress?.("step begins", { ...step });
      let uncertain: CallError | undefined;
      try {
        await this.call(step);
      } catch (error) {
        const kind = error instanceof CallError ? error.kind : undefined;
        if ((kind === "busy" || kind === "changed") && clock.now() < Math.min(limit, this.deadline)) {
          onProgress?.("virtual machine is busy or has changed: looking again", { ...step });
          const problem = await this.pause(kind === "busy" ? Math.min(2 ** attempt, 10) : 0);
          if (problem || !this.mayRepeat(step)) return problem;
          continue;
        }
        if (kind !== "unknown") {
          await this.look();
          return { kind: "call_failed", step, error };
        }
        uncertain = error as CallError;
      }
      const verified = await this.verify(step);
      if (verified === true) {
        this.done.push(step);
        onProgress?.("step verified", { ...step });
        return undefined;
      }
      if (uncertain) return { kind: "call_failed", step, error: uncertain };
      return verified === false ? { kind: "not_verified", step } : verified;
    }
  }

  private call(step: Step): Promise<void> {
    const seen = this.seen!;
    if (step.operation === "remove") return this.target.remove(seen.attached.find((device) => device.address === step.address)!, seen);
    return this.target.add(seen.hostDevices.get(step.address)!, seen);
  }

  /** Whether the step is still as right as it was, after a look; if not, the whole is decided anew. */
  private mayRepeat(step: Step): boolean {
    const left = this.stepsLeft();
    return left.some((one) => isSameStep(one, step)) && left.every((one) => one.operation === "add" || this.isPlanned(one)) && this.violations(left).length === 0;
  }

  private async verify(step: Step): Promise<true | false | Problem> {
    const { clock } = this.options;
    const limit = clock.now() + VERIFY_SECONDS * 1000;
    for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 4000)) {
      const blind = await this.look();
      if (!blind && this.isAttached(step.address) === (step.operation === "add")) return true;
      if (clock.now() >= limit) return blind ?? false;
      await clock.sleep(waitMs);
    }
  }

  private async look(): Promise<Problem | undefined> {
    try {
      // Not cancelled with the change: what is true has to be known even when no further call is to be begun.
      this.seen = await this.target.observe({});
      return undefined;
    } catch (error) {
      return { kind: "blind", error };
    }
  }

  /** Waits, or until the change is stopped, and looks again. */
  private async pause(seconds: number): Promise<Problem | undefined> {
    try {
      await this.options.clock.sleep(seconds * 1000, this.options.signal);
    } catch {
      return { kind: "stopped" };
    }
    return this.look();
  }

  private stepsLeft(): Step[] {
    const attached = classify(this.seen!, this.change.remembered).nvme.map((device) => device.address);
    return planSteps({ attached, declared: this.change.declared, order: this.change.order });
  }

  private isPlanned(step: Step): boolean {
    return this.change.planned.some((one) => isSameStep(one, step));
  }

  private isAttached(address: PciAddress): boolean {
    return this.seen!.attached.some((device) => device.address === address);
  }

  private labelOf(address: PciAddress): { label?: string } {
    const device = this.seen!.attached.find((one) => one.address === address);
    return device ? { label: device.label } : {};
  }

  private violations(left: readonly Step[]): Violation[] {
    const devices = left.filter((step) => step.operation === "add").map((step) => deviceFacts(step.address, this.seen!, this.change));
    return checkRules({ ...this.seen!.facts, devices }).filter((violation) => violation.weight !== "advice");
  }

  /** What is left when every step that could be made was made: a device that isn't there, or one that nobody planned to add. */
  private whatIsMissing(left: readonly Step[], violations: readonly Violation[]): Problem[] {
    const held = new Set(violations.map((violation) => violation.onlyDevice));
    return [
      ...violations.map((violation): Problem => ({ kind: "violation", violation })),
      ...left.filter((step) => !held.has(step.address)).map((step): Problem => ({ kind: "unplanned", step })),
    ];
  }
}

/** What a look tells about a device that is to be added. */
export function deviceFacts(address: PciAddress, seen: Observation, change: Pick<Change, "remembered" | "allowDeviceChange">): DeviceFacts {
  const remembered = change.remembered.get(address);
  const heldBy = seen.heldBy.get(address);
  return {
    address,
    onHost: seen.hostDevices.get(address) ?? null,
    allowDeviceChange: change.allowDeviceChange,
    ...(remembered && { remembered }),
    ...(heldBy !== undefined && { heldBy }),
  };
}
