import { Vcenter } from "../../lib/simulator/vcenter";
import { hasError } from "../../lib/tfplugin6/diagnostic";
import { PARALLELISM, TASK_TIMINGS, sideBySide, type DeviceSets, type Job } from "../../scripts/bench/jobs";
import { EmbeddedProcesses } from "../simulation/embedded-processes";
import { PluginClient, type Plan, type State } from "../support/plugin-client";
import { VirtualClock } from "../support/virtual-clock";

/** What one command of Terraform asked of a vCenter. */
export interface Asked {
  requests: number;
  /** Of the envelopes, both ways. */
  bytes: number;
  operations: Record<string, number>;
}

/** There and back, in milliseconds of a clock that only this and the tasks move. */
const REQUEST_MS = 2;
const TYPE = "hotplug_passthrough_devices";

/**
 * The provider and an embedded vCenter without a socket between them, by a clock of their own: the same requests at
 * each run, whatever else the machine does. It is asked as Terraform asks: a process a walk, ten resources at once.
 */
export class CountedRuns {
  private readonly clock = new VirtualClock();
  private readonly vcenter: Vcenter;
  private readonly processes: EmbeddedProcesses;
  private readonly states = new Map<string, State>();
  private bytes = 0;

  constructor(private readonly job: Job) {
    this.vcenter = new Vcenter({
      clock: this.clock,
      seed: "bench",
      sessionTimeoutSeconds: 1800,
      inventory: job.inventory,
      timings: TASK_TIMINGS,
    });
    this.processes = new EmbeddedProcesses(this.vcenter, this.clock);
  }

  /** `apply` of a set for each virtual machine: what is, what is to be done, and that done. */
  async apply(sets: DeviceSets): Promise<Asked & { timesItsTasks: number }> {
    const counted = this.count();
    const plans = new Map<string, Plan>();
    await this.walk(sets, async (client, id) => plans.set(id, await this.plan(client, id, sets[id]!)));
    const before = this.clock.now();
    const calls = this.vcenter.log.length;
    await this.walk(sets, async (client, id) => {
      const { state, diagnostics } = await client.apply(plans.get(id)!);
      if (!state || hasError(diagnostics)) throw new Error(JSON.stringify(diagnostics));
      this.states.set(id, state);
    });
    const tasks = this.vcenter.log.slice(calls).flatMap(({ startedAt, task }) => {
      return task?.completedAt ? Date.parse(task.completedAt) - Date.parse(startedAt) : [];
    });
    const least = tasks.reduce((sum, ms) => sum + ms, 0) / sideBySide(this.job);
    return { ...counted(), timesItsTasks: Math.round(((this.clock.now() - before) / least) * 1000) / 1000 };
  }

  /** `plan` where nothing is to be done. */
  async emptyPlan(sets: DeviceSets): Promise<Asked> {
    const counted = this.count();
    await this.walk(sets, async (client, id) => {
      const { action } = await this.plan(client, id, sets[id]!);
      if (action !== "no-op") throw new Error(`${id} is not as it was declared: ${action}`);
    });
    return counted();
  }

  end(): void {
    this.processes.end();
  }

  private async plan(client: PluginClient, id: string, devices: readonly string[]): Promise<Plan> {
    const known = this.states.get(id);
    const prior = known && (await client.refresh(known)).state;
    const plan = await client.plan(TYPE, { prior, config: { virtual_machine_id: id, devices } });
    if (hasError(plan.diagnostics)) throw new Error(JSON.stringify(plan.diagnostics));
    return plan;
  }

  /** One process of the provider, asked for each virtual machine, ten at once. */
  private async walk(sets: DeviceSets, work: (client: PluginClient, id: string) => Promise<unknown>): Promise<void> {
    const { provider } = this.processes.start(() => async ({ body }, send) => {
      await this.clock.sleep(REQUEST_MS);
      const answer = await send();
      this.bytes += Buffer.byteLength(body) + Buffer.byteLength(answer.body);
      return answer;
    });
    const client = await PluginClient.inProcess(provider);
    await client.configure();
    const left = Object.keys(sets);
    const worker = async (): Promise<void> => {
      for (let id = left.shift(); id !== undefined; id = left.shift()) await work(client, id);
    };
    await Promise.all(Array.from({ length: PARALLELISM }, worker));
    await client.close();
  }

  /** Counts from now on. */
  private count(): () => Asked {
    const { bytes } = this;
    const from = this.vcenter.log.length;
    return () => {
      const operations: Record<string, number> = {};
      for (const { operation } of this.vcenter.log.slice(from))
        operations[operation] = (operations[operation] ?? 0) + 1;
      return { requests: this.vcenter.log.length - from, bytes: this.bytes - bytes, operations };
    };
  }
}
