import type { CallLogEntry } from "../../lib/simulator/call-log";
import type {
  Inventory,
  InventoryDevice,
  InventoryHost,
  InventoryVirtualMachine,
} from "../../lib/simulator/inventory/inventory";
import type { Diagnostic } from "../../lib/tfplugin6/diagnostic";
import type { Config, Outcome, Plan, State } from "../support/plugin-client";
import { isWrite } from "../support/writes";
import { hurriedClock } from "./hurried-clock";
import { Scenario } from "./scenario";

const INSTANT = {
  queueMs: 0,
  reconfigureMs: 1,
  publishMs: 0,
  hotPlugMs: 1,
  powerMs: 2,
  guestShutdownMs: 4,
  hostRebootMs: 20,
  maintenanceMs: 2,
};

export const drive = (address: string, more: Partial<InventoryDevice> = {}): InventoryDevice => ({
  address,
  vendor: "144d",
  device: "a824",
  vendorName: "Samsung",
  name: "PM1733",
  ...more,
});

/** One host with two NVMe drives and one virtual machine on it, ready unless something else is asked for. */
export function smallInventory({
  host = {},
  machine = {},
  machines = [],
  hosts = [],
}: {
  host?: Partial<InventoryHost>;
  machine?: Partial<InventoryVirtualMachine>;
  machines?: InventoryVirtualMachine[];
  hosts?: InventoryHost[];
} = {}): Inventory {
  return {
    hosts: [
      { id: "host-12", name: "esx01", devices: [drive("0000:3b:00.0"), drive("0000:5e:00.0")], ...host },
      ...hosts,
    ],
    virtualMachines: [{ id: "vm-42", name: "db", host: "esx01", ...machine }, ...machines],
  };
}

/** What a virtual machine that nobody prepared is like. */
export const UNREADY: Partial<InventoryVirtualMachine> = {
  hardwareVersion: 19,
  motherboardLayout: "i440bxHostBridge",
  memoryReservationLockedToMax: false,
  fixedPassthruHotPlugEnabled: false,
};

/** One resource type on one embedded vCenter, where an hour of waiting takes seconds. */
export class PreparationRun {
  private constructor(
    readonly scenario: Scenario,
    private readonly type: string,
  ) {}

  static async start(type: string, options: Parameters<typeof Scenario.start>[0]): Promise<PreparationRun> {
    return new PreparationRun(await Scenario.start({ timings: INSTANT, ...options }), type);
  }

  stop(): Promise<void> {
    return this.scenario.stop();
  }

  plan(config: Config | null, state: State | null = null): Promise<Plan> {
    return this.scenario.plan(config, { type: this.type, state, clock: hurriedClock(100) });
  }

  /** Plans, and applies what can be applied; the diagnostics are the apply's alone. */
  async apply(
    config: Config | null,
    state: State | null = null,
    options: { signal?: AbortSignal } = {},
  ): Promise<Outcome> {
    const plan = await this.plan(config, state);
    if (plan.diagnostics.some(({ severity }) => severity === "error")) return { state, diagnostics: plan.diagnostics };
    const { diagnostics, ...outcome } = await this.scenario.applyPlan(plan, { clock: hurriedClock(100), ...options });
    const isNew = ({ summary }: Diagnostic): boolean => !plan.diagnostics.some((before) => before.summary === summary);
    return { ...outcome, diagnostics: diagnostics.filter((one) => one.severity === "error" || isNew(one)) };
  }

  async destroy(state: State): Promise<Outcome> {
    return this.scenario.command({ clock: hurriedClock(100) }, (client) => client.destroy(state));
  }

  /** The calls that change something since the last time, in order: `PowerOffVM_Task vm-42`. */
  writes(): string[] {
    const writes = this.scenario.log().filter((entry) => isWrite(entry) || isEsxcliSet(entry));
    this.scenario.forgetCalls();
    return writes.map((entry) => `${nameOf(entry)} ${entry.target!.value}`);
  }
}

function isEsxcliSet({ operation, arguments: args }: CallLogEntry): boolean {
  return operation === "ExecuteSoap" && String((args as { method?: string }).method).endsWith(".set");
}

/** What a ReconfigVM_Task sets says more than its name. */
function nameOf(entry: CallLogEntry): string {
  const { spec, config } = entry.arguments as { spec?: Record<string, unknown>; config?: unknown };
  if (isEsxcliSet(entry)) return "esxcli kernel set";
  if (entry.operation === "UpdatePassthruConfig")
    return `UpdatePassthruConfig ${[config]
      .flat()
      .map((one) => `${(one as { id: string }).id}=${String((one as { passthruEnabled: boolean }).passthruEnabled)}`)
      .join(",")} on`;
  if (entry.operation !== "ReconfigVM_Task") return entry.operation;
  return `set ${Object.keys(spec!)
    .filter((name) => !["$type", "changeVersion"].includes(name) && spec![name] !== undefined)
    .join("+")} of`;
}
