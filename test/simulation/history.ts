import { pciAddress, type PciAddress } from "../../lib/hotplug/pci-address";
import { hasError, type Diagnostic } from "../../lib/tfplugin6/diagnostic";
import { PluginClient, type Config, type Outcome, type Plan, type State } from "../support/plugin-client";
import { inProcessTransport, type PluginTransport } from "../support/plugin-transport";
import { APPLY_INVARIANTS, FINAL_INVARIANTS, names, type ApplyEnd, type ApplyRecord } from "./invariants";
import type { Random } from "./random";
import { OPERATION_SECONDS, type ProviderProcess, type SimulatedWorld, type WorldDevices, type WorldEvent, type WorldFault } from "./world";

const TYPE = "hotplug_passthrough_devices";
const ADDRESSES = ["3b", "3c", "5e", "5f", "86", "87"].map((bus) => pciAddress(`0000:${bus}:00.0`));
const EMPTY_SLOT = pciAddress("0000:d8:00.0");
const GRAPHICS = pciAddress("0000:af:00.0");
/** What most applies take, in virtual time: faults, kills and stops are spread over it. */
const APPLY_SECONDS = 6;
const LONGEST_TASK_SECONDS = 90;

export interface HistoryOptions {
  random: Random;
  makeWorld(devices: WorldDevices): SimulatedWorld;
  /** Puts another outcome in an apply's place, to see an invariant notice it. */
  sabotage?(outcome: Outcome): Outcome;
}

export interface HistoryResult {
  /** Broken invariants; none, one hopes. */
  violations: string[];
  /** What happened, line by line. */
  trace: string[];
  applies: number;
  calls: number;
}

/** A random history of one resource: configurations that change, a world that changes, commands that fail, die and are repeated. */
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

interface Command {
  events?: WorldEvent[];
  faults?: WorldFault[];
  /** Between plan and apply. */
  between?: WorldEvent[];
  /** Seconds after the apply began. */
  timed?: { at: number; event: WorldEvent }[];
  /** Where there is no state, takes the virtual machine as it is. */
  imports?: boolean;
  killAt?: number;
  stopAt?: number;
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
  private readonly ours = new Set<string>();
  private readonly otherModelSeen = new Set<PciAddress>();
  private transport!: PluginTransport;
  private terraform!: PluginClient;
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
      await this.command(this.disturbances());
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
      this.config = {
        virtual_machine_id: "vm-42",
        devices: random.some([...ADDRESSES, ...(random.chance(0.1) ? [EMPTY_SLOT] : [])], 0.5),
        order: random.pick([null, "add_first"]),
        allow_device_change: random.chance(0.2) ? true : null,
        wait_for_device: random.chance(0.2) ? "8s" : null,
        timeouts: { operation: `${OPERATION_SECONDS}s`, create: null, update: "3m", delete: null },
      };
    }
    this.declaredBefore = this.declared;
    this.declared = (this.config?.devices as PciAddress[] | undefined) ?? [];
    this.log(`configuration: ${this.config ? JSON.stringify(this.config) : "destroy"}`);
  }

  private disturbances(): Command {
    const { random } = this;
    const events = (most: number): WorldEvent[] => Array.from({ length: random.chance(0.5) ? 0 : random.between(1, most) }, () => this.anyEvent());
    return {
      events: events(2),
      between: events(2),
      timed: events(3).map((event) => ({ at: random.next() * APPLY_SECONDS, event })),
      faults: Array.from({ length: random.chance(0.4) ? 0 : random.between(1, 2) }, () => this.anyFault()),
      imports: random.chance(0.3),
      ...(random.chance(0.15) && { killAt: random.next() * APPLY_SECONDS }),
      ...(random.chance(0.1) && { stopAt: random.next() * APPLY_SECONDS }),
    };
  }

  private anyEvent(): WorldEvent {
    const { random } = this;
    const address = random.pick(ADDRESSES);
    switch (random.between(0, 13)) {
      case 0: case 1: return { kind: "pull", address };
      case 2: case 3: return { kind: "plug", address, model: "first" };
      case 4: return { kind: "plug", address, model: "second" };
      case 5: return { kind: "attach", address };
      case 6: return { kind: "detach", address };
      case 7: return { kind: "take", address };
      case 8: return { kind: "give", address };
      case 9: return { kind: random.pick(["power off", "power on", "power on", "suspend"] as const) };
      case 10: return { kind: random.pick(["disconnect host", "connect host", "connect host"] as const) };
      case 11: return { kind: random.pick(["expire sessions", "restart vCenter"] as const) };
      default: return { kind: "touch" };
    }
  }

  private anyFault(): WorldFault {
    const { random } = this;
    const call = random.between(1, 4);
    if (random.chance(0.2)) return { kind: "blind", look: random.between(1, 8), looks: random.pick([1, 2, 20]) };
    if (random.chance(0.1)) return { kind: "deaf", wait: random.between(1, 6), waits: random.pick([1, 3]) };
    if (random.chance(0.2)) return { kind: "slow", call, seconds: random.pick([2, 15, 40, LONGEST_TASK_SECONDS]) };
    return { kind: random.pick(["refused", "refused afterwards", "busy", "changed", "lost", "unanswered"] as const), call };
  }

  /** `terraform apply`: refresh, plan, and what was planned. */
  private async command(disturb: Command = {}): Promise<Diagnostic[]> {
    this.happenAll(disturb.events);
    if (disturb.imports && !this.state && this.config) await this.import();
    disturb.faults?.forEach((fault) => {
      this.log(`fault: ${JSON.stringify(fault)}`);
      this.world.arm(fault);
    });
    await this.start();
    const plan = await this.plan();
    if (hasError(plan.diagnostics)) return this.failed("plan", plan.diagnostics);
    if (plan.action === "no-op") return this.failed("nothing to do", []);
    if (plan.action === "replace") this.violations.push(`planned a replacement: ${JSON.stringify(plan.requiresReplace)}`);
    this.happenAll(disturb.between);
    return this.apply(plan, await this.start(), disturb);
  }

  /** Starts a run of the provider, which answers from now on: Terraform has one for each of validate, plan and apply. */
  private async start(): Promise<ProviderProcess> {
    const process = this.world.startProcess();
    const { call } = inProcessTransport(process.provider);
    if (this.terraform) this.transport.call = call;
    else this.terraform = await PluginClient.over((this.transport = { call, close: async () => undefined }));
    const diagnostics = await this.terraform.configure();
    if (hasError(diagnostics)) throw new Error(JSON.stringify(diagnostics));
    return process;
  }

  private async import(): Promise<void> {
    await this.start();
    const { state, diagnostics } = await this.terraform.import(TYPE, "vm-42");
    if (!hasError(diagnostics)) this.state = state;
    this.remember();
    this.failed("import", diagnostics);
  }

  private async plan(): Promise<Plan> {
    const nothing: Plan = { type: TYPE, action: "no-op", prior: this.state, config: null, planned: null, private: new Uint8Array(), requiresReplace: [], diagnostics: [] };
    if (this.state) {
      const { state, diagnostics } = await this.terraform.refresh(this.state);
      if (hasError(diagnostics)) return { ...nothing, diagnostics };
      this.state = state;
      this.remember();
    }
    if (!this.state && !this.config) return nothing;
    return this.terraform.plan(TYPE, { prior: this.state, config: this.config });
  }

  private async apply(plan: Plan, { kill, id }: ProviderProcess, disturb: Command): Promise<Diagnostic[]> {
    const { world } = this;
    const steps = plan.planned ? (plan.planned.steps as string[]) : Object.keys((plan.prior?.value.attached ?? {}) as object).map((address) => `remove ${address}`);
    this.log(`process ${id} applies: ${steps.join(", ") || "no step"}`);
    this.applies++;
    const first = world.calls.length;
    let disturbed = (disturb.faults?.length ?? 0) > 0;
    const ended = new AbortController();
    const at = (seconds: number, act: () => void): Promise<void> => world.clock.sleep(seconds * 1000, ended.signal).then(act, () => undefined);
    for (const { at: seconds, event } of disturb.timed ?? []) void at(seconds, () => ((disturbed = true), this.happen(event)));
    if (disturb.stopAt !== undefined) void at(disturb.stopAt, () => (this.log("stopped"), void this.terraform.stop()));
    const killed = new Promise<undefined>((resolve) => {
      if (disturb.killAt !== undefined) void at(disturb.killAt, () => (kill(), this.log("killed"), resolve(undefined)));
    });
    const answer = await Promise.race([this.terraform.apply(plan), killed]);
    ended.abort(new Error("the apply ended"));
    const outcome = answer && (this.options.sabotage?.(answer) ?? answer);
    const calls = world.calls.slice(first).filter(({ process }) => process === id);
    for (const { changes } of calls) for (const { operation, address } of changes) if (operation === "add") this.ours.add(address);
    const record: ApplyRecord = { declaredBefore: this.declaredBefore, declared: this.declared, steps, calls };
    if (outcome) {
      this.state = outcome.state;
      if (outcome.state?.tainted) this.violations.push("a failed create left a state, which taints it");
      record.end = this.endOf(outcome, !disturbed);
      this.remember();
    }
    this.judge(record);
    // Nothing outlives a create that failed or died but what is attached.
    if (!this.state) this.ours.clear();
    world.quiet();
    return this.failed("apply", outcome?.diagnostics ?? []);
  }

  private endOf({ state, diagnostics }: Outcome, undisturbed: boolean): ApplyEnd {
    const recorded = state && Object.keys(state.value.attached as object);
    return { undisturbed, errors: diagnostics.filter(({ severity }) => severity === "error"), ...(recorded && { recorded }), attached: this.attached(), ours: new Set(this.ours) };
  }

  private judge(record: ApplyRecord): void {
    for (const { at, changes } of record.calls) this.log(`  call at ${this.seconds(at)}: ${changes.map(({ operation, address }) => `${operation} ${address}`).join(" and ")}`);
    for (const [invariant, broken] of Object.entries(APPLY_INVARIANTS)) for (const what of broken(record)) this.violations.push(`${invariant}: ${what}`);
  }

  private async finish(): Promise<void> {
    this.log("no more faults");
    this.world.heal();
    // Tasks that a killed process left behind come to their end.
    await this.world.clock.sleep(LONGEST_TASK_SECONDS * 1000);
    // What nobody can tell the class of is the people's to clean up, and so is what a create finds beside what it declares.
    for (const address of this.attached()) if (!this.world.slots().has(address) && !this.ours.has(address)) this.happen({ kind: "detach", address });
    this.config ??= { virtual_machine_id: "vm-42", devices: [] };
    this.declaredBefore = this.declared;
    let errors = await this.command();
    const foreign = this.state ? [] : this.attached().filter((address) => !this.declared.includes(address));
    if (foreign.length > 0) {
      for (const address of foreign) {
        if (!names(errors, address)) this.violations.push(`a create over devices that aren't declared doesn't name ${address}`);
        this.happen({ kind: "detach", address });
      }
      errors = await this.command();
    }
    await this.start();
    const plan = await this.plan();
    const available = new Set(this.declared.filter((address) => this.world.slots().get(address) === "first" && !this.otherModelSeen.has(address)));
    const finish = { declared: this.declared, attached: this.attached(), available, errors, stateless: !this.state, ...(plan.action !== "no-op" && { stepsLeft: plan.planned!.steps as string[] }) };
    for (const [invariant, broken] of Object.entries(FINAL_INVARIANTS)) for (const what of broken(finish)) this.violations.push(`${invariant}: ${what}`);
    if (!this.world.attached().includes(GRAPHICS)) this.violations.push("a device of another class was taken");
  }

  /** The NVMe devices on the virtual machine. */
  private attached(): PciAddress[] {
    return this.world.attached().filter((address) => address !== GRAPHICS);
  }

  private remember(): void {
    for (const address of Object.keys((this.state?.value.attached ?? {}) as object)) this.ours.add(address);
  }

  private happenAll(events: readonly WorldEvent[] = []): void {
    events.forEach((event) => this.happen(event));
  }

  private happen(event: WorldEvent): void {
    this.log(`happens: ${Object.values(event).join(" ")}`);
    this.world.happen(event);
    if (event.kind === "plug" && event.model === "second") this.otherModelSeen.add(event.address);
  }

  private failed(what: string, diagnostics: Diagnostic[]): Diagnostic[] {
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    this.log(`${what}: ${errors.map(({ summary, detail }) => `${summary} | ${detail.replace(/\n+/g, " ")}`).join("; ") || "ok"}; on it: ${this.attached().join(" ") || "none"}; state: ${this.state ? Object.keys(this.state.value.attached as object).join(" ") || "none" : "no state"}`);
    const inconsistent = errors.filter(({ summary }) => summary.startsWith("Provider "));
    this.violations.push(...inconsistent.map(({ summary, detail }) => `${summary}: ${detail}`));
    return errors;
  }

  private seconds(at: number): string {
    return `${((at - Date.UTC(2026, 0, 1)) / 1000).toFixed(2)}s`;
  }

  private log(line: string): void {
    this.trace.push(`${this.seconds(this.world.clock.now())} ${line}`);
  }
}
