import { callErrorKind } from "../call-error";
import type { DeviceIdentity } from "../facts";
import type { PciAddress } from "../pci-address";
import { checkRules } from "../rules/rules";
import type { Violation } from "../rules/violation";
import { Halt, halted, Work, type WorkOptions } from "../work";
import { broken, type Change, type DevicesOutcome, type DevicesProblem } from "./change";
import { GuestWork, type GuestProblem } from "./guest-work";
import { deviceFacts, factsFor, isSameStep, peakCount, planSteps, violationsAtRest, type Step } from "./plan";
import { StepLines } from "./step-lines";
import { Waiting } from "./waiting";
import { classify, deviceAt, type AttachedDevice, type DevicesTarget, type DevicesObservation } from "./target";

interface ExecuteOptions extends WorkOptions {
  /** Limit of the whole change; no call is begun after it. */
  changeTimeoutSeconds: number;
  /** Limit of one step: waiting for another's task on the virtual machine. The target bounds the call itself. */
  operationTimeoutSeconds: number;
  /** How long to wait for a declared device that the host doesn't show. */
  waitForDeviceSeconds: number;
}

/** How long the device list may lag behind a call that has succeeded. */
const VERIFY_SECONDS = 30;
const VERIFY_PAUSES = { pauseMs: 250, longestPauseMs: 4000 };

/**
 * Makes the planned steps that are still needed: look, one call for one device, look again and verify, and only then
 * the next. Never throws for what the world does: the outcome says what was done and what stands in the way.
 */
export async function execute<O extends DevicesObservation>(
  target: DevicesTarget<O>,
  change: Change,
  options: ExecuteOptions,
): Promise<DevicesOutcome<O>> {
  return new Execution(target, change, options).run();
}

class Execution<O extends DevicesObservation> {
  private readonly work: Work<Step>;
  private readonly guest?: GuestWork;
  /** Removals that are not made, by address, since something in the guest holds the drive. */
  private readonly heldInGuest = new Map<PciAddress, GuestProblem>();
  private readonly known: Map<string, DeviceIdentity>;
  private readonly waiting: Waiting;
  private readonly stepLines: StepLines;
  private observed?: O;
  private blind?: Extract<DevicesProblem, { kind: "blind" }>;
  /** The step that found the virtual machine busy or changed, how often, and until when it may be tried again. */
  private contended?: { step: Step; attempts: number; until: number };

  constructor(
    private readonly target: DevicesTarget<O>,
    private readonly change: Change,
    private readonly options: ExecuteOptions,
  ) {
    this.work = new Work(options, options.changeTimeoutSeconds);
    this.waiting = new Waiting(this.work, options);
    this.stepLines = new StepLines({
      clock: options.clock,
      planned: change.planned,
      lastTask: () => target.lastTask,
      tell: (line, fields) => options.onProgress?.(line, fields),
    });
    this.known = new Map(change.remembered);
    if (change.guest) this.guest = new GuestWork(change.guest, this.work);
  }

  async run(): Promise<DevicesOutcome<O>> {
    const problems = await halted<DevicesProblem>(() => this.makeSteps());
    problems.push(...(await this.leftInGuest(problems)));
    if (this.blind && !problems.includes(this.blind)) problems.push(this.blind);
    return {
      observed: this.observed,
      known: this.known,
      sightings: this.guest?.sightings,
      departures: this.guest?.departures,
      waited: this.observed && this.waiting.account(this.observed),
      done: this.work.done,
      lines: this.stepLines.lines,
      problems,
    };
  }

  private async makeSteps(): Promise<void> {
    await this.observeOrHalt();
    for (;;) {
      const next = this.decide();
      if (next === undefined) return this.confirmAttached();
      this.work.mayBegin();
      await (typeof next === "number" ? this.pause(next) : this.makeStep(next));
    }
  }

  /**
   * From the last observation alone: the next step, or the seconds to wait for a device. Halts for what ends the change
   * before its end.
   */
  private decide(): Step | number | undefined {
    const nvme = this.nvme();
    const left = planSteps({
      attached: nvme.map(({ address }) => address),
      declared: this.change.declared,
      order: this.change.order,
    }).filter(({ address }) => !this.heldInGuest.has(address));
    const foreign = left.filter((step) => step.operation === "remove" && !this.isPlanned(step));
    if (foreign.length > 0)
      throw new Halt<DevicesProblem>(
        ...foreign.map((step) => ({
          kind: "unplanned" as const,
          step,
          label: nvme.find(({ address }) => address === step.address)!.label,
        })),
      );

    const violations =
      left.length > 0
        ? this.violations(left, nvme.length)
        : this.change.destroys
          ? []
          : violationsAtRest(this.observed!.facts.host);
    const blocking = violations.filter(({ onlyDevice }) => onlyDevice === undefined);
    if (blocking.length > 0) throw new Halt<DevicesProblem>(...blocking.map(broken));

    const held = new Set(violations.map(({ onlyDevice }) => onlyDevice));
    const open = left.filter(({ address }) => !held.has(address));
    const next = this.change.planned.find((step) => open.some((one) => isSameStep(one, step)));
    if (next) return next;
    const isAwaited = ({ onlyDevice }: Violation): boolean =>
      this.isPlanned({ operation: "add", address: onlyDevice as PciAddress });
    const wait = this.waiting.secondsToLook(violations.filter(isAwaited), this.observed!);
    if (wait !== undefined) return wait;
    const problems = [
      ...this.heldInGuest.values(),
      ...violations.map(broken),
      ...open.map((step): DevicesProblem => ({ kind: "unplanned", step })),
    ];
    if (problems.length > 0) throw new Halt(...problems);
    return undefined;
  }

  /** One step, told of when it has ended. Where nothing was done for now, all is decided anew. */
  private makeStep(step: Step): Promise<void> {
    const { name, facts } = this.observed!;
    const isHot = facts.virtualMachine?.powerState === "poweredOn";
    const on = name ?? facts.virtualMachine?.title ?? "";
    return this.stepLines.follow(step, { on, isHot, work: () => this.carryOut(step) });
  }

  /** The call, then looks until the list shows it. */
  private async carryOut(step: Step): ReturnType<Parameters<StepLines["follow"]>[1]["work"]> {
    const attached = this.nvme();
    const guest = this.runningGuest();
    await guest?.begin();
    if (guest && step.operation === "remove") {
      const held = await guest.held(step, deviceAt(step.address, attached)).catch(this.lookAgain);
      if (held) {
        this.heldInGuest.set(step.address, held);
        // What others have attached while the guest was asked is not to be taken for another drive that it shows.
        return void (await this.observe());
      }
    }
    this.options.onDetail?.("step begins", { ...step });
    let uncertain: unknown;
    try {
      await this.call(step);
    } catch (error) {
      const kind = callErrorKind(error) ?? "refused";
      const waitSeconds = kind === "busy" || kind === "changed" ? this.secondsToRetry(step, kind) : undefined;
      if (waitSeconds !== undefined) {
        this.options.onDetail?.("virtual machine is busy or has changed: looking again", { ...step });
        await this.pause(waitSeconds);
        return undefined;
      }
      if (kind !== "unknown") {
        await this.observe();
        throw new Halt<DevicesProblem>({ kind: "call_failed", step, error });
      }
      uncertain = error;
    }
    const isShown = async (): Promise<boolean> =>
      (await this.observe()) &&
      this.observed!.attached.some(({ address }) => address === step.address) === (step.operation === "add");
    if (await this.work.until(isShown, { limit: this.work.after(VERIFY_SECONDS), ...VERIFY_PAUSES })) {
      this.work.done.push(step);
      const isConfirmed = await this.confirm(step, attached);
      if (!isConfirmed) return { outcome: "verified" };
      return step.operation === "add"
        ? { outcome: "verified", guestAddress: this.guest?.addressOf(step.address) }
        : { outcome: "verified, gone from the guest" };
    }
    if (uncertain) throw new Halt<DevicesProblem>({ kind: "call_failed", step, error: uncertain });
    if (this.blind) this.blind.step = step;
    throw new Halt<DevicesProblem>(this.blind ?? { kind: "not_verified", step });
  }

  /** The guest, where it can be asked: while the virtual machine runs. */
  private runningGuest(): GuestWork | undefined {
    if (this.observed!.facts.virtualMachine?.powerState === "poweredOn") return this.guest;
    this.guest?.forget();
    return undefined;
  }

  private readonly isRunning = async (): Promise<boolean> => {
    await this.observe();
    return this.runningGuest() !== undefined;
  };

  /** Whether a verified step was looked for in the guest, and seen. */
  private async confirm(step: Step, before: readonly AttachedDevice[]): Promise<boolean> {
    const guest = this.runningGuest();
    if (!guest?.isAsked) return false;
    await guest.confirm(step, deviceAt(step.address, [...this.nvme(), ...before]), this.isRunning);
    return true;
  }

  /** All that is attached in the end, adopted or attached cold: in the guest, too. */
  private async confirmAttached(): Promise<void> {
    const guest = this.runningGuest();
    const attached = this.nvme();
    if (!guest || attached.length === 0) return;
    await guest.begin();
    await guest.confirmAll(attached, this.isRunning);
  }

  /** What has left before has to leave the guest, too; not asked where something else has ended the change. */
  private async leftInGuest(problems: readonly DevicesProblem[]): Promise<DevicesProblem[]> {
    const guest = this.observed && this.runningGuest();
    if (!guest || problems.some(({ kind }) => kind !== "violation" && kind !== "held")) return [];
    return halted<DevicesProblem>(() => guest.confirmLeft(this.isRunning));
  }

  private call(step: Step): Promise<void> {
    if (step.operation === "add") return this.target.add(this.observed!.hostDevices.get(step.address)!, this.observed!);
    return this.target.remove(this.nvme().find(({ address }) => address === step.address)!, this.observed!);
  }

  /** How long to wait before another try; undefined where a limit would be met first. */
  private secondsToRetry(step: Step, kind: "busy" | "changed"): number | undefined {
    const before =
      this.contended && isSameStep(this.contended.step, step)
        ? this.contended
        : { attempts: 0, until: this.work.after(this.options.operationTimeoutSeconds) };
    this.contended = { step, attempts: before.attempts + 1, until: before.until };
    const seconds = kind === "changed" && before.attempts === 0 ? 0 : Math.min(2 ** before.attempts, 10);
    return this.work.after(seconds) < Math.min(before.until, this.work.deadline) ? seconds : undefined;
  }

  /** Whether the virtual machine and its host could be seen. */
  private async observe(): Promise<boolean> {
    try {
      // Not cancelled with the change: what is true has to be known even when no further call is to be begun.
      this.observed = await this.target.observe();
      this.waiting.before ??= this.observed.hostDevices;
      delete this.blind;
      for (const [address, device] of this.observed.hostDevices)
        if (!this.known.has(address)) this.known.set(address, device);
      this.guest?.sees(this.observed.attached);
    } catch (error) {
      this.blind = { kind: "blind", error };
    }
    return this.blind === undefined;
  }

  private async observeOrHalt(): Promise<void> {
    if (!(await this.observe())) throw new Halt(this.blind!);
  }

  /** Waits, or until the change is stopped, and looks again. */
  private async pause(seconds: number): Promise<void> {
    await this.work.pause(seconds * 1000).catch(this.lookAgain);
    await this.observeOrHalt();
  }

  /** What ends a wait: a call of a process that was killed may have ended meanwhile. */
  private readonly lookAgain = async (halt: unknown): Promise<never> => {
    await this.observe();
    throw halt;
  };

  private nvme(): AttachedDevice[] {
    return classify(this.observed!, this.known).nvme;
  }

  private isPlanned(step: Step): boolean {
    return this.change.planned.some((one) => isSameStep(one, step));
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
