import type { Clock } from "../../clock";
import {
  activeDevices,
  devicesDueAtRestart,
  devicesLostByRestart,
  devicesToEnable,
  mayReboot,
  planHost,
  type HostPlan,
  type RebootPolicy,
  type WantedHost,
} from "./plan";
import { checkRules } from "../rules/rules";
import { explain, type Violation } from "../rules/violation";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type { HostObservation, HostTarget } from "./target";
import { VimFault } from "../../vim/wire/fault";
import { violationDiagnostic } from "../../provider/passthrough-devices/problems";
import { UserError } from "../../provider/user-error";
import { describeError } from "../../provider/errors";

export interface WantedPreparation extends WantedHost {
  reboot: RebootPolicy;
  /** Devices to be given back to the host, unless a virtual machine has them. */
  release: ReadonlySet<string>;
}

export interface HostPreparationOptions {
  clock: Clock;
  /** Aborted: no further change is begun. A host that was restarted is waited for all the same. */
  signal: AbortSignal;
  changeTimeoutSeconds: number;
  waitForDeviceSeconds: number;
  onProgress?(message: string): void;
}

export interface HostOutcome {
  /** The last look; undefined where there was none. */
  observed?: HostObservation;
  /** Devices whose passthrough was enabled, or given back, by this change. */
  enabled: string[];
  released: string[];
  diagnostics: Diagnostic[];
}

const POLL_SECONDS = 5;
/** How long a host may take to show what was set. */
const SETTLE_SECONDS = 60;
/** Big servers take their time to start: a restart that has begun is waited for at least that long. */
const MINIMUM_RESTART_SECONDS = 1800;
const EXIT_ATTEMPTS = 4;

/**
 * What stands against preparing this host as wanted; a missing device (`onlyDevice`) holds up itself alone. Throws
 * where a drive is to be enabled and it can't be told what the host itself uses.
 */
export function hostObstacles(observed: HostObservation, wanted: WantedHost): Violation[] {
  // What the preparation itself brings up is no obstacle to it.
  const { runningIntrCookies: _running, nvmeCount: _count, ...host } = observed.facts;
  const violations = checkRules({
    endpoint: observed.endpoint,
    host,
    devices: devicesToEnable(observed, wanted.devices),
  });
  const stops = violations.some(({ onlyDevice }) => onlyDevice === undefined);
  if (!stops && observed.usesUnknown && planHost(observed, wanted).enable.length > 0) throw observed.usesUnknown;
  return violations;
}

/**
 * Prepares a host: looks, enables passthrough, sets the kernel parameter, and restarts it if that is due and allowed,
 * at most once for all. Never throws for what the world does: the outcome says what was done and what stands in the
 * way.
 */
export async function prepareHost(
  target: HostTarget,
  wanted: WantedPreparation,
  options: HostPreparationOptions,
): Promise<HostOutcome> {
  return new Preparation(target, wanted, options).run();
}

class Preparation {
  private readonly done: string[] = [];
  private readonly outcome: HostOutcome = { enabled: [], released: [], diagnostics: [] };
  private readonly deadline: number;

  constructor(
    private readonly target: HostTarget,
    private readonly wanted: WantedPreparation,
    private readonly options: HostPreparationOptions,
  ) {
    this.deadline = options.clock.now() + options.changeTimeoutSeconds * 1000;
  }

  async run(): Promise<HostOutcome> {
    try {
      await this.findDevices();
      const missing = this.check(this.observed);
      await this.enable();
      await this.release();
      await this.setIntrCookies();
      await this.settle();
      await this.restartIfDue();
      this.outcome.diagnostics.push(...missing.map((violation) => this.broken(violation)));
    } catch (error) {
      this.outcome.diagnostics.push(
        error instanceof UserError
          ? errorDiagnostic(error.summary, `${error.detail} ${this.account()}`, error.path)
          : errorDiagnostic(
              this.outcome.observed ? `Host ${this.title} could not be prepared` : "The host could not be seen",
              `${describeError(error)} ${this.account()}`,
            ),
      );
      await this.observe().catch(() => undefined);
    }
    return this.outcome;
  }

  /** V4: a device put in while the host runs is found by a refresh. */
  private async findDevices(): Promise<void> {
    const { clock, signal, waitForDeviceSeconds } = this.options;
    const limit = Math.min(clock.now() + waitForDeviceSeconds * 1000, this.deadline);
    for (;;) {
      const observed = await this.observe();
      const missing = [...this.wanted.devices].filter((address) => !observed.devices.has(address));
      if (missing.length === 0) return;
      this.check(observed);
      this.mayBegin();
      await this.target.refresh();
      const now = await this.observe();
      if (missing.every((address) => now.devices.has(address)) || clock.now() >= limit) return;
      await clock.sleep(POLL_SECONDS * 1000, signal).catch(() => this.mayBegin());
    }
  }

  /** Throws where something stands against the change as a whole; answers what stands against single devices. */
  private check(observed: HostObservation): Violation[] {
    const violations = hostObstacles(observed, this.wanted);
    const [blocking] = violations.filter(({ onlyDevice }) => onlyDevice === undefined);
    if (blocking) throw new UserError(blocking.summary, explain(blocking));
    return violations;
  }

  private async enable(): Promise<void> {
    const observed = this.observed;
    const { enable } = this.preparation();
    if (enable.length === 0) return;
    this.mayBegin();
    await this.target.setPassthrough(
      enable.map((address) => ({ address, enabled: true, applyNow: observed.canRebind })),
    );
    this.outcome.enabled.push(...enable);
    this.note(`passthrough enabled for ${enable.join(", ")}`);
  }

  private async release(): Promise<void> {
    if (this.wanted.release.size === 0) return;
    const observed = await this.observe();
    const on = [...this.wanted.release]
      .sort()
      .filter((address) => observed.devices.get(address)?.passthroughEnabled === true);
    const left = on.filter((address) => observed.heldBy.has(address) || observed.unreadable.length > 0);
    const free = on.filter((address) => !left.includes(address));
    if (left.length > 0) {
      this.outcome.diagnostics.push(
        warningDiagnostic(
          `Passthrough stays enabled on host ${this.title} for ${left.join(", ")}`,
          `${left.map((address) => (observed.heldBy.has(address) ? `${address} is used by virtual machine ${observed.heldBy.get(address)}.` : `Whether ${address} is used can't be told: ${observed.unreadable.join(", ")} can't be read.`)).join(" ")} ` +
            "A device that a virtual machine may have is not taken back.",
        ),
      );
    }
    if (free.length === 0) return;
    this.mayBegin();
    await this.target.setPassthrough(
      free.map((address) => ({ address, enabled: false, applyNow: observed.canRebind })),
    );
    this.outcome.released.push(...free);
    this.note(`passthrough disabled for ${free.join(", ")}`);
  }

  private async setIntrCookies(): Promise<void> {
    const { intrCookies } = this.preparation();
    if (intrCookies === undefined) return;
    this.mayBegin();
    await this.target.setIntrCookies(intrCookies);
    this.note(`maxIntrCookies set to ${intrCookies}`);
  }

  /** Waits until the host shows what was set; what only a restart brings into force isn't waited for. */
  private async settle(): Promise<void> {
    if (this.done.length === 0) return;
    const { clock } = this.options;
    const limit = clock.now() + SETTLE_SECONDS * 1000;
    for (;;) {
      const observed = await this.observe();
      const { enable, intrCookies } = this.preparation();
      const pending = enable.length > 0 || intrCookies !== undefined;
      const inactive =
        observed.canRebind &&
        this.outcome.enabled.some((address) => observed.devices.get(address)?.passthroughActive !== true);
      if (!pending && !inactive) return;
      if (clock.now() >= limit) {
        // Enabled and still not active: a restart may be what it takes.
        if (!pending) return;
        throw new UserError(
          `vCenter reported success, but host ${this.title} doesn't show what was set`,
          "Look at its PCI devices and its kernel settings before trying again.",
        );
      }
      await clock.sleep(POLL_SECONDS * 1000);
    }
  }

  private async restartIfDue(): Promise<void> {
    const { restartReasons: reasons } = this.preparation();
    if (reasons.length === 0) return;
    const denied = !mayReboot(this.wanted.reboot);
    const restart = {
      reasons,
      denied,
      ...(!denied && {
        takes: devicesLostByRestart(this.observed),
        blockedBy: this.observed.inMaintenanceMode ? [] : await this.target.findBlockers(),
      }),
    };
    const violations = checkRules({ host: { title: this.title, restart } });
    if (violations.length > 0) {
      this.outcome.diagnostics.push(
        ...violations.map((violation) =>
          violation.weight === "advice" ? violationDiagnostic(violation, "warning") : this.broken(violation),
        ),
      );
      return;
    }
    // What is enabled by anyone and not active yet would go with the restart.
    if (this.observed.usesUnknown && devicesDueAtRestart(this.observed).length > 0) throw this.observed.usesUnknown;
    this.mayBegin();
    await this.restart();
    const { restartReasons: left } = this.preparation();
    if (left.length > 0)
      throw new UserError(
        `Host ${this.title} was restarted, and is not as it should be`,
        `${left.join("; ")}. It is not restarted again. Look at it in the vSphere Client.`,
      );
  }

  /** Through maintenance mode, once. A host that was in maintenance mode before stays in it. */
  private async restart(): Promise<void> {
    const wasInMaintenanceMode = this.observed.inMaintenanceMode;
    if (!wasInMaintenanceMode) await this.enterMaintenanceMode();
    const problem = await this.restartOnly().then(
      () => undefined,
      (error: unknown) => error ?? new Error("unknown"),
    );
    if (!wasInMaintenanceMode) await this.exitMaintenanceMode(problem);
    if (problem !== undefined) throw problem;
    await this.observe();
  }

  private async restartOnly(): Promise<void> {
    this.mayBegin();
    this.note("restart begun");
    await this.target.restart({ timeoutSeconds: Math.max(this.secondsLeft(), MINIMUM_RESTART_SECONDS) });
    this.note("host is back");
  }

  private async enterMaintenanceMode(): Promise<void> {
    try {
      await this.target.enterMaintenanceMode({ timeoutSeconds: this.secondsLeft(), signal: this.options.signal });
      this.note("maintenance mode entered");
    } catch (error) {
      // The entry is cancelled; where that came too late, or its answer was lost, it is undone.
      const isKnown = error instanceof VimFault;
      if (await this.isInMaintenanceMode({ waitSeconds: isKnown ? 0 : SETTLE_SECONDS }))
        await this.exitMaintenanceMode(error);
      const doubt = isKnown ? "" : " Look at it: an entry whose outcome isn't known may still be under way.";
      throw new UserError(
        `Host ${this.title} did not enter maintenance mode, and was not restarted`,
        `${describeError(error)}${doubt}`,
      );
    }
  }

  private async isInMaintenanceMode({ waitSeconds }: { waitSeconds: number }): Promise<boolean> {
    const { clock } = this.options;
    const limit = clock.now() + waitSeconds * 1000;
    for (;;) {
      if (
        await this.target.observe().then(
          (now) => now.inMaintenanceMode,
          () => false,
        )
      )
        return true;
      if (clock.now() >= limit) return false;
      await clock.sleep(POLL_SECONDS * 1000);
    }
  }

  private async exitMaintenanceMode(problem: unknown): Promise<void> {
    let last: unknown;
    for (let attempt = 1; attempt <= EXIT_ATTEMPTS; attempt++) {
      last = await this.target.exitMaintenanceMode().then(
        () => undefined,
        (error: unknown) => error,
      );
      const isOut = await this.target.observe().then(
        (now) => !now.inMaintenanceMode,
        () => last === undefined,
      );
      if (isOut) return this.note("maintenance mode left");
      if (attempt < EXIT_ATTEMPTS) await this.options.clock.sleep(POLL_SECONDS * 1000);
    }
    throw new UserError(
      `HOST ${this.title} IS STILL IN MAINTENANCE MODE`,
      "No virtual machine starts on it until it is taken out by hand: " +
        `${describeError(last ?? "vCenter reported success, but it is still in it.")}${problem === undefined ? "" : ` Before that: ${describeError(problem)}`}`,
    );
  }

  private mayBegin(): void {
    if (this.options.signal.aborted)
      throw new UserError(
        `Preparing host ${this.title} was stopped`,
        "It was interrupted, and no further change was begun.",
      );
    if (this.secondsLeft() <= 0)
      throw new UserError(
        `Preparing host ${this.title} ran out of time`,
        "The limit in timeouts was met, and no further change was begun.",
      );
  }

  private async observe(): Promise<HostObservation> {
    this.outcome.observed = await this.target.observe();
    return this.outcome.observed;
  }

  private get observed(): HostObservation {
    return this.outcome.observed!;
  }

  private get title(): string {
    return this.outcome.observed?.facts.title ?? "";
  }

  private preparation(): HostPlan {
    return planHost(this.observed, this.wanted);
  }

  private secondsLeft(): number {
    return Math.ceil((this.deadline - this.options.clock.now()) / 1000);
  }

  private note(what: string): void {
    this.done.push(what);
    this.options.onProgress?.(what);
  }

  private broken(violation: Violation): Diagnostic {
    return errorDiagnostic(violation.summary, `${explain(violation)} ${this.account()}`);
  }

  private account(): string {
    const active = this.outcome.observed
      ? ` Active for passthrough now: ${activeDevices(this.observed, this.wanted.devices).join(", ") || "none"}.`
      : "";
    return (
      `Done so far: ${this.done.join(", ") || "nothing"}.${active} Apply again once that is mended: what is done ` +
      "already is not done again."
    );
  }
}
