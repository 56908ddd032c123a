import { callErrorKind, isRefusal } from "../call-error";
import type { Violation } from "../rules/violation";
import { errorOf, Halt, halted, Work, type WorkOptions } from "../work";
import {
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
  virtualMachineObstacles,
  type VirtualMachinePlan,
  type WantedSettings,
} from "./plan";
import type { VirtualMachineObservation, VirtualMachineTarget } from "./target";

export type VirtualMachineProblem =
  | { kind: "stopped" }
  | { kind: "violation"; violation: Violation }
  | { kind: "failed"; error: unknown }
  | { kind: "memory_not_locked"; error: unknown }
  /** The guest can't be asked to shut down. */
  | { kind: "tools_not_running" }
  | { kind: "shutdown_refused"; error: unknown }
  | { kind: "not_shut_down"; seconds: number }
  /** The guest was asked to shut down, and the virtual machine can't be seen since. */
  | { kind: "out_of_sight"; error: unknown }
  /** `error` is undefined where the call succeeded by its own account; so it is below. */
  | { kind: "not_switched_off"; error?: unknown }
  | { kind: "powered_on_meanwhile" }
  /** It runs again, and is not ready. */
  | { kind: "not_made_ready"; before: Setback }
  /** It was taken down here, and did not come up again. */
  | { kind: "down"; error?: unknown; before?: Setback }
  /** Every call succeeded, and this is still to be set; undefined where it can't be seen. */
  | { kind: "not_shown"; left?: VirtualMachinePlan };

/** What went wrong while the virtual machine was down, and what was done until then. */
export interface Setback {
  problem: VirtualMachineProblem;
  done: readonly string[];
}

export interface VirtualMachineOutcome<O extends VirtualMachineObservation = VirtualMachineObservation> {
  /** The last observation; undefined where there was none. */
  observed?: O;
  done: readonly string[];
  /** None where the virtual machine is ready; where it is off, hot plug is in force from the next power-on. */
  problems: VirtualMachineProblem[];
}

const POLL = { pauseMs: 2000 };
/** How long vCenter may take to show what a task has set. */
const VERIFY_SECONDS = 60;
const POWER_ON = { attempts: 4, pauseMs: 10_000 };

/**
 * Makes a virtual machine ready: looks, sets the memory while it may still run, takes it down if it has to and may,
 * sets the rest, powers on what it took down, and looks whether hot plug is in force. Never throws for what the world
 * does: the outcome says what was done and what stands in the way; whatever fails after the power-off, the virtual
 * machine is powered on again or the outcome says that it is down.
 */
export async function prepareVirtualMachine<O extends VirtualMachineObservation>(
  target: VirtualMachineTarget<O>,
  wanted: WantedSettings,
  options: WorkOptions,
): Promise<VirtualMachineOutcome<O>> {
  return new VirtualMachinePreparation(target, wanted, options).run();
}

class VirtualMachinePreparation<O extends VirtualMachineObservation> {
  private readonly work: Work;
  private last?: O;
  /** Why the last look of a wait failed. */
  private blindness?: unknown;

  constructor(
    private readonly target: VirtualMachineTarget<O>,
    private readonly wanted: WantedSettings,
    private readonly options: WorkOptions,
  ) {
    this.work = new Work(options);
  }

  async run(): Promise<VirtualMachineOutcome<O>> {
    const problems = await halted<VirtualMachineProblem>(() => this.prepare());
    return { observed: this.last, done: this.work.done, problems };
  }

  private async prepare(): Promise<void> {
    let observed = await this.observe();
    if (this.plan(observed).lockMemory) observed = await this.lockMemory(observed);
    if (isPrepared(this.plan(observed))) return;
    // The memory is among it where vCenter didn't let it be set while the virtual machine runs.
    const { lockMemory } = this.plan(observed);
    if (!lockMemory && !needsPowerOff(this.plan(observed))) return this.verify();
    if (!isOn(observed)) {
      await this.setWhileOff();
      return this.verify();
    }
    await this.goDown(observed);
    let before: Setback | undefined;
    try {
      const [problem] = await halted<VirtualMachineProblem>(() => this.setWhileOff());
      if (problem) before = { problem, done: [...this.work.done] };
    } finally {
      // Even where a bug ended it.
      await this.comeUp(before);
    }
    if (before) throw halt({ kind: "not_made_ready", before });
    return this.verify();
  }

  /** An observation on which a change may be decided: nothing stands against it. */
  private async observe(): Promise<O> {
    this.last = await orHalt(this.target.observe());
    const [violation] = virtualMachineObstacles(this.last, this.wanted);
    if (violation) throw halt({ kind: "violation", violation });
    this.work.mayBegin();
    return this.last;
  }

  /** While it runs, where vCenter lets it: a host without the memory then says so before there is an outage. */
  private async lockMemory(observed: O): Promise<O> {
    const error = await errorOf(this.target.lockMemory(observed));
    if (error === undefined) this.work.note("all guest memory reserved and locked");
    else {
      const mustBeOff = callErrorKind(error) === "wrong_power_state" && isOn(observed);
      if (!mustBeOff || !mayPowerCycle(this.wanted.powerCycle, this.wanted))
        throw halt({ kind: "memory_not_locked", error });
    }
    return this.observe();
  }

  private async goDown({ toolsRunning, toolsNeverRan }: O): Promise<void> {
    const { creating, forcePowerOff, powerCycle, guestShutdownTimeoutSeconds: seconds } = this.wanted;
    if (!toolsRunning) {
      const mayForce = forcePowerOff || (creating && powerCycle === "on_create" && toolsNeverRan);
      if (!mayForce) throw halt({ kind: "tools_not_running" });
      return this.switchOff();
    }
    const error = await errorOf(this.target.shutdownGuest());
    if (isRefusal(error)) throw halt({ kind: "shutdown_refused", error });
    // Where the answer was lost, the guest may be on its way down: only looking tells.
    this.work.note(`the guest asked to shut down${error === undefined ? "" : ", with no answer"}`);
    // The request can't be taken back, so not even an interruption ends the waiting: what goes down has to come up
    // again.
    if (await this.reaches(isOff, seconds)) return;
    if (forcePowerOff && !this.options.signal.aborted) return this.switchOff();
    throw halt(
      this.blindness === undefined
        ? { kind: "not_shut_down", seconds }
        : { kind: "out_of_sight", error: this.blindness },
    );
  }

  private async switchOff(): Promise<void> {
    const error = await errorOf(this.target.powerOff());
    // Whatever the task said: only one that is seen to be off is down.
    if (await this.reaches(isOff, VERIFY_SECONDS)) return this.work.note("switched off hard");
    throw halt({ kind: "not_switched_off", error });
  }

  private async setWhileOff(): Promise<void> {
    let observed = await this.observe();
    if (!isOff(observed)) throw halt({ kind: "powered_on_meanwhile" });
    if (this.plan(observed).lockMemory) {
      await orHalt(this.target.lockMemory(observed));
      this.work.note("all guest memory reserved and locked");
      observed = await this.observe();
    }
    const { upgradeTo } = this.plan(observed);
    if (upgradeTo !== undefined) {
      await orHalt(this.target.upgradeHardware(upgradeTo));
      this.work.note(`hardware version upgraded to ${upgradeTo}`);
      observed = await this.observe();
    }
    const { setMotherboardLayout: motherboardLayout, setHotPlug: hotPlug } = this.plan(observed);
    if (motherboardLayout || hotPlug) {
      await orHalt(this.target.setHotPlug({ motherboardLayout, hotPlug }, observed));
      const set = [motherboardLayout && "motherboard layout changed", hotPlug && "hot plug switched on"];
      this.work.note(set.filter(Boolean).join(" and "));
    }
  }

  /** Powers on what was taken down here, however the rest went, and not given up at the first failure. */
  private async comeUp(before: Setback | undefined): Promise<void> {
    let error: unknown;
    const isUp = async (): Promise<boolean> => {
      error = await errorOf(this.target.powerOn());
      return this.target.observe().then(isOn, () => error === undefined);
    };
    if (await this.work.until(isUp, POWER_ON)) return this.work.note("powered on again");
    throw halt({ kind: "down", error, before });
  }

  /** The true check: what the virtual machine shows after all was set, and after it runs again. */
  private async verify(): Promise<void> {
    let left: VirtualMachinePlan | undefined;
    const isDone = (observed: O): boolean => isPrepared((left = this.plan(observed)));
    if (!(await this.reaches(isDone, VERIFY_SECONDS))) throw halt({ kind: "not_shown", left });
  }

  /** Looks until something holds; false where it doesn't in time. A look that fails is tried again. */
  private reaches(holds: (observed: O) => boolean, seconds: number): Promise<boolean> {
    const look = async (): Promise<boolean> => {
      this.blindness = await errorOf(this.target.observe().then((observed) => (this.last = observed)));
      return this.blindness === undefined && holds(this.last!);
    };
    return this.work.until(look, { limit: this.work.after(seconds), ...POLL });
  }

  private plan(observed: O): VirtualMachinePlan {
    return planVirtualMachine(observed.facts.virtualMachine, this.wanted);
  }
}

function halt(problem: VirtualMachineProblem): Halt<VirtualMachineProblem> {
  return new Halt(problem);
}

async function orHalt<T>(call: Promise<T>): Promise<T> {
  return call.catch((error: unknown) => {
    throw halt({ kind: "failed", error });
  });
}

const isOn = ({ facts }: VirtualMachineObservation): boolean => facts.virtualMachine.powerState === "poweredOn";
const isOff = ({ facts }: VirtualMachineObservation): boolean => facts.virtualMachine.powerState === "poweredOff";
