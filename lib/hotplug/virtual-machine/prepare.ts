import type { Clock } from "../../clock";
import type { Facts, PowerCyclePolicy } from "../facts";
import {
  describeVirtualMachinePlan,
  hostVersionFor,
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
  PREPARED_RULES,
  type VirtualMachinePlan,
} from "./plan";
import { checkRules } from "../rules/rules";
import { isOlder } from "../../compare-versions";
import { explain, type Violation } from "../rules/violation";
import { isFault, VimFault } from "../../vim/wire/fault";
import { UserError } from "../../provider/user-error";
import { describeError } from "../../provider/errors";

/** One complete look at a virtual machine, as its preparation needs it. */
export interface VirtualMachineObservation {
  facts: Facts & { virtualMachine: NonNullable<Facts["virtualMachine"]> };
  toolsRunning: boolean;
  /** VMware Tools have not run since the virtual machine was powered on. */
  toolsNeverRan: boolean;
}

/**
 * What a preparation asks of the world, each call awaited to its end. `observed` is the look on which a change was decided.
 */
export interface VirtualMachineTarget {
  observe(): Promise<VirtualMachineObservation>;
  lockMemory(observed: VirtualMachineObservation): Promise<void>;
  upgradeHardware(hardwareVersion: number): Promise<void>;
  setHotPlug(
    settings: { motherboardLayout: boolean; hotPlug: boolean },
    observed: VirtualMachineObservation,
  ): Promise<void>;
  shutdownGuest(): Promise<void>;
  powerOff(): Promise<void>;
  powerOn(): Promise<void>;
}

export interface WantedSettings {
  hardwareVersion: number;
  powerCycle: PowerCyclePolicy;
  /** The resource is being created, which `on_create` is about. */
  creating: boolean;
  guestShutdownTimeoutSeconds: number;
  forcePowerOff: boolean;
}

export interface PreparationOptions {
  clock: Clock;
  /** Aborted: no further change is begun. A virtual machine that went down for this is powered on all the same. */
  signal: AbortSignal;
  onProgress?(message: string): void;
}

const POLL_SECONDS = 2;
/** How long vCenter may take to show what a task has set. */
const VERIFY_SECONDS = 60;
const POWER_ON_ATTEMPTS = 4;
const POWER_ON_PAUSE_SECONDS = 10;

/** Rules that stand against preparing this virtual machine at all; what the preparation itself sets is none of them. */
export function obstacles(observed: VirtualMachineObservation, wanted: WantedSettings): Violation[] {
  const { facts } = observed;
  const preparation = planVirtualMachine(facts.virtualMachine, wanted);
  const denied =
    facts.virtualMachine.powerState === "poweredOn" &&
    needsPowerOff(preparation) &&
    !mayPowerCycle(wanted.powerCycle, wanted);
  const beyond = upgradeBeyondHost(observed, preparation);
  const asked = {
    ...facts.virtualMachine,
    ...(denied && { powerCycleDeniedBy: wanted.powerCycle }),
    // The version that it has now is what the upgrade is about, and no obstacle beside it.
    ...(beyond && { upgradeBeyondHost: beyond, hardwareVersion: undefined }),
  };
  const isPreparedHere = ({ rule, weight }: Violation): boolean =>
    weight === "advice" || (PREPARED_RULES.includes(rule) && !(rule === "M3" && beyond));
  return checkRules({ ...facts, virtualMachine: asked }).filter((violation) => !isPreparedHere(violation));
}

/** Whether hot plug is in force on what was seen, or will be at the next power-on where it is off. */
export function isReady(observed: VirtualMachineObservation, wanted: Pick<WantedSettings, "hardwareVersion">): boolean {
  return (
    isPrepared(planVirtualMachine(observed.facts.virtualMachine, wanted)) && checkRules(observed.facts).length === 0
  );
}

/**
 * Makes a virtual machine ready: looks, sets the memory while it may still run, takes it down if it has to and may,
 * sets the rest, powers on what it took down, and looks whether hot plug is in force. Rejects with a UserError that
 * says what was done; whatever fails after the power-off, the virtual machine is powered on again or the error says
 * that it is down.
 */
export async function prepareVirtualMachine(
  target: VirtualMachineTarget,
  wanted: WantedSettings,
  options: PreparationOptions,
): Promise<VirtualMachineObservation> {
  return new Preparation(target, wanted, options).run();
}

class Preparation {
  private readonly done: string[] = [];
  /** Why the last look of a wait failed. */
  private blindness?: unknown;

  constructor(
    private readonly target: VirtualMachineTarget,
    private readonly wanted: WantedSettings,
    private readonly options: PreparationOptions,
  ) {}

  async run(): Promise<VirtualMachineObservation> {
    let observed = await this.observe();
    if (this.preparationOf(observed).lockMemory) observed = await this.lockMemory(observed);
    if (!needsPowerOff(this.preparationOf(observed)))
      return isPrepared(this.preparationOf(observed)) ? observed : this.verify();
    if (observed.facts.virtualMachine.powerState !== "poweredOn") {
      await this.setWhileOff(title(observed));
      return this.verify();
    }
    await this.goDown(observed);
    const problem = await this.setWhileOff(title(observed)).then(
      () => undefined,
      (error: unknown) => error,
    );
    await this.comeUp(title(observed), problem);
    if (problem !== undefined)
      throw this.failed(`Virtual machine ${title(observed)} could not be made ready; it is powered on again`, problem);
    return this.verify();
  }

  /** A look on which a change may be decided: nothing stands against it. */
  private async observe(): Promise<VirtualMachineObservation> {
    const observed = await this.target.observe();
    const [violation] = obstacles(observed, this.wanted);
    if (violation) throw new UserError(violation.summary, `${explain(violation)} ${this.account()}`);
    if (this.options.signal.aborted)
      throw new UserError(
        `Preparing virtual machine ${title(observed)} was stopped`,
        `It was interrupted, and no further change was begun. ${this.account()}`,
      );
    return observed;
  }

  /** While it runs, where vCenter lets it: a host without the memory then says so before there is an outage. */
  private async lockMemory(observed: VirtualMachineObservation): Promise<VirtualMachineObservation> {
    try {
      await this.target.lockMemory(observed);
      this.note("all guest memory reserved and locked");
    } catch (error) {
      const mustBeOff = isFault(error, "InvalidPowerState") && observed.facts.virtualMachine.powerState === "poweredOn";
      if (!mustBeOff || !mayPowerCycle(this.wanted.powerCycle, this.wanted))
        throw this.failed(
          `The memory of virtual machine ${title(observed)} could not be reserved; it was left as it was`,
          error,
        );
    }
    return this.observe();
  }

  private async goDown(observed: VirtualMachineObservation): Promise<void> {
    const { creating, forcePowerOff, powerCycle } = this.wanted;
    const name = title(observed);
    if (!observed.toolsRunning) {
      const mayForce = forcePowerOff || (creating && powerCycle === "on_create" && observed.toolsNeverRan);
      if (!mayForce) {
        throw new UserError(
          `The guest of virtual machine ${name} can't be asked to shut down: VMware Tools don't run in it`,
          "It was left running. Shut it down yourself and apply again, or set force_power_off = true to switch " +
            `it off hard: what it hasn't written is lost then. ${this.account()}`,
          ["force_power_off"],
        );
      }
      return this.switchOff(name);
    }
    try {
      await this.target.shutdownGuest();
      this.note("the guest asked to shut down");
    } catch (error) {
      if (error instanceof VimFault)
        throw this.failed(
          `The guest of virtual machine ${name} could not be asked to shut down; it was left running`,
          error,
        );
      // The answer was lost, and the guest may be on its way down: only looking tells.
      this.note("the guest asked to shut down, with no answer");
    }
    // The request can't be taken back, so not even an interruption ends the waiting: what goes down has to come up
    // again.
    if (
      await this.reaches(
        (now) => now.facts.virtualMachine.powerState === "poweredOff",
        this.wanted.guestShutdownTimeoutSeconds,
      )
    )
      return;
    if (forcePowerOff && !this.options.signal.aborted) return this.switchOff(name);
    if (this.blindness !== undefined) {
      throw new UserError(
        `VIRTUAL MACHINE ${name} MAY BE DOWN: its guest was asked to shut down, and it can't be seen since`,
        `Look at it now, and power it on by hand if it is off. ${describeError(this.blindness)} ${this.account()}`,
      );
    }
    throw new UserError(
      `The guest of virtual machine ${name} did not shut down within ${this.wanted.guestShutdownTimeoutSeconds} s`,
      "It was left running, and nothing that needs it powered off was set. It was asked to shut down and MAY " +
        "STILL GO DOWN: it then stays down until it is powered on. Find out what keeps it, then apply again; " +
        "guest_shutdown_timeout gives it longer, and force_power_off = true switches it off hard. " +
        `${this.account()}`,
      ["guest_shutdown_timeout"],
    );
  }

  private async switchOff(name: string): Promise<void> {
    const problem = await this.target.powerOff().then(
      () => undefined,
      (error: unknown) => error,
    );
    // Whatever the task said: only one that is seen to be off is down.
    if (await this.reaches((now) => now.facts.virtualMachine.powerState === "poweredOff", VERIFY_SECONDS))
      return this.note("switched off hard");
    throw this.failed(
      `Virtual machine ${name} was not seen to be switched off; it MAY STILL GO DOWN, so look at it`,
      problem ?? "vCenter reported success, but the virtual machine is still on.",
    );
  }

  private async setWhileOff(name: string): Promise<void> {
    let observed = await this.observe();
    if (observed.facts.virtualMachine.powerState !== "poweredOff")
      throw new UserError(`Virtual machine ${name} was powered on by somebody else meanwhile`, "Apply again.");
    if (this.preparationOf(observed).lockMemory) {
      await this.target.lockMemory(observed);
      this.note("all guest memory reserved and locked");
      observed = await this.observe();
    }
    const { upgradeTo } = this.preparationOf(observed);
    if (upgradeTo !== undefined) {
      await this.target.upgradeHardware(upgradeTo);
      this.note(`hardware version upgraded to ${upgradeTo}`);
      observed = await this.observe();
    }
    const { setMotherboardLayout: motherboardLayout, setHotPlug: hotPlug } = this.preparationOf(observed);
    if (motherboardLayout || hotPlug) {
      await this.target.setHotPlug({ motherboardLayout, hotPlug }, observed);
      this.note(
        [
          ...(motherboardLayout ? ["motherboard layout changed"] : []),
          ...(hotPlug ? ["hot plug switched on"] : []),
        ].join(" and "),
      );
    }
  }

  /** Powers on what was taken down here, however the rest went, and not given up at the first failure. */
  private async comeUp(name: string, problem: unknown): Promise<void> {
    let last: unknown;
    for (let attempt = 1; attempt <= POWER_ON_ATTEMPTS; attempt++) {
      last = await this.target.powerOn().then(
        () => undefined,
        (error: unknown) => error,
      );
      const isOn = await this.target.observe().then(
        (now) => now.facts.virtualMachine.powerState === "poweredOn",
        () => last === undefined,
      );
      if (isOn) return this.note("powered on again");
      if (attempt < POWER_ON_ATTEMPTS) await this.options.clock.sleep(POWER_ON_PAUSE_SECONDS * 1000);
    }
    throw new UserError(
      `VIRTUAL MACHINE ${name} IS DOWN: it was powered off to be made ready and could not be powered on again`,
      [
        "Power it on by hand, now: " +
          `${describeError(last ?? "vCenter reported success, but the virtual machine is still off.")}`,
        ...(problem === undefined ? [] : [`Before that, it could not be made ready: ${describeError(problem)}`]),
        this.account(),
      ].join(" "),
    );
  }

  /** The true check: what the virtual machine shows after all was set, and after it runs again. */
  private async verify(): Promise<VirtualMachineObservation> {
    let last: VirtualMachineObservation | undefined;
    const isDone = (now: VirtualMachineObservation): boolean => {
      last = now;
      return isPrepared(this.preparationOf(now));
    };
    if (await this.reaches(isDone, VERIFY_SECONDS)) return last!;
    const left = last
      ? describeVirtualMachinePlan(last.facts.virtualMachine, this.preparationOf(last)).join(", ")
      : "it can't be seen";
    throw new UserError(
      `vCenter reported success, but virtual machine ${last ? title(last) : ""} is not ready`,
      `Still to be set: ${left}. Look at its settings in the vSphere Client before trying again. ${this.account()}`,
    );
  }

  /** Looks until something holds; false where it doesn't in time. A look that fails is tried again. */
  private async reaches(holds: (observed: VirtualMachineObservation) => boolean, seconds: number): Promise<boolean> {
    const { clock } = this.options;
    const limit = clock.now() + seconds * 1000;
    for (;;) {
      try {
        const observed = await this.target.observe();
        delete this.blindness;
        if (holds(observed)) return true;
      } catch (error) {
        this.blindness = error;
      }
      if (clock.now() >= limit) return false;
      await clock.sleep(POLL_SECONDS * 1000);
    }
  }

  private preparationOf(observed: VirtualMachineObservation): VirtualMachinePlan {
    return planVirtualMachine(observed.facts.virtualMachine, this.wanted);
  }

  private note(what: string): void {
    this.done.push(what);
    this.options.onProgress?.(what);
  }

  private account(): string {
    return `Done so far: ${this.done.length > 0 ? this.done.join(", ") : "nothing"}.`;
  }

  private failed(summary: string, error: unknown): UserError {
    return new UserError(
      summary,
      `${describeError(error)} ${this.account()} Mend what stands in the way, then apply again: what is set ` +
        "already is not set again.",
    );
  }
}

const title = (observed: VirtualMachineObservation): string => observed.facts.virtualMachine.title;

/** An upgrade that the host can't run would fail only after the power-off. */
function upgradeBeyondHost(
  { facts: { host } }: VirtualMachineObservation,
  { upgradeTo }: VirtualMachinePlan,
): NonNullable<Facts["virtualMachine"]>["upgradeBeyondHost"] {
  const needed = upgradeTo === undefined ? undefined : hostVersionFor(upgradeTo);
  if (needed === undefined || host?.version === undefined || !isOlder(host.version, needed)) return undefined;
  return { hardwareVersion: upgradeTo!, host: host.title, hostVersion: host.version, neededHostVersion: needed };
}
