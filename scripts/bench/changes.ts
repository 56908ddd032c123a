import { type Job, sideBySide } from "./jobs";
import type { MeasuredVcenter } from "./measured-vcenter";
import { watchMemory } from "./peak-memory";
import type { Peer } from "./peers";
import { type Spread, spreadOf } from "./spread";

/** How a peer did a job. Times are multiples of what the tasks alone take, side by side as far as they can be. */
export interface JobFigures {
  readonly job: string;
  readonly peer: string;
  /** One drive was taken off and another one put on. */
  readonly swaps: boolean;
  readonly figures: Readonly<Record<keyof Measured, Spread>>;
}

interface Measured {
  /** From the first change until the last answer. */
  change: number;
  /** From the command's start until its end. */
  command: number;
  /** From the first change until the last task's end: how long a drive that is swapped is away. */
  downtime: number;
  requests: number;
  requestsACall: number;
  kibACall: number;
  /** Of the process that talks to vCenter. */
  memoryMiB: number;
  /** The embedded vCenter's processor time, of the command's time. */
  vcenterShare: number;
}

/** Has every peer do a job, so many times each, one after the other in turn. */
export async function measureJob(
  vcenter: MeasuredVcenter,
  job: Job,
  { peers, runs }: { peers: readonly Peer[]; runs: number },
): Promise<JobFigures[]> {
  const measured = peers.map((): Measured[] => []);
  for (let run = 0; run < runs; run++)
    for (const [index, peer] of peers.entries()) measured[index]!.push(await measure(vcenter, job, peer));
  const swaps = Object.keys(job.before).length > 0;
  return peers.map(({ name }, index) => ({ job: job.title, peer: name, swaps, figures: spreads(measured[index]!) }));
}

function spreads(all: readonly Measured[]): Record<keyof Measured, Spread> {
  const of = (name: keyof Measured): Spread => spreadOf(all.map((one) => one[name]));
  return Object.fromEntries(Object.keys(all[0]!).map((name) => [name, of(name as keyof Measured)])) as ReturnType<
    typeof spreads
  >;
}

async function measure(vcenter: MeasuredVcenter, job: Job, peer: Peer): Promise<Measured> {
  const prepared = await peer.prepare(job, await vcenter.hold(job));
  try {
    await vcenter.mark();
    const startedAt = performance.now();
    const { pid, ended } = prepared.run();
    const memory = watchMemory(pid);
    await ended.finally(memory);
    const commandMs = performance.now() - startedAt;
    const { requests, bytes, cpuMs, changes, tasksMs, changingMs, downtimeMs } = await vcenter.counted();
    const least = tasksMs / sideBySide(job);
    const peak = memory();
    return {
      change: changingMs / least,
      command: commandMs / least,
      downtime: downtimeMs / least,
      requests,
      requestsACall: requests / changes,
      kibACall: bytes / changes / 1024,
      memoryMiB: (peak.descendants || peak.process) / (1 << 20),
      vcenterShare: cpuMs / commandMs,
    };
  } finally {
    await prepared.dispose();
  }
}
