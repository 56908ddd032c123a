import { Vcenter } from "../../lib/simulator/vcenter";
import { TASK_TIMINGS, sideBySide, type DeviceSets, type Job } from "../../scripts/bench/jobs";
import { Walks } from "../../scripts/bench/walks";
import { EmbeddedProcesses } from "../simulation/embedded-processes";
import type { Wire } from "../simulation/in-process-transport";
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

/**
 * The provider and an embedded vCenter without a socket between them, by a clock of their own: the same requests at
 * each run, whatever else the machine does.
 */
export class CountedRuns {
  private readonly clock = new VirtualClock();
  private readonly vcenter: Vcenter;
  private readonly processes: EmbeddedProcesses;
  private readonly walks: Walks;
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
    this.walks = new Walks(() => this.processes.start(() => this.wire).provider);
  }

  /** `apply` of a set for each virtual machine: what is, what is to be done, and that done. */
  async apply(sets: DeviceSets): Promise<Asked & { timesItsTasks: number }> {
    const counted = this.count();
    const plans = await this.walks.plan(sets);
    const before = this.clock.now();
    const calls = this.vcenter.log.length;
    await this.walks.apply(plans);
    const tasks = this.vcenter.log.slice(calls).flatMap(({ startedAt, task }) => {
      return task?.completedAt ? Date.parse(task.completedAt) - Date.parse(startedAt) : [];
    });
    const least = tasks.reduce((sum, ms) => sum + ms, 0) / sideBySide(this.job);
    return { ...counted(), timesItsTasks: Math.round(((this.clock.now() - before) / least) * 1000) / 1000 };
  }

  /** `plan` where nothing is to be done. */
  async emptyPlan(sets: DeviceSets): Promise<Asked> {
    const counted = this.count();
    const changed = [...(await this.walks.plan(sets))].filter(([, { action }]) => action !== "no-op");
    if (changed.length > 0) throw new Error(`not as they were declared: ${changed.map(([id]) => id).join(", ")}`);
    return counted();
  }

  end(): void {
    this.processes.end();
  }

  private readonly wire: Wire = async ({ body }, send) => {
    await this.clock.sleep(REQUEST_MS);
    const answer = await send();
    this.bytes += Buffer.byteLength(body) + Buffer.byteLength(answer.body);
    return answer;
  };

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
