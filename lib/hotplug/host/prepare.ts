import { isRefusal } from "../call-error";
import { isNvme } from "../facts";
import { checkRules } from "../rules/rules";
import type { Violation } from "../rules/violation";
import { waitedFor } from "../waited";
import { errorOf, Halt, halted, Work, type WorkOptions } from "../work";
import {
  activeDevices,
  devicesDueAtRestart,
  devicesLostByRestart,
  hostObstacles,
  isBlocking,
  mayReboot,
  planHost,
  type HostPlan,
  type WantedHost,
} from "./plan";
import type { HostOutcome, HostProblem, KeptDevice } from "./outcome";
import type { HostObservation, HostTarget } from "./target";

export interface HostPreparationOptions extends WorkOptions {
  changeTimeoutSeconds: number;
  waitForDeviceSeconds: number;
}

const POLL = { pauseMs: 5000 };
/** How long a host may take to show what was set. */
const SETTLE_SECONDS = 60;
/** Big servers take their time to start: a restart that has begun is waited for at least that long. */
const MINIMUM_RESTART_SECONDS = 1800;
const EXIT_ATTEMPTS = 4;

/**
 * Prepares a host: looks, enables passthrough, sets the kernel parameter, and restarts it if that is due and allowed,
 * at most once for all. Never throws for what the world does: the outcome says what was done and what stands in the
 * way.
 */
export async function prepareHost<O extends HostObservation>(
  target: HostTarget<O>,
  wanted: WantedHost,
  options: HostPreparationOptions,
): Promise<HostOutcome<O>> {
  return new HostPreparation(target, wanted, options).run();
}

class HostPreparation<O extends HostObservation> {
  private readonly work: Work;
  private readonly outcome = {
    enabled: [] as string[],
    released: [] as string[],
    kept: [] as KeptDevice[],
    problems: [] as HostProblem[],
  };
  /** Devices that were bound anew. */
  private readonly bound = new Set<string>();
  private last?: O;
  /** What the host showed when the work began. */
  private first?: O;

  constructor(
    private readonly target: HostTarget<O>,
    private readonly wanted: WantedHost,
    private readonly options: HostPreparationOptions,
  ) {
    this.work = new Work(options, options.changeTimeoutSeconds);
  }

  async run(): Promise<HostOutcome<O>> {
    const halts = await halted<HostProblem>(() => this.prepare());
    const active = this.last && activeDevices(this.last, this.wanted.devices);
    if (halts.length > 0) await errorOf(this.observe());
    this.outcome.problems.push(...halts);
    const boundInVain = [...this.bound].filter((address) => active?.includes(address) === false);
    const waited = this.last && waitedFor(this.options.waitForDeviceSeconds, this.first!.devices, this.last.devices);
    return { ...this.outcome, boundInVain, waited, observed: this.last, done: this.work.done, active };
  }

  private async prepare(): Promise<void> {
    await this.findDevices();
    this.check();
    await this.enable();
    await this.bind();
    await this.release();
    await this.setIntrCookies();
    await this.settle();
    await this.restartIfDue();
    // As it is now: a drive that was there when this began may have been pulled out since.
    this.outcome.problems.push(...hostObstacles(this.observed, this.wanted).violations.map(broken));
  }

  /** V4: a device put in while the host runs is found by a refresh. */
  private async findDevices(): Promise<void> {
    const limit = Math.min(this.work.after(this.options.waitForDeviceSeconds), this.work.deadline);
    const areThere = async (): Promise<boolean> => {
      const { devices } = await this.observe();
      const missing = [...this.wanted.devices].filter((address) => !devices.has(address));
      if (missing.length === 0) return true;
      this.check();
      this.work.mayBegin();
      await this.orHalt(this.target.refresh());
      const now = await this.observe();
      return missing.every((address) => now.devices.has(address));
    };
    await this.work.until(areThere, { limit, ...POLL, stoppable: true });
  }

  /** Halts where something stands against the change as a whole. */
  private check(): void {
    const { violations, usesUnknown } = hostObstacles(this.observed, this.wanted);
    const blocking = violations.find(isBlocking);
    if (blocking) throw halt(broken(blocking));
    if (usesUnknown) throw halt({ kind: "failed", error: usesUnknown });
  }

  private async enable(): Promise<void> {
    const { enable } = this.plan();
    if (enable.length === 0) return;
    await this.setPassthrough(enable, true);
    this.outcome.enabled.push(...enable);
    this.work.note(`passthrough enabled for ${enable.join(", ")}`);
  }

  /** What was enabled before and isn't active: asked for once more, which costs less than a restart (H4). */
  private async bind(): Promise<void> {
    const { bind } = this.plan();
    if (bind.length === 0) return;
    bind.forEach((address) => this.bound.add(address));
    this.work.mayBegin();
    const changes = bind.map((address) => ({ address, enabled: true, applyNow: true }));
    const error = await errorOf(this.target.setPassthrough(changes));
    // Refused or not: what doesn't get active by it waits for a restart.
    if (error === undefined) this.work.note(`passthrough asked for once more for ${bind.join(", ")}`);
    const isActive = async (): Promise<boolean> => {
      const active = activeDevices(await this.observe(), bind);
      return active.length === bind.length;
    };
    await this.work.until(isActive, { limit: this.work.after(error === undefined ? SETTLE_SECONDS : 0), ...POLL });
  }

  private async release(): Promise<void> {
    if (this.wanted.release.size === 0) return;
    const { devices, heldBy, unreadable } = await this.observe();
    // What is no drive now has the setting by its address alone: it was never ours to give back.
    const isOn = (address: string): boolean =>
      [devices.get(address)].some((device) => device && isNvme(device) && device.passthroughEnabled === true);
    const on = [...this.wanted.release].sort().filter(isOn);
    const left = on.filter((address) => heldBy.has(address) || unreadable.length > 0);
    const free = on.filter((address) => !left.includes(address));
    this.outcome.kept.push(...left.map((address) => ({ address, heldBy: heldBy.get(address), unreadable })));
    if (free.length === 0) return;
    await this.setPassthrough(free, false);
    this.outcome.released.push(...free);
    this.work.note(`passthrough disabled for ${free.join(", ")}`);
  }

  private async setPassthrough(addresses: readonly string[], enabled: boolean): Promise<void> {
    const applyNow = this.observed.canRebind;
    this.work.mayBegin();
    await this.orHalt(this.target.setPassthrough(addresses.map((address) => ({ address, enabled, applyNow }))));
  }

  private async setIntrCookies(): Promise<void> {
    const { intrCookies } = this.plan();
    if (intrCookies === undefined) return;
    this.work.mayBegin();
    await this.orHalt(this.target.setIntrCookies(intrCookies));
    this.work.note(`maxIntrCookies set to ${intrCookies}`);
  }

  /** Waits until the host shows what was set; what only a restart brings into force isn't waited for. */
  private async settle(): Promise<void> {
    if (this.work.done.length === 0) return;
    const isShown = (): boolean => this.plan().enable.length === 0 && this.plan().intrCookies === undefined;
    const isSettled = async (): Promise<boolean> => {
      const { canRebind, devices } = await this.observe();
      const inactive = this.outcome.enabled.some((address) => devices.get(address)?.passthroughActive !== true);
      return isShown() && !(canRebind && inactive);
    };
    await this.work.until(isSettled, { limit: this.work.after(SETTLE_SECONDS), ...POLL });
    // What is enabled and still not active may need a restart.
    if (!isShown()) throw halt({ kind: "not_shown" });
  }

  private async restartIfDue(): Promise<void> {
    const { restartReasons: reasons } = this.plan();
    if (reasons.length === 0) return;
    const { facts, inMaintenanceMode, usesUnknown } = this.observed;
    const denied = !mayReboot(this.wanted.reboot);
    const restart = {
      reasons,
      denied,
      ...(!denied && {
        takes: devicesLostByRestart(this.observed),
        blockedBy: inMaintenanceMode ? [] : await this.orHalt(this.target.findBlockers()),
      }),
    };
    const violations = checkRules({ host: { title: facts.title, restart } });
    if (violations.length > 0) return void this.outcome.problems.push(...violations.map(broken));
    // What is enabled by anyone and not active yet would go with the restart.
    if (usesUnknown && devicesDueAtRestart(this.observed).length > 0)
      throw halt({ kind: "failed", error: usesUnknown });
    this.work.mayBegin();
    await this.restart();
    const { restartReasons: left } = this.plan();
    if (left.length > 0) throw halt({ kind: "restarted_in_vain", reasons: left });
  }

  /** Through maintenance mode, once. A host that was in maintenance mode before stays in it. */
  private async restart(): Promise<void> {
    const { inMaintenanceMode: stays } = this.observed;
    if (!stays) await this.enterMaintenanceMode();
    const problems: HostProblem[] = [];
    try {
      problems.push(...(await halted<HostProblem>(() => this.restartOnly())));
    } finally {
      // Even where a bug ended it.
      if (!stays) await this.exitMaintenanceMode(problems[0]);
    }
    if (problems.length > 0) throw new Halt(...problems);
    await this.observe();
  }

  private async restartOnly(): Promise<void> {
    this.work.mayBegin();
    this.work.note("restart begun");
    const timeoutSeconds = Math.max(this.work.secondsLeft(), MINIMUM_RESTART_SECONDS);
    await this.orHalt(this.target.restart({ timeoutSeconds }));
    this.work.note("host is back");
  }

  private async enterMaintenanceMode(): Promise<void> {
    const { signal } = this.options;
    const timeoutSeconds = this.work.secondsLeft();
    const error = await errorOf(this.target.enterMaintenanceMode({ timeoutSeconds, signal }));
    if (error === undefined) return this.work.note("maintenance mode entered");
    // The entry is cancelled; where that came too late, or its answer was lost, it is undone.
    const inDoubt = !isRefusal(error);
    const isInIt = (): Promise<boolean> => this.isInMaintenanceMode(false);
    if (await this.work.until(isInIt, { limit: this.work.after(inDoubt ? SETTLE_SECONDS : 0), ...POLL }))
      await this.exitMaintenanceMode({ kind: "failed", error });
    throw halt({ kind: "not_in_maintenance_mode", error, inDoubt });
  }

  private async exitMaintenanceMode(before: HostProblem | undefined): Promise<void> {
    let error: unknown;
    const isOut = async (): Promise<boolean> => {
      error = await errorOf(this.target.exitMaintenanceMode());
      return !(await this.isInMaintenanceMode(error !== undefined));
    };
    if (await this.work.until(isOut, { attempts: EXIT_ATTEMPTS, ...POLL }))
      return this.work.note("maintenance mode left");
    throw halt({ kind: "still_in_maintenance_mode", error, before });
  }

  private isInMaintenanceMode(whereNotSeen: boolean): Promise<boolean> {
    return this.target.observe().then(
      ({ inMaintenanceMode }) => inMaintenanceMode,
      () => whereNotSeen,
    );
  }

  private async observe(): Promise<O> {
    this.last = await this.orHalt(this.target.observe());
    this.first ??= this.last;
    return this.last;
  }

  private async orHalt<T>(call: Promise<T>): Promise<T> {
    return call.catch((error: unknown) => {
      throw halt({ kind: this.last ? "failed" : "never_seen", error });
    });
  }

  private get observed(): O {
    return this.last!;
  }

  private plan(): HostPlan {
    const boundInVain = new Set([...(this.wanted.boundInVain ?? []), ...this.bound]);
    return planHost(this.observed, { ...this.wanted, boundInVain });
  }
}

function halt(problem: HostProblem): Halt<HostProblem> {
  return new Halt(problem);
}

function broken(violation: Violation): HostProblem {
  return { kind: "violation", violation };
}
