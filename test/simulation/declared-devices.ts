import type { PciAddress } from "../../lib/hotplug/pci-address";
import { hasError, type Diagnostic } from "../../lib/tfplugin6/diagnostic";
import type { ObjectValue } from "../../lib/tfplugin6/value";
import type { Config, Outcome, Plan, PluginClient, State } from "../support/plugin-client";
import { APPLY_INVARIANTS, names, type ApplyEnd, type ApplyRecord, type Finish } from "./invariants";
import type { HistoryOptions } from "./history-options";
import type { ProviderProcess, SimulatedMachine, SimulatedWorld } from "./world";

const TYPE = "hotplug_passthrough_devices";

/** What the resource of one virtual machine is and was, and what it has to do with the machine. */
export class DeclaredDevices {
  config: Config | null = null;
  state: State | null = null;
  declared: PciAddress[] = [];
  errors: Diagnostic[] = [];
  /** Slots of its host that somebody put another model into. */
  readonly otherModelSeen = new Set<PciAddress>();
  private declaredBefore: PciAddress[] = [];

  constructor(
    readonly machine: SimulatedMachine,
    private readonly history: {
      world: SimulatedWorld;
      violations: string[];
      log(line: string): void;
      sabotage?: HistoryOptions["sabotage"];
    },
  ) {}

  configure(config: Config | null): void {
    this.config = config;
    this.declaredBefore = this.declared;
    this.declared = (config?.devices as PciAddress[] | undefined) ?? [];
    this.history.log(
      `configuration${this.config ? `: ${JSON.stringify(this.config)}` : ` of ${this.machine.id}: destroy`}`,
    );
  }

  /** The NVMe devices on the virtual machine. */
  attached(): PciAddress[] {
    return this.machine.attached().filter((address) => address !== this.machine.graphics);
  }

  /** The addresses of `attached` in the state. */
  recorded(): string[] {
    return Object.keys((this.state?.value.attached ?? {}) as object);
  }

  /** Whether what is attached at an address is no longer what is in the slot. */
  isExchanged(address: PciAddress): boolean {
    return this.machine.slots().get(address) !== this.machine.attachedModels().get(address);
  }

  async import(terraform: PluginClient): Promise<void> {
    const { state, diagnostics } = await terraform.import(TYPE, this.machine.id);
    if (!hasError(diagnostics)) this.state = state;
    this.tell("import", diagnostics);
  }

  async plan(terraform: PluginClient): Promise<Plan> {
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
      const { state, diagnostics } = await terraform.refresh(this.state);
      if (hasError(diagnostics)) return { ...nothing, diagnostics };
      const before = this.recorded();
      this.state = state;
      for (const address of this.attached())
        if (before.includes(address) && !this.recorded().includes(address))
          this.history.violations.push(`a refresh forgets ${address}`);
    }
    if (!this.state && !this.config) return nothing;
    const plan = await terraform.plan(TYPE, { prior: this.state, config: this.config });
    if (plan.action === "replace")
      this.history.violations.push(`planned a replacement: ${JSON.stringify(plan.requiresReplace)}`);
    return plan;
  }

  /**
   * Makes what was planned, unless the process is `killed` meanwhile. `isDisturbed` tells afterwards whether what was
   * seen last need not be true any more.
   */
  async apply(
    plan: Plan,
    terraform: PluginClient,
    { process, killed, isDisturbed }: { process: ProviderProcess; killed: Promise<undefined>; isDisturbed(): boolean },
  ): Promise<void> {
    const { world, log } = this.history;
    const steps = plan.planned
      ? (plan.planned.steps as string[])
      : this.recorded().map((address) => `remove ${address}`);
    log(`process ${process.id} applies to ${this.machine.id}: ${steps.join(", ") || "no step"}`);
    const first = world.calls.length;
    const foreign = this.attached().filter(
      (address) =>
        !this.isExchanged(address) && !this.declared.includes(address) && !steps.includes(`remove ${address}`),
    );
    const answer = await Promise.race([terraform.apply(plan), killed]);
    const outcome = answer && (this.history.sabotage?.(answer) ?? answer);
    const calls = world.calls
      .slice(first)
      .filter((call) => call.process === process.id && call.machine === this.machine.id);
    const record: ApplyRecord = { declaredBefore: this.declaredBefore, declared: this.declared, steps, foreign, calls };
    if (outcome) {
      const added = calls.flatMap(({ changes }) => changes).filter(({ operation }) => operation === "add");
      const ours = [...this.recorded(), ...added.map(({ address }) => address)];
      this.state = outcome.state;
      if (outcome.state?.tainted) this.history.violations.push("a failed create left a state, which taints it");
      const undisturbed = !isDisturbed() && !outcome.refused;
      record.end = this.endOf(outcome, { undisturbed, ours, shown: world.shownTo?.(process.id) });
    }
    this.judge(record);
    this.tell("apply", outcome?.diagnostics ?? []);
  }

  /** How it stands after the last command, whose errors were these; `next` is what a plan says then. */
  finish(next: Plan): Finish {
    const slots = this.machine.slots();
    return {
      declared: this.declared,
      attached: this.attached(),
      available: new Set(
        this.declared.filter((address) => slots.get(address) === "first" && !this.otherModelSeen.has(address)),
      ),
      errors: this.errors,
      stateless: !this.state,
      ...(next.action !== "no-op" && { stepsLeft: next.planned!.steps as string[] }),
    };
  }

  /** What a command came to, for this resource. */
  tell(what: string, diagnostics: readonly Diagnostic[]): void {
    this.errors = diagnostics.filter(({ severity }) => severity === "error");
    const errors = this.errors.map(({ summary, detail }) => `${summary} | ${detail.replace(/\n+/g, " ")}`);
    this.history.log(
      `${what} of ${this.machine.id}: ${errors.join("; ") || "ok"}; ` +
        `on it: ${this.attached().join(" ") || "none"}; state: ` +
        `${this.state ? this.recorded().join(" ") || "none" : "no state"}`,
    );
    const inconsistent = this.errors.filter(({ summary }) => summary.startsWith("Provider "));
    this.history.violations.push(...inconsistent.map(({ summary, detail }) => `${summary}: ${detail}`));
  }

  /** Devices that a create found beside what is declared: people's to take off, as its error says. */
  leftToPeople(): PciAddress[] {
    const foreign = this.state ? [] : this.attached().filter((address) => !this.declared.includes(address));
    for (const address of foreign)
      if (!names(this.errors, address))
        this.history.violations.push(`a create over devices that aren't declared doesn't name ${address}`);
    return foreign;
  }

  private endOf({ state, diagnostics }: Outcome, known: Pick<ApplyEnd, "undisturbed" | "ours" | "shown">): ApplyEnd {
    return {
      ...known,
      errors: diagnostics.filter(({ severity }) => severity === "error"),
      ...(state && { recorded: this.recorded() }),
      attached: this.attached(),
      confirmed: Object.entries((state?.value.attached ?? {}) as Record<string, ObjectValue>).flatMap(
        ([address, { confirmed, serial_number: serialNumber }]) =>
          confirmed === true ? [{ address, serialNumber: serialNumber as string | null }] : [],
      ),
    };
  }

  private judge(record: ApplyRecord): void {
    for (const { at, changes } of record.calls)
      this.history.log(
        `  call at ${((at - Date.UTC(2026, 0, 1)) / 1000).toFixed(2)}s: ` +
          `${changes.map(({ operation, address }) => `${operation} ${address}`).join(" and ")}`,
      );
    for (const [invariant, broken] of Object.entries(APPLY_INVARIANTS))
      for (const what of broken(record)) this.history.violations.push(`${invariant}: ${what}`);
  }
}
