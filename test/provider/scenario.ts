import type { CallLogEntry } from "../../lib/simulator/call-log";
import { backingOf, fixedBacking } from "../../lib/simulator/core/passthrough";
import type { GuestSystem } from "../../lib/simulator/guests/guest";
import type { World } from "../../lib/simulator/core/world";
import { HostSystem } from "../../lib/simulator/objects/host/host-system";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { Vcenter } from "../../lib/simulator/vcenter";
import type { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";
import { hotplugProvider } from "../../lib/provider/provider";
import type { Clock } from "../../lib/clock";
import type { Diagnostic } from "../../lib/tfplugin6/diagnostic";
import { PluginClient, type Config, type Outcome, type Plan, type State } from "../support/plugin-client";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

export const TYPE = "hotplug_passthrough_devices";
/** NVMe drives of host-12 in the default inventory: Intel 8086:0a54 A to D, Samsung 144d:a824 E to H. */
export const [A, B, C, D, E, F, G, H] = [
  "0000:3b:00.0",
  "0000:3c:00.0",
  "0000:3d:00.0",
  "0000:3e:00.0",
  "0000:5e:00.0",
  "0000:5f:00.0",
  "0000:60:00.0",
  "0000:61:00.0",
] as const;
export const [NIC, GPU] = ["0000:02:00.0", "0000:17:00.0"] as const;
export const DB_BIOS_UUID = "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042";
export const DB_INSTANCE_UUID = "50170f0a-9d1e-4c3f-8f2a-7b6c5d4e0042";

/** A configuration of `TYPE` for the virtual machine that most tests are about. */
export const db = (devices: unknown, more: Config = {}): Config => ({
  virtual_machine_id: "vm-42",
  devices,
  ...more,
});

type VcenterOptions = NonNullable<Parameters<typeof startTestVcenter>[0]>;

/** One call that changes a virtual machine, as a person would write it: `add 0000:3b:00.0 to vm-42`. */
export type Call = string;

const INSTANT = { queueMs: 0, hotPlugMs: 2, reconfigureMs: 2, publishMs: 0 };

/**
 * An embedded vCenter and the provider in this process. Every command asks a provider of its own, as each command of
 * Terraform starts a process of its own.
 */
export class Scenario {
  private readonly keys = new Map<string, string>();
  private mark = 0;

  private constructor(
    private readonly test: TestVcenter,
    private readonly variables: Record<string, string>,
  ) {}

  static async start({
    environment = {},
    ...options
  }: VcenterOptions & { environment?: Record<string, string> } = {}): Promise<Scenario> {
    const test = await startTestVcenter({ timings: INSTANT, ...options });
    return new Scenario(test, { ...test.environment, ...environment });
  }

  stop(): Promise<void> {
    return this.test.stop();
  }

  get vcenter(): EmbeddedVcenter {
    return this.test.vcenter;
  }

  /** What points the provider to the vCenter, and lets it into the guests where there are any. */
  get environment(): Record<string, string> {
    const { guests } = this.vcenter;
    const lines = guests?.endpoints.map(({ host, port, hostKey }) => `[${host}]:${port} ${hostKey}\n`);
    return {
      ...this.variables,
      ...(guests && { HOTPLUG_SSH_PRIVATE_KEY: guests.clientKey, HOTPLUG_SSH_KNOWN_HOSTS: lines!.join("") }),
    };
  }

  /** A configuration whose operations are confirmed in the guest of vm-42, within a second. */
  confirmed(devices: unknown, { guest, ...more }: { guest?: Config } & Config = {}): Config {
    const { port } = this.vcenter.guests!.endpoints.find(({ virtualMachine }) => virtualMachine === "vm-42")!;
    return db(devices, { guest: { port, timeout: "1s", ...guest }, ...more });
  }

  /** The guest of vm-42. */
  get guest(): GuestSystem {
    return this.vcenter.guests!.system("vm-42");
  }

  /** Refreshes `state` and plans. */
  plan(
    config: Config | null,
    {
      state = null,
      refresh = true,
      ...options
    }: { state?: State | null; refresh?: boolean; type?: string } & CommandOptions = {},
  ): Promise<Plan> {
    return this.command(options, async (client) => {
      const refreshed = state && refresh ? await client.refresh(state) : { state, diagnostics: [] };
      const plan = await client.plan(options.type ?? TYPE, { prior: refreshed.state, config });
      return { ...plan, diagnostics: [...refreshed.diagnostics, ...plan.diagnostics] };
    });
  }

  /** Applies a plan that was made before, in a process of its own. */
  applyPlan(plan: Plan, options: CommandOptions & { config?: Config } = {}): Promise<Outcome> {
    return this.command(options, (client) => client.apply(plan, options));
  }

  /** Plans and applies. Warnings of the plan are part of the outcome. */
  async apply(config: Config | null, options: { state?: State | null } & CommandOptions = {}): Promise<Outcome> {
    const plan = await this.plan(config, options);
    if (plan.diagnostics.some(({ severity }) => severity === "error"))
      return { state: options.state ?? null, diagnostics: plan.diagnostics };
    const outcome = await this.applyPlan(plan, options);
    return { ...outcome, diagnostics: [...plan.diagnostics, ...outcome.diagnostics] };
  }

  destroy(state: State | null, options: CommandOptions = {}): Promise<Outcome> {
    const nothing: Config | null = null;
    return this.apply(nothing, { ...options, state });
  }

  /** Applies what has to succeed without a warning; the calls of before are forgotten. */
  async given(config: Config): Promise<State> {
    const { state, diagnostics } = await this.apply(config);
    if (!state || diagnostics.length > 0) throw new Error(`the scenario can't begin: ${texts(diagnostics).join("\n")}`);
    this.forgetCalls();
    return state;
  }

  refresh(state: State, options: CommandOptions = {}): Promise<Outcome> {
    return this.command(options, (client) => client.refresh(state));
  }

  import(id: string, options: CommandOptions = {}): Promise<Outcome> {
    return this.command(options, (client) => client.import(TYPE, id));
  }

  /** What one command of Terraform does with one process of the provider. */
  async command<T>(
    { environment = {}, clock, signal, log }: CommandOptions,
    work: (client: PluginClient) => Promise<T>,
  ): Promise<T> {
    this.learnKeys();
    const client = await PluginClient.inProcess(
      hotplugProvider({ environment: { ...this.environment, ...environment }, ...(clock && { clock }) }),
      { ...(log && { log }) },
    );
    const stop = (): void => void client.stop();
    signal?.addEventListener("abort", stop, { once: true });
    try {
      await client.configure();
      return await work(client);
    } finally {
      signal?.removeEventListener("abort", stop);
      await client.close();
      this.learnKeys();
    }
  }

  /** Everything that was asked of vCenter since the calls were forgotten last. */
  log(): CallLogEntry[] {
    return this.vcenter.calls().slice(this.mark);
  }

  /** The calls among them that change a virtual machine. */
  calls(): Call[] {
    this.learnKeys();
    return this.log()
      .filter(({ operation }) => operation === "ReconfigVM_Task")
      .map((entry) => this.describe(entry));
  }

  forgetCalls(): void {
    this.mark = this.vcenter.calls().length;
  }

  /** Addresses of the fixed passthrough devices that a virtual machine really has. */
  attached(id = "vm-42"): string[] {
    return [...this.machine(id).passthroughAddresses].sort();
  }

  machine(id = "vm-42"): VirtualMachine {
    return found(this.world.all(VirtualMachine), id);
  }

  host(id = "host-12"): HostSystem {
    return found(this.world.all(HostSystem), id);
  }

  /** What another tool or person does: a device on, past every rule. */
  attachByHand(address: string, id = "vm-42"): void {
    const machine = this.machine(id);
    machine.attach(backingOf(machine.host.device(address)!, machine.host.systemId));
    machine.touch();
    this.learnKeys();
  }

  detachByHand(address: string, id = "vm-42"): void {
    const machine = this.machine(id);
    machine.detach(machine.devices.find((device) => fixedBacking(device)?.id === address)!["key"] as number);
    machine.touch();
  }

  /** Changes anything of a virtual machine as others may. */
  change(change: (machine: VirtualMachine) => void, id = "vm-42"): void {
    change(this.machine(id));
    this.machine(id).touch();
  }

  /** The virtual machine is deleted, by somebody else. */
  deleteMachine(id = "vm-42"): void {
    const machine = this.machine(id);
    machine.host.virtualMachines.splice(machine.host.virtualMachines.indexOf(machine), 1);
    this.world.remove(machine);
  }

  private get world(): World {
    return (this.vcenter as unknown as { core: Vcenter }).core.world;
  }

  private learnKeys(): void {
    for (const machine of this.world.all(VirtualMachine)) {
      for (const device of machine.devices) {
        const backing = fixedBacking(device);
        if (backing) this.keys.set(`${machine.ref.id} ${device["key"] as number}`, backing.id);
      }
    }
  }

  private describe({ arguments: args, target, outcome, task }: CallLogEntry): Call {
    const { deviceChange, changeVersion: _, $type: __, ...beside } = (args as { spec: Record<string, unknown> }).spec;
    const changes = [deviceChange ?? []].flat() as {
      operation: string;
      device: { key: number; backing?: { id: string } };
    }[];
    const devices = changes.map(
      ({ operation, device }) =>
        `${operation} ${device.backing?.id ?? this.keys.get(`${target!.value} ${device.key}`) ?? `key ${device.key}`}`,
    );
    const failed = outcome !== "ok" ? ` (${outcome})` : task?.state === "error" ? ` (${task.error?.type})` : "";
    return (
      [...devices, ...Object.keys(beside).filter((name) => beside[name] !== undefined)].join(" and ") +
      ` on ${target!.value}${failed}`
    );
  }
}

interface CommandOptions {
  /** Told what the provider writes to Terraform's log. */
  log?: (level: string, message: string) => void;
  environment?: Record<string, string>;
  clock?: Clock;
  /** Aborted: Terraform is interrupted once. */
  signal?: AbortSignal;
}

function found<T extends { ref: { id: string } }>(all: T[], id: string): T {
  const one = all.find(({ ref }) => ref.id === id);
  if (!one) throw new Error(`there is no ${id}`);
  return one;
}

/** Diagnostics as the person at the terminal reads them. */
export function texts(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ severity, summary, detail }) => `${severity}: ${summary}\n${detail}`);
}

export function errorsOf({ diagnostics }: { diagnostics: readonly Diagnostic[] }): string[] {
  return texts(diagnostics.filter(({ severity }) => severity === "error"));
}

export function warningsOf({ diagnostics }: { diagnostics: readonly Diagnostic[] }): string[] {
  return texts(diagnostics.filter(({ severity }) => severity === "warning"));
}
