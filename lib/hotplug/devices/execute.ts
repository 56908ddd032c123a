import type { Clock } from "../../clock";
import type { DeviceFacts, DeviceIdentity, Facts } from "../facts";
import type { PciAddress } from "../pci-address";
import { checkRules } from "../rules/rules";
import { isSameStep, peakCount, planSteps, type Order, type Step } from "./steps";
import {
  CallError,
  classify,
  type AttachedDevice,
  type DevicesTarget,
  type DevicesObservation,
  type RememberedDevices,
} from "./target";
import type { Violation } from "../rules/violation";

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
  /**
   * The virtual machine or its host could not be seen, so that `step`, which succeeded by vCenter's account, is not
   * verified.
   */
  | { kind: "blind"; error: unknown; step?: Step };

export interface Outcome {
  /**
   * The last complete look; undefined where there was none. It is older than the last call where a problem is `blind`.
   */
  observation?: DevicesObservation;
  /**
   * What was remembered, and what this change has seen beside it: what tells the class of a drive that has left its
   * host since.
   */
  known: RememberedDevices;
  done: Step[];
  problems: Problem[];
}

/** How long the device list may lag behind a call that has succeeded. */
const VERIFY_SECONDS = 30;
const POLL_DEVICE_SECONDS = 5;

/**
 * Makes the planned steps that are still needed: look, one call for one device, look again and verify, and only then
 * the next. Never throws for what the world does: the outcome says what was done and what stands in the way.
 */
export async function execute(target: DevicesTarget, change: Change, options: ExecuteOptions): Promise<Outcome> {
  return new Execution(target, change, options).run();
}

class Execution {
  private readonly done: Step[] = [];
  private readonly known: Map<string, DeviceIdentity>;
  private readonly deadline: number;
  private readonly waitUntil: number;
  private observed?: DevicesObservation;
  private blind?: Extract<Problem, { kind: "blind" }>;
  /** The step that found the virtual machine busy or changed, how often, and until when it may be tried again. */
  private contended?: { step: Step; attempts: number; until: number };

  constructor(
    private readonly target: DevicesTarget,
    private readonly change: Change,
    private readonly options: ExecuteOptions,
  ) {
    const now = options.clock.now();
    this.deadline = now + options.changeTimeoutSeconds * 1000;
    this.waitUntil = Math.min(now + options.waitForDeviceSeconds * 1000, this.deadline);
    this.known = new Map(change.remembered);
  }

  async run(): Promise<Outcome> {
    const problems = await this.makeSteps();
    if (this.blind && !problems.includes(this.blind)) problems.push(this.blind);
    return { ...(this.observed && { observation: this.observed }), known: this.known, done: this.done, problems };
  }

  private async makeSteps(): Promise<Problem[]> {
    if (!(await this.observe())) return [this.blind!];
    for (;;) {
      const next = this.decide();
      if (Array.isArray(next)) return next;
      if (this.options.signal.aborted) return [{ kind: "stopped" }];
      if (this.options.clock.now() >= this.deadline) return [{ kind: "timed_out" }];
      const problem = next === "wait" ? await this.pause(POLL_DEVICE_SECONDS) : await this.makeStep(next);
      if (problem) return [problem];
    }
  }

  /**
   * From the last look alone: the next step, a wait for a device, or what ends the change (nothing, where all is done).
   */
  private decide(): Step | "wait" | Problem[] {
    const nvme = this.nvme();
    const left = planSteps({
      attached: nvme.map(({ address }) => address),
      declared: this.change.declared,
      order: this.change.order,
    });
    const foreign = left.filter((step) => step.operation === "remove" && !this.isPlanned(step));
    if (foreign.length > 0)
      return foreign.map((step) => ({
        kind: "unplanned",
        step,
        label: nvme.find(({ address }) => address === step.address)!.label,
      }));

    const violations = left.length > 0 ? this.violations(left, nvme.length) : [];
    const blocking = violations.filter(({ onlyDevice }) => onlyDevice === undefined);
    if (blocking.length > 0) return blocking.map((violation) => ({ kind: "violation", violation }));

    const held = new Set(violations.map(({ onlyDevice }) => onlyDevice));
    const open = left.filter((step) => step.operation === "remove" || !held.has(step.address));
    const next = this.change.planned.find((step) => open.some((one) => isSameStep(one, step)));
    if (next) return next;
    const awaited = violations.some(
      ({ rule, onlyDevice }) =>
        rule === "V6" &&
        this.change.planned.some(({ operation, address }) => operation === "add" && address === onlyDevice),
    );
    if (awaited && this.options.clock.now() < this.waitUntil) return "wait";
    return [
      ...violations.map((violation): Problem => ({ kind: "violation", violation })),
      ...open.map((step): Problem => ({ kind: "unplanned", step })),
    ];
  }

  /**
   * One step: the call, then looks until the device list shows it. Where nothing was done for now, all is decided anew.
   */
  private async makeStep(step: Step): Promise<Problem | undefined> {
    this.options.onProgress?.("step begins", { ...step });
    let uncertain: unknown;
    try {
      await this.call(step);
    } catch (error) {
      const kind = error instanceof CallError ? error.kind : "refused";
      const waitSeconds = kind === "busy" || kind === "changed" ? this.secondsToRetry(step, kind) : undefined;
      if (waitSeconds !== undefined) {
        this.options.onProgress?.("virtual machine is busy or has changed: looking again", { ...step });
        return this.pause(waitSeconds);
      }
      if (kind !== "unknown") {
        await this.observe();
        return { kind: "call_failed", step, error };
      }
      uncertain = error;
    }
    if (await this.verify(step)) {
      this.done.push(step);
      this.options.onProgress?.("step verified", { ...step });
      return undefined;
    }
    if (uncertain) return { kind: "call_failed", step, error: uncertain };
    if (this.blind) this.blind.step = step;
    return this.blind ?? { kind: "not_verified", step };
  }

  private call(step: Step): Promise<void> {
    if (step.operation === "add") return this.target.add(this.observed!.hostDevices.get(step.address)!, this.observed!);
    return this.target.remove(this.nvme().find(({ address }) => address === step.address)!, this.observed!);
  }

  /** How long to wait before another try; undefined where a limit would be met first. */
  private secondsToRetry(step: Step, kind: "busy" | "changed"): number | undefined {
    const now = this.options.clock.now();
    const before =
      this.contended && isSameStep(this.contended.step, step)
        ? this.contended
        : { attempts: 0, until: now + this.options.operationTimeoutSeconds * 1000 };
    this.contended = { step, attempts: before.attempts + 1, until: before.until };
    const seconds = kind === "changed" && before.attempts === 0 ? 0 : Math.min(2 ** before.attempts, 10);
    return now + seconds * 1000 < Math.min(before.until, this.deadline) ? seconds : undefined;
  }

  private async verify(step: Step): Promise<boolean> {
    const { clock } = this.options;
    const limit = clock.now() + VERIFY_SECONDS * 1000;
    for (let waitMs = 250; ; waitMs = Math.min(waitMs * 2, 4000)) {
      if ((await this.observe()) && this.isAttached(step.address) === (step.operation === "add")) return true;
      if (clock.now() >= limit) return false;
      await clock.sleep(waitMs);
    }
  }

  /** Whether the virtual machine and its host could be seen. */
  private async observe(): Promise<boolean> {
    try {
      // Not cancelled with the change: what is true has to be known even when no further call is to be begun.
      this.observed = await this.target.observe({});
      delete this.blind;
      for (const [address, device] of this.observed.hostDevices)
        if (!this.known.has(address)) this.known.set(address, device);
    } catch (error) {
      this.blind = { kind: "blind", error };
    }
    return this.blind === undefined;
  }

  /** Waits, or until the change is stopped, and looks again. */
  private async pause(seconds: number): Promise<Problem | undefined> {
    try {
      await this.options.clock.sleep(seconds * 1000, this.options.signal);
    } catch {
      return { kind: "stopped" };
    }
    await this.observe();
    return this.blind;
  }

  private nvme(): AttachedDevice[] {
    return classify(this.observed!, this.known).nvme;
  }

  private isPlanned(step: Step): boolean {
    return this.change.planned.some((one) => isSameStep(one, step));
  }

  private isAttached(address: PciAddress): boolean {
    return this.observed!.attached.some((device) => device.address === address);
  }

  private violations(left: readonly Step[], attachedCount: number): Violation[] {
    // A drive that was changed since the first look of this very change is another one, too.
    const change = { ...this.change, remembered: this.known };
    const devices = left
      .filter((step) => step.operation === "add")
      .map((step) => deviceFacts(step.address, this.observed!, change));
    const counts = { declaredCount: this.change.declared.size, peakCount: peakCount(attachedCount, left) };
    return checkRules({ ...factsFor(left, this.observed!), ...counts, devices }).filter(
      ({ weight }) => weight !== "advice",
    );
  }
}

/**
 * What counts for these steps. Taking devices off a virtual machine that is off is no hot plug: it asks nothing of the
 * settings, or else a machine that was never ready for hot plug could not be rid of its devices.
 */
export function factsFor(steps: readonly Step[], { facts }: Pick<DevicesObservation, "facts">): Facts {
  const { endpoint, host, virtualMachine } = facts;
  if (!host || virtualMachine?.powerState !== "poweredOff" || steps.some(({ operation }) => operation === "add"))
    return facts;
  const { title, powerState, connected, template } = virtualMachine;
  return {
    ...(endpoint && { endpoint }),
    host: {
      title: host.title,
      ...(host.connected !== undefined && { connected: host.connected }),
      ...(host.expectedHost && { expectedHost: host.expectedHost }),
    },
    virtualMachine: {
      title,
      powerState,
      ...(connected !== undefined && { connected }),
      ...(template !== undefined && { template }),
    },
  };
}

/** What a look tells about a device that is to be added. */
export function deviceFacts(
  address: PciAddress,
  observed: DevicesObservation,
  change: Pick<Change, "remembered" | "allowDeviceChange">,
): DeviceFacts {
  const remembered = change.remembered.get(address);
  const heldBy = observed.heldBy.get(address);
  const leftBehind = observed.attached.find((device) => device.address === address)?.label;
  return {
    address,
    onHost: observed.hostDevices.get(address) ?? null,
    allowDeviceChange: change.allowDeviceChange,
    ...(remembered && { remembered }),
    ...(heldBy !== undefined && { heldBy }),
    ...(leftBehind !== undefined && { leftBehind }),
  };
}
