import { EmbeddedProcesses } from "./embedded-processes";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { FaultEffect, FaultTrigger } from "../../lib/simulator/fault-injection";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { HostSystem } from "../../lib/simulator/objects/host/host-system";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import { Vcenter } from "../../lib/simulator/vcenter";
import { hasError, type Diagnostic } from "../../lib/tfplugin6/diagnostic";
import type { Config, Outcome, State } from "../support/plugin-client";
import { VirtualClock } from "../support/virtual-clock";
import type { HistoryResult } from "./history-options";
import type { Random } from "./random";
import { ProviderRuns } from "./provider-runs";
import type { ProviderProcess } from "./world";

/** One apply: what it was allowed to do, and what it did. */
export interface PreparationApply<Before> {
  config: Config;
  /** There was no state before it. */
  creates: boolean;
  /** What counts of the world as it began. */
  before: Before;
  /** Its requests, in order. */
  calls: readonly CallLogEntry[];
  /** How it ended; undefined where the process was killed. */
  outcome?: Outcome;
  errors: string;
  /** Somebody else had a hand in it meanwhile. */
  others: boolean;
}

/** What a kind of preparation is: its world, what may happen to it, and what has to hold. */
export interface Subject<Before> {
  type: string;
  inventory(random: Random): Inventory;
  config(random: Random): Config;
  /** The configuration under which the last apply has to succeed. */
  finalConfig(config: Config): Config;
  /** Operations that faults are about. */
  operations: readonly string[];
  /** What other people may do. */
  events: readonly ((world: PreparedWorld) => void)[];
  /** Ends whatever keeps the last apply from succeeding. */
  heal(world: PreparedWorld): void;
  before(world: PreparedWorld): Before;
  /** Sentences of what is broken. */
  judge(apply: PreparationApply<Before>, world: PreparedWorld): string[];
  /** Sentences of what is broken after the last apply. */
  judgeFinish(state: State, config: Config, world: PreparedWorld): string[];
}

/** The one host and the one virtual machine of it. */
export interface PreparedWorld {
  readonly machine: VirtualMachine;
  readonly host: HostSystem;
}

/** What takes long in reality takes long enough here for something to happen meanwhile. */
const TIMINGS = {
  reconfigureMs: 2000,
  powerMs: 3000,
  guestShutdownMs: 8000,
  maintenanceMs: 6000,
  hostRebootMs: 40_000,
};
/**
 * Of a restart as of a power cycle: what happens meanwhile is spread over it, and over less in half of the histories.
 */
const APPLY_SECONDS = [20, 80];
const LONGEST_TASK_SECONDS = 300;

/**
 * A random history of one resource that prepares something: configurations, faults, kills, other people, and at the end
 * one apply without any.
 */
export class PreparationHistory<Before> implements HistoryResult {
  readonly violations: string[] = [];
  readonly trace: string[] = [];
  applies = 0;
  calls = 0;
  private readonly clock = new VirtualClock();
  private readonly vcenter: Vcenter;
  private readonly processes: EmbeddedProcesses;
  private readonly world: PreparedWorld;
  private readonly runs: ProviderRuns;
  private state: State | null = null;

  private constructor(
    private readonly subject: Subject<Before>,
    private readonly random: Random,
  ) {
    this.vcenter = new Vcenter({
      clock: this.clock,
      seed: "simulation",
      sessionTimeoutSeconds: 1800,
      timings: TIMINGS,
      inventory: subject.inventory(random),
    });
    this.processes = new EmbeddedProcesses(this.vcenter, this.clock);
    this.runs = new ProviderRuns(() => this.processes.start());
    this.world = { machine: this.vcenter.world.all(VirtualMachine)[0]!, host: this.vcenter.world.all(HostSystem)[0]! };
  }

  static async run<Before>(subject: Subject<Before>, random: Random): Promise<HistoryResult> {
    const history = new PreparationHistory(subject, random);
    try {
      await history.run();
    } catch (error) {
      history.violations.push(`the history broke off: ${(error as Error).stack}`);
    } finally {
      history.processes.end();
    }
    return history;
  }

  private async run(): Promise<void> {
    let config = this.subject.config(this.random);
    for (let left = this.random.between(1, 3); left > 0; left--) {
      if (this.random.chance(0.4)) config = this.subject.config(this.random);
      if (this.random.chance(0.4)) this.others();
      this.arm();
      await this.command(config, true);
      this.vcenter.faults.clear();
    }
    this.log("no more faults");
    await this.clock.sleep(2 * LONGEST_TASK_SECONDS * 1000);
    this.subject.heal(this.world);
    config = this.subject.finalConfig(config);
    const errors = await this.command(config, false);
    if (errors) this.violations.push(`the last apply fails: ${errors}`);
    else this.violations.push(...this.subject.judgeFinish(this.state!, config, this.world));
    const last = this.vcenter.log.length;
    const again = await this.command(config, false);
    const writes = this.vcenter.log.slice(last).filter(({ operation }) => this.subject.operations.includes(operation));
    if (again || writes.length > 0)
      this.violations.push(`a plan after it is not empty: ${again}${writes.map(({ operation }) => operation).join()}`);
  }

  private arm(): void {
    const { random, subject } = this;
    for (let left = random.chance(0.25) ? 0 : random.between(1, 2); left > 0; left--) {
      const trigger: FaultTrigger = random.chance(0.3)
        ? {
            operation: random.pick(["RetrievePropertiesEx", "WaitForUpdatesEx"]),
            occurrence: random.between(1, 10),
            times: random.pick([1, 2, 30]),
          }
        : {
            operation: random.pick(subject.operations),
            occurrence: random.pick([1, 1, 2]),
            times: random.pick([1, 1, 5]),
          };
      const effect: FaultEffect = random.pick<FaultEffect>([
        { kind: "drop", when: "before" },
        { kind: "drop", when: "after" },
        { kind: "task fault", type: "GenericVmConfigFault", fields: { reason: "injected" } },
        { kind: "task fault", type: "GenericVmConfigFault", fields: { reason: "injected" }, afterEffect: true },
        { kind: "slow task", delayMs: random.pick([5, 70, LONGEST_TASK_SECONDS]) * 1000 },
        { kind: "fault", type: "InvalidState" },
      ]);
      this.log(`fault: ${JSON.stringify({ ...trigger, ...effect })}`);
      this.vcenter.faults.inject(trigger, effect);
    }
  }

  /** Refresh, plan and apply; answers the errors. */
  private async command(config: Config, disturbed: boolean): Promise<string> {
    await this.runs.start();
    if (this.state) {
      const { state, diagnostics } = await this.runs.terraform.refresh(this.state);
      if (hasError(diagnostics)) return this.told("refresh", diagnostics);
      this.state = state;
    }
    const plan = await this.runs.terraform.plan(this.subject.type, { prior: this.state, config });
    if (hasError(plan.diagnostics) || plan.action === "no-op")
      return this.told(`plan: ${plan.action}`, plan.diagnostics);
    if (plan.action === "replace") this.violations.push("planned a replacement");
    const process = await this.runs.start();
    const before = this.subject.before(this.world);
    const first = this.vcenter.log.length;
    const creates = !this.state;
    this.applies++;
    this.log(`process ${process.id} applies ${JSON.stringify(config)}`);
    const { outcome, others } = await this.disturb(this.runs.terraform.apply(plan), process, disturbed);
    if (outcome) this.state = outcome.state;
    const calls = this.vcenter.log.slice(first).filter(({ client }) => client.includes(`(pid ${process.id})`));
    this.calls += calls.length;
    const errors = this.told("apply", outcome?.diagnostics ?? []);
    this.violations.push(
      ...this.subject.judge(
        { config, creates, before, calls, ...(outcome && { outcome }), errors, others },
        this.world,
      ),
    );
    return errors;
  }

  private async disturb(
    apply: Promise<Outcome>,
    { kill }: ProviderProcess,
    disturbed: boolean,
  ): Promise<{ outcome?: Outcome; others: boolean }> {
    const { random, clock } = this;
    if (!disturbed) return { outcome: await apply, others: false };
    let others = false;
    const seconds = random.pick(APPLY_SECONDS);
    const ended = new AbortController();
    const at = (act: () => void): void =>
      void clock.sleep(random.next() * seconds * 1000, ended.signal).then(act, () => undefined);
    if (random.chance(0.2)) at(() => ((others = true), this.others()));
    if (random.chance(0.1)) at(() => (this.log("sessions expire"), this.vcenter.sessions.terminateAll()));
    if (random.chance(0.15)) at(() => (this.log("stopped"), void this.runs.terraform.stop()));
    const killed = new Promise<undefined>((resolve) => {
      if (random.chance(0.2)) at(() => (kill(), this.log("killed"), resolve(undefined)));
    });
    const outcome = await Promise.race([apply, killed]);
    ended.abort(new Error("the apply ended"));
    return { ...(outcome && { outcome }), others };
  }

  private others(): void {
    this.log("other people");
    this.random.pick(this.subject.events)(this.world);
  }

  private told(what: string, diagnostics: readonly Diagnostic[]): string {
    const errors = diagnostics
      .filter(({ severity }) => severity === "error")
      .map(({ summary, detail }) => `${summary} | ${detail.replace(/\n+/g, " ")}`);
    this.violations.push(...errors.filter((error) => error.startsWith("Provider ")));
    const { machine, host } = this.world;
    this.log(
      `${what}: ${errors.join("; ") || "ok"}; machine ${machine.powerState}, host ` +
        `${host.connectionState}${host.inMaintenanceMode ? " in maintenance mode" : ""}`,
    );
    return errors.join("; ");
  }

  private log(line: string): void {
    this.trace.push(`${((this.clock.now() - Date.UTC(2026, 0, 1)) / 1000).toFixed(2)}s ${line}`);
  }
}
