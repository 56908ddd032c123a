import { pciAddress, type PciAddress } from "../../lib/hotplug/pci-address";
import { hasError, type Diagnostic } from "../../lib/tfplugin6/diagnostic";
import type { ObjectValue } from "../../lib/tfplugin6/value";
import type { Config, Outcome, Plan, State } from "../support/plugin-client";
import { APPLY_INVARIANTS, FINAL_INVARIANTS, names, type ApplyEnd, type ApplyRecord } from "./invariants";
import { ADDRESSES, anyConfig, anyDisturbance, LONGEST_TASK_SECONDS, type Disturbance } from "./disturbance";
import type { HistoryOptions, HistoryResult } from "./history-options";
import type { Random } from "./random";
import { ProviderRuns } from "./provider-runs";
import type { ProviderProcess, SimulatedWorld, WorldEvent, WorldFault } from "./world";

const TYPE = "hotplug_passthrough_devices";
const GRAPHICS = pciAddress("0000:af:00.0");

/** Faults after which a process may not know what is true. */
const UNCERTAIN: readonly WorldFault["kind"][] = ["lost", "unanswered", "slow", "blind", "deaf"];

/**
 * A random history of one resource: configurations that change, a world that changes, commands that fail, die and are
 * repeated.
 */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const history = new History(options);
  try {
    await history.run();
  } catch (error) {
    history.violations.push(`the history broke off: ${(error as Error).stack}`);
  } finally {
    history.end();
  }
  return history;
}

class History implements HistoryResult {
  readonly violations: string[] = [];
  readonly trace: string[] = [];
  applies = 0;
  get calls(): number {
    return this.world.calls.length;
  }
  private readonly random: Random;
  private readonly world: SimulatedWorld;
  private readonly otherModelSeen = new Set<PciAddress>();
  private readonly runs = new ProviderRuns(() => this.world.startProcess());
  private hostIsAway = false;
  private state: State | null = null;
  private declared: PciAddress[] = [];
  private declaredBefore: PciAddress[] = [];
  private config: Config | null = null;

  constructor(private readonly options: HistoryOptions) {
    this.random = options.random;
    this.world = options.makeWorld({ slots: ADDRESSES, graphics: GRAPHICS, pulledStayShown: this.random.chance(0.3) });
    for (const address of this.random.some(ADDRESSES, 0.1)) this.happen({ kind: "attach", address });
  }

  async run(): Promise<void> {
    for (let left = this.random.between(1, 4); left > 0; left--) {
      this.configure();
      await this.command(anyDisturbance(this.random, this.options));
    }
    await this.finish();
  }

  end(): void {
    this.world.end();
  }

  private configure(): void {
    const { random } = this;
    if (random.chance(0.05) && this.config) {
      this.config = null;
    } else if (!this.config || random.chance(0.7)) {
      this.config = anyConfig(random, this.options);
    }
    this.declaredBefore = this.declared;
    this.declared = (this.config?.devices as PciAddress[] | undefined) ?? [];
    this.log(`configuration: ${this.config ? JSON.stringify(this.config) : "destroy"}`);
  }

  /** `terraform apply`: refresh, plan, and what was planned. */
  private async command(disturb: Disturbance = {}): Promise<Diagnostic[]> {
    try {
      return await this.disturbedCommand(disturb);
    } finally {
      this.world.quiet();
    }
  }

  private async disturbedCommand(disturb: Disturbance): Promise<Diagnostic[]> {
    this.happenAll(disturb.events);
    if (disturb.imports && !this.state && this.config) await this.import();
    disturb.faults?.forEach((fault) => {
      this.log(`fault: ${JSON.stringify(fault)}`);
      this.world.arm(fault);
    });
    await this.runs.start();
    const plan = await this.plan();
    if (hasError(plan.diagnostics)) return this.failed("plan", plan.diagnostics);
    if (plan.action === "no-op") return this.failed("nothing to do", []);
    if (plan.action === "replace")
      this.violations.push(`planned a replacement: ${JSON.stringify(plan.requiresReplace)}`);
    this.happenAll(disturb.between);
    return this.apply(plan, await this.runs.start(), disturb);
  }

  private async import(): Promise<void> {
    await this.runs.start();
    const { state, diagnostics } = await this.runs.terraform.import(TYPE, "vm-42");
    if (!hasError(diagnostics)) this.state = state;
    this.failed("import", diagnostics);
  }

  private async plan(): Promise<Plan> {
    const nothing: Plan = {
      type: TYPE,
      action: "no-op",
      prior: this.state,
      config: null,
      planned: null,
      private: new Uint8Array(),
      requiresReplace: [],
      diagnostics: [],
    };
    if (this.state) {
      const { state, diagnostics } = await this.runs.terraform.refresh(this.state);
      if (hasError(diagnostics)) return { ...nothing, diagnostics };
      const before = this.recorded();
      this.state = state;
      for (const address of this.attached())
        if (before.includes(address) && !this.recorded().includes(address))
          this.violations.push(`a refresh forgets ${address}`);
    }
    if (!this.state && !this.config) return nothing;
    return this.runs.terraform.plan(TYPE, { prior: this.state, config: this.config });
  }

  private async apply(plan: Plan, { kill, id }: ProviderProcess, disturb: Disturbance): Promise<Diagnostic[]> {
    const { world } = this;
    const steps = plan.planned
      ? (plan.planned.steps as string[])
      : this.recorded().map((address) => `remove ${address}`);
    this.log(`process ${id} applies: ${steps.join(", ") || "no step"}`);
    this.applies++;
    const first = world.calls.length;
    const foreign = this.attached().filter(
      (address) =>
        world.slots().get(address) === world.attachedModels().get(address) &&
        !this.declared.includes(address) &&
        !steps.includes(`remove ${address}`),
    );
    let disturbed = disturb.faults?.some(({ kind }) => UNCERTAIN.includes(kind)) ?? false;
    const ended = new AbortController();
    const at = (seconds: number, act: () => void): Promise<void> =>
      world.clock.sleep(seconds * 1000, ended.signal).then(act, () => undefined);
    for (const { at: seconds, event } of disturb.timed ?? [])
      void at(seconds, () => ((disturbed = true), this.happen(event)));
    if (disturb.stopAt !== undefined)
      void at(disturb.stopAt, () => (this.log("stopped"), void this.runs.terraform.stop()));
    const killed = new Promise<undefined>((resolve) => {
      if (disturb.killAt !== undefined) void at(disturb.killAt, () => (kill(), this.log("killed"), resolve(undefined)));
    });
    const answer = await Promise.race([this.runs.terraform.apply(plan), killed]);
    ended.abort(new Error("the apply ended"));
    const outcome = answer && (this.options.sabotage?.(answer) ?? answer);
    const calls = world.calls.slice(first).filter(({ process }) => process === id);
    const record: ApplyRecord = { declaredBefore: this.declaredBefore, declared: this.declared, steps, foreign, calls };
    if (outcome) {
      const added = calls.flatMap(({ changes }) => changes).filter(({ operation }) => operation === "add");
      const ours = [...this.recorded(), ...added.map(({ address }) => address)];
      this.state = outcome.state;
      if (outcome.state?.tainted) this.violations.push("a failed create left a state, which taints it");
      const undisturbed = !disturbed && !this.hostIsAway && !outcome.refused;
      record.end = this.endOf(outcome, { undisturbed, ours, shown: world.shownTo?.(id) });
    }
    this.judge(record);
    return this.failed("apply", outcome?.diagnostics ?? []);
  }

  private endOf({ state, diagnostics }: Outcome, known: Pick<ApplyEnd, "undisturbed" | "ours" | "shown">): ApplyEnd {
    return {
      ...known,
      errors: diagnostics.filter(({ severity }) => severity === "error"),
      ...(state && { recorded: this.recorded() }),
      attached: this.attached(),
      confirmed: Object.entries((state?.value.attached ?? {}) as Record<string, ObjectValue>).flatMap(
        ([address, { confirmed }]) => (confirmed === true ? [address] : []),
      ),
    };
  }

  private judge(record: ApplyRecord): void {
    for (const { at, changes } of record.calls)
      this.log(
        `  call at ${secondsText(at)}: ` +
          `${changes.map(({ operation, address }) => `${operation} ${address}`).join(" and ")}`,
      );
    for (const [invariant, broken] of Object.entries(APPLY_INVARIANTS))
      for (const what of broken(record)) this.violations.push(`${invariant}: ${what}`);
  }

  private async finish(): Promise<void> {
    this.log("no more faults");
    this.world.heal();
    this.hostIsAway = false;
    // Tasks that a killed process left behind come to their end; two faults may have slowed the same one.
    await this.world.clock.sleep(2 * LONGEST_TASK_SECONDS * 1000);
    // What nobody can tell the class of is the people's to clean up, and so is what a create finds beside what it
    // declares.
    for (const address of this.attached())
      if (
        this.world.slots().get(address) !== this.world.attachedModels().get(address) &&
        !this.recorded().includes(address)
      )
        this.happen({ kind: "detach", address });
    this.config ??= { virtual_machine_id: "vm-42", devices: [] };
    this.declaredBefore = this.declared;
    let errors = await this.command();
    const foreign = this.state ? [] : this.attached().filter((address) => !this.declared.includes(address));
    if (foreign.length > 0) {
      for (const address of foreign) {
        if (!names(errors, address))
          this.violations.push(`a create over devices that aren't declared doesn't name ${address}`);
        this.happen({ kind: "detach", address });
      }
      errors = await this.command();
    }
    await this.runs.start();
    const plan = await this.plan();
    const available = new Set(
      this.declared.filter(
        (address) => this.world.slots().get(address) === "first" && !this.otherModelSeen.has(address),
      ),
    );
    const finish = {
      declared: this.declared,
      attached: this.attached(),
      available,
      errors,
      stateless: !this.state,
      ...(plan.action !== "no-op" && { stepsLeft: plan.planned!.steps as string[] }),
    };
    for (const [invariant, broken] of Object.entries(FINAL_INVARIANTS))
      for (const what of broken(finish)) this.violations.push(`${invariant}: ${what}`);
    if (!this.world.attached().includes(GRAPHICS)) this.violations.push("a device of another class was taken");
  }

  /** The NVMe devices on the virtual machine. */
  private attached(): PciAddress[] {
    return this.world.attached().filter((address) => address !== GRAPHICS);
  }

  /** The addresses of `attached` in the state. */
  private recorded(): string[] {
    return Object.keys((this.state?.value.attached ?? {}) as object);
  }

  private happenAll(events: readonly WorldEvent[] = []): void {
    events.forEach((event) => this.happen(event));
  }

  private happen(event: WorldEvent): void {
    this.log(`happens: ${Object.values(event).join(" ")}`);
    this.world.happen(event);
    if (event.kind === "disconnect host" || event.kind === "connect host")
      this.hostIsAway = event.kind === "disconnect host";
    if (event.kind === "plug" && event.model === "second") this.otherModelSeen.add(event.address);
  }

  private failed(what: string, diagnostics: Diagnostic[]): Diagnostic[] {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    this.log(
      `${what}: ` +
        `${errors.map(({ summary, detail }) => `${summary} | ${detail.replace(/\n+/g, " ")}`).join("; ") || "ok"}; ` +
        `on it: ${this.attached().join(" ") || "none"}; state: ` +
        `${this.state ? this.recorded().join(" ") || "none" : "no state"}`,
    );
    const inconsistent = errors.filter(({ summary }) => summary.startsWith("Provider "));
    this.violations.push(...inconsistent.map(({ summary, detail }) => `${summary}: ${detail}`));
    return errors;
  }

  private log(line: string): void {
    this.trace.push(`${secondsText(this.world.clock.now())} ${line}`);
  }
}

function secondsText(at: number): string {
  return `${((at - Date.UTC(2026, 0, 1)) / 1000).toFixed(2)}s`;
}
