import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { TASK_TIMINGS, type Job } from "./jobs";

/** What a vCenter was asked since it was told to count. */
export interface Counted {
  readonly requests: number;
  /** On the wire, both ways, encryption included. */
  readonly bytes: number;
  /** Of its own process. */
  readonly cpuMs: number;
  readonly changes: number;
  /** How long their tasks took, one added to the other. */
  readonly tasksMs: number;
  /** From the first change until the last answer. */
  readonly changingMs: number;
  /** From the first change until the last task's end. */
  readonly downtimeMs: number;
}

export interface Order {
  readonly name: "hold" | "mark" | "counted";
  readonly given?: unknown;
}

export type Answer = { readonly value: unknown } | { readonly error: string };

/**
 * Embedded vCenters, one after the other, in a process of their own, so that their share of a measurement can be told.
 * It is one process for all, so that its code has been compiled by the time it counts.
 */
export class MeasuredVcenter {
  private constructor(private readonly child: ChildProcess) {}

  static start(): MeasuredVcenter {
    const child = fork(require.resolve("./vcenter-process"), {
      execArgv: ["--import", "tsx"],
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
    });
    return new MeasuredVcenter(child);
  }

  /** Begins anew with what a job finds; answers the variables that point clients there. */
  async hold({ inventory }: Job): Promise<Record<string, string>> {
    return (await tell(this.child, { name: "hold", given: { inventory, timings: TASK_TIMINGS } })) as never;
  }

  /** Counts from now on. */
  async mark(): Promise<void> {
    await tell(this.child, { name: "mark" });
  }

  async counted(): Promise<Counted> {
    return (await tell(this.child, { name: "counted" })) as Counted;
  }

  async stop(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.disconnect();
    await ended;
  }
}

function tell(child: ChildProcess, order: Order): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => {
      child.off("message", onAnswer);
      reject(new Error("The bench's vCenter has ended."));
    };
    const onAnswer = (answer: unknown): void => {
      child.off("exit", onExit);
      if ("error" in (answer as Answer)) reject(new Error((answer as { error: string }).error));
      else resolve((answer as { value: unknown }).value);
    };
    child.once("message", onAnswer).once("exit", onExit);
    child.send(order);
  });
}
