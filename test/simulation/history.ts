import { pciAddress } from "../../lib/hotplug/pci-address";
import { hasError } from "../../lib/tfplugin6/diagnostic";
import type { Plan } from "../support/plugin-client";
import { DeclaredDevices } from "./declared-devices";
import { ADDRESSES, anyConfig, anyDisturbance, LONGEST_TASK_SECONDS, type Disturbance } from "./disturbance";
import type { HistoryOptions, HistoryResult } from "./history-options";
import { FINAL_INVARIANTS } from "./invariants";
import type { Random } from "./random";
import { ProviderRuns } from "./provider-runs";
import type { SimulatedWorld, WorldEvent, WorldFault } from "./world";

const GRAPHICS = pciAddress("0000:af:00.0");

/** Faults after which a process may not know what is true. */
const UNCERTAIN: readonly WorldFault["kind"][] = ["lost", "unanswered", "slow", "blind", "deaf"];

/**
 * A random history of a stack with a resource for each of some virtual machines: configurations that change, a world
 * that changes, commands that fail, die and are repeated.
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
  private readonly resources: readonly DeclaredDevices[];
  private readonly runs = new ProviderRuns(() => this.world.startProcess());
  private readonly hostsAway = new Set<string>();

  constructor(private readonly options: HistoryOptions) {
    this.random = options.random;
    this.world = options.makeWorld({ slots: ADDRESSES, graphics: GRAPHICS, pulledStayShown: this.random.chance(0.3) });
    const { world, violations } = this;
    const log = (line: string): void => this.log(line);
    this.resources = world.machines
      .slice(0, options.machines ?? 1)
      .map((machine) => new DeclaredDevices(machine, { world, violations, log, ...options }));
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

  /** Writes the stack anew. No device of a host is in two lists: that is refused, and tested elsewhere. */
  private configure(): void {
    const { random } = this;
    const changes = this.resources.map(({ config }) =>
      random.chance(0.05) && config ? "destroyed" : !config || random.chance(0.7) ? "changed" : "kept",
    );
    const settled = this.resources.filter((_, index) => changes[index] === "kept");
    this.resources.forEach((resource, index) => {
      const { id: machine, host } = resource.machine;
      if (changes[index] === "changed") {
        const beside = settled.filter((other) => other !== resource && other.machine.host === host);
        const taken = beside.flatMap(({ declared }) => declared);
        resource.configure(anyConfig(random, { ...this.options, machine, taken }));
        settled.push(resource);
      } else resource.configure(changes[index] === "kept" ? resource.config : null);
    });
  }

  /** `terraform apply`: refresh, plan, and what was planned. */
  private async command(disturb: Disturbance = {}): Promise<void> {
    try {
      await this.disturbedCommand(disturb);
    } finally {
      this.world.quiet();
    }
  }

  private async disturbedCommand(disturb: Disturbance): Promise<void> {
    this.happenAll(disturb.events);
    if (disturb.imports)
      for (const resource of this.resources.filter(({ state, config }) => !state && config)) {
        await this.runs.start();
        await resource.import(this.runs.terraform);
      }
    disturb.faults?.forEach((fault) => {
      this.log(`fault: ${JSON.stringify(fault)}`);
      this.world.arm(fault);
    });
    await this.runs.start();
    const plans = await this.plan();
    for (const [resource, { action, diagnostics }] of plans)
      if (hasError(diagnostics)) resource.tell("plan", diagnostics);
      else if (action === "no-op") resource.tell("nothing to do", []);
    // One plan that fails is the whole command's end.
    if (plans.some(([, { diagnostics }]) => hasError(diagnostics))) return;
    const changes = plans.filter(([, { action }]) => action !== "no-op");
    if (changes.length === 0) return;
    this.happenAll(disturb.between);
    await this.apply(changes, disturb);
  }

  private plan(): Promise<[DeclaredDevices, Plan][]> {
    const { terraform } = this.runs;
    return Promise.all(this.resources.map(async (resource) => [resource, await resource.plan(terraform)]));
  }

  private async apply(plans: [DeclaredDevices, Plan][], disturb: Disturbance): Promise<void> {
    const { world } = this;
    const process = await this.runs.start();
    this.applies++;
    let disturbed = disturb.faults?.some(({ kind }) => UNCERTAIN.includes(kind)) ?? false;
    const ended = new AbortController();
    const at = (seconds: number, act: () => void): Promise<void> =>
      world.clock.sleep(seconds * 1000, ended.signal).then(act, () => undefined);
    const killed = new Promise<undefined>((resolve) => {
      if (disturb.killAt !== undefined)
        void at(disturb.killAt, () => (process.kill(), this.log("killed"), resolve(undefined)));
    });
    for (const { at: seconds, event } of disturb.timed ?? [])
      void at(seconds, () => ((disturbed = true), this.happen(event)));
    if (disturb.stopAt !== undefined)
      void at(disturb.stopAt, () => (this.log("stopped"), void this.runs.terraform.stop()));
    const isDisturbed =
      ({ machine }: DeclaredDevices) =>
      (): boolean =>
        disturbed || this.hostsAway.has(machine.host);
    await Promise.all(
      plans.map(([resource, plan]) =>
        resource.apply(plan, this.runs.terraform, { process, killed, isDisturbed: isDisturbed(resource) }),
      ),
    );
    ended.abort(new Error("the apply ended"));
  }

  private async finish(): Promise<void> {
    this.log("no more faults");
    this.world.heal();
    this.hostsAway.clear();
    // Tasks that a killed process left behind come to their end; two faults may have slowed the same one. And no drive
    // lingers in a guest for longer.
    await this.world.clock.sleep(3 * LONGEST_TASK_SECONDS * 1000);
    this.resources.forEach((resource, machine) => {
      // What nobody can tell the class of is the people's to clean up, and so is what a create finds beside what it
      // declares.
      for (const address of resource.attached())
        if (resource.isExchanged(address) && !resource.recorded().includes(address))
          this.happen({ kind: "detach", address, machine });
      resource.configure(resource.config ?? { virtual_machine_id: resource.machine.id, devices: [] });
    });
    await this.command();
    const foreign = this.resources.map((resource) => resource.leftToPeople());
    foreign.forEach((addresses, machine) =>
      addresses.forEach((address) => this.happen({ kind: "detach", address, machine })),
    );
    // Devices that two machines exchange may take a second apply, as the first one's error says.
    const exchanging = this.resources.length > 1 && this.resources.some(({ errors }) => errors.length > 0);
    if (exchanging || foreign.some(({ length }) => length > 0)) await this.command();
    await this.runs.start();
    const after = this.resources.map((resource) => resource.errors);
    for (const [index, [resource, plan]] of (await this.plan()).entries()) {
      resource.errors = after[index]!;
      for (const [invariant, broken] of Object.entries(FINAL_INVARIANTS))
        for (const what of broken(resource.finish(plan))) this.violations.push(`${invariant}: ${what}`);
    }
    for (const { machine } of this.resources)
      if (!machine.attached().includes(machine.graphics)) this.violations.push("a device of another class was taken");
  }

  private happenAll(events: readonly WorldEvent[] = []): void {
    events.forEach((event) => this.happen(event));
  }

  private happen(event: WorldEvent): void {
    this.log(`happens: ${Object.values(event).join(" ")}`);
    this.world.happen(event);
    const { host } = this.world.machines[event.machine ?? 0]!;
    if (event.kind === "disconnect host") this.hostsAway.add(host);
    if (event.kind === "connect host") this.hostsAway.delete(host);
    if (event.kind === "plug" && event.model === "second")
      for (const { machine, otherModelSeen } of this.resources)
        if (machine.host === host) otherModelSeen.add(event.address);
  }

  private log(line: string): void {
    this.trace.push(`${((this.world.clock.now() - Date.UTC(2026, 0, 1)) / 1000).toFixed(2)}s ${line}`);
  }
}
