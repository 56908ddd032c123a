/** The real engine, the real provider and a change of three calls, disturbed at each request that it makes. */
import { readFileSync, readdirSync } from "node:fs";
import type { CallLogEntry } from "../../lib/simulator/call-log";
import type { EmbeddedVcenter } from "../../lib/simulator/embedded-vcenter";
import type { FaultEffect, FaultTrigger } from "../../lib/simulator/fault-injection";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { Vcenter } from "../../lib/simulator/vcenter";
import { brokenCallRules } from "../support/call-rules";
import { StateServer } from "../support/state-server";
import { TerraformWorkspace } from "../support/terraform";
import { keepCallLog, startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, C, D, changes, stack } from "./hotplug-stack";
import { KillableVcenter } from "./process-matrix-vcenter";

type Applying = ReturnType<TerraformWorkspace["start"]>;

/**
 * One of the disturbed apply's requests: which of those of its operation, from 1. Requests that run beside each other
 * come in any order.
 */
export type Moment = Required<Pick<FaultTrigger, "operation" | "occurrence">>;

/** What happens to a request, or once it was carried out and before its answer goes out. */
type Disturbance =
  | { effect: FaultEffect }
  | { act: (applying: Applying, vcenter: EmbeddedVcenter) => void }
  | { kill: true };

export const DISTURBANCES = {
  "engine killed": { act: ({ child }) => process.kill(child.pid!, "SIGKILL") },
  "provider killed": { act: ({ child }) => providersOf(child.pid!).forEach((pid) => process.kill(pid, "SIGKILL")) },
  "vCenter restarted": { act: (_, vcenter) => vcenter.restart({ tasks: "forgotten" }) },
  "vCenter away": {
    act(_, vcenter) {
      vcenter.restart({ tasks: "forgotten" });
      vcenter.faults.inject({ times: 3 }, { kind: "drop", when: "before" });
    },
  },
  "vCenter killed": { kill: true },
  "reset before": { effect: { kind: "drop", when: "before" } },
  "reset after": { effect: { kind: "drop", when: "after" } },
  "Ctrl-C": { act: ({ child }) => signalGroup(child.pid!, "SIGINT") },
  "Ctrl-C twice": {
    act({ child }) {
      child.stdout!.once("data", () => signalGroup(child.pid!, "SIGINT"));
      signalGroup(child.pid!, "SIGINT");
    },
  },
} satisfies Record<string, Disturbance>;

export type DisturbanceName = keyof typeof DISTURBANCES;

export interface Cell extends Moment {
  /**
   * The request came, and was disturbed: how often vCenter is asked whether a task has ended, for one, is a matter of
   * time.
   */
  disturbed: boolean;
  /** How many applies it took, the disturbed one included. */
  applies: number;
  lockLeft: boolean;
}

const APPLY = ["apply", "-no-color", "-auto-approve"];
const PLAN = "plan.bin";
const ORPHAN_LIMIT_MS = 20_000;

/** Runs cells one after another over one saved plan, each on a vCenter and a state of its own. */
export class ProcessMatrix {
  private constructor(
    private readonly workspace: TerraformWorkspace,
    private readonly states: StateServer,
    private readonly stateBefore: string,
  ) {}

  static async create(options: { engine?: string } = {}): Promise<ProcessMatrix> {
    const states = await StateServer.start();
    const configuration = (devices: string[]): object => {
      const made = stack({ db: { virtual_machine_id: "vm-42", devices } }) as { terraform: object };
      return { ...made, terraform: { ...made.terraform, backend: states.backend } };
    };
    const workspace = await TerraformWorkspace.create({ ...options, files: { "main.tf.json": configuration([A, D]) } });
    const vcenter = await startVcenter();
    try {
      await workspace.init();
      await expectStatus(0, workspace.run(APPLY, vcenter));
      await workspace.write("main.tf.json", configuration([A, B, C]));
      await expectStatus(0, workspace.run(["plan", "-no-color", `-out=${PLAN}`], vcenter));
    } finally {
      await vcenter.stop();
    }
    return new ProcessMatrix(workspace, states, states.state!);
  }

  /** Disturbs the change at one request, applies again where that failed, and checks what is there then. */
  async run(name: DisturbanceName, moment: Moment): Promise<Cell> {
    const disturbance: Disturbance = DISTURBANCES[name];
    this.states.state = this.stateBefore;
    return "kill" in disturbance ? this.runKilling(moment) : this.runWith(disturbance, moment);
  }

  private async runWith(disturbance: Exclude<Disturbance, { kill: true }>, moment: Moment): Promise<Cell> {
    let applying: Applying | undefined;
    const disturbed = (): CallLogEntry | undefined => find(moment, vcenter.vcenter.calls());
    const vcenter = await startVcenter(({ sequence }) => {
      if (applying && "act" in disturbance && sequence === disturbed()?.sequence)
        disturbance.act(applying, vcenter.vcenter);
    });
    try {
      if ("effect" in disturbance) vcenter.vcenter.faults.inject(moment, disturbance.effect);
      applying = this.workspace.start(["apply", "-no-color", PLAN], vcenter);
      const { status } = await applying.ended;
      await groupIsGone(applying.child.pid!);
      applying = undefined;
      vcenter.vcenter.faults.clear();
      const cell = { ...moment, disturbed: disturbed() !== undefined, ...(await this.converge(vcenter, status)) };
      // However it went: each of the three was carried out once, and nothing else was.
      expect(changes(vcenter).filter((call) => !call.endsWith(")"))).toEqual(THREE_CALLS);
      return cell;
    } finally {
      await vcenter.stop();
    }
  }

  private async runKilling(moment: Moment): Promise<Cell> {
    const killable = await KillableVcenter.start({ inventory: INVENTORY, timings: TIMINGS, moment });
    try {
      const applying = this.workspace.start(["apply", "-no-color", PLAN], killable);
      const { status } = await applying.ended;
      await groupIsGone(applying.child.pid!);
      const { vcenter, calls } = await killable.successor();
      await keepCallLog(calls);
      expect(brokenCallRules(calls)).toEqual([]);
      const cell = {
        ...moment,
        disturbed: find(moment, calls) !== undefined,
        ...(await this.converge(vcenter, status)),
      };
      const made = changes({ vcenter: { calls: () => [...calls, ...vcenter.vcenter.calls()] } });
      expect([...new Set(made.map((call) => call.replace(/ \(.*/, "")))]).toEqual(THREE_CALLS);
      const succeeded = made.filter((call) => !call.endsWith(")"));
      expect(succeeded).toEqual([...new Set(succeeded)]);
      // Whether the call whose task was cut off was carried out, no log can tell. What was kept does: A is where it
      // was, D is gone, and the two keys that were given since, no more, are B's and C's.
      expect(await killable.keys()).toEqual({ [A]: 13000, [B]: 13002, [C]: 13003, last: 13003 });
      return cell;
    } finally {
      await killable.stop();
    }
  }

  /**
   * What a person does then: releases a lock that was left, and applies again what failed. Nothing is left to do after
   * that.
   */
  private async converge(vcenter: TestVcenter, status: number | null): Promise<Pick<Cell, "applies" | "lockLeft">> {
    const lockLeft = await this.releaseLock(vcenter);
    if (status !== 0) await expectStatus(0, this.workspace.run(APPLY, vcenter));
    expect(attached(vcenter.vcenter)).toEqual([A, B, C]);
    await expectStatus(0, this.workspace.run(["plan", "-no-color", "-detailed-exitcode"], vcenter));
    expect(brokenCallRules(vcenter.vcenter.calls())).toEqual([]);
    return { applies: status === 0 ? 1 : 2, lockLeft };
  }

  /** The requests of the change when nothing disturbs it. */
  async requests(): Promise<Moment[]> {
    this.states.state = this.stateBefore;
    const vcenter = await startVcenter();
    try {
      await expectStatus(0, this.workspace.run(["apply", "-no-color", PLAN], vcenter));
      const seen = new Map<string, number>();
      return vcenter.vcenter.calls().map(({ operation }) => {
        const occurrence = (seen.get(operation) ?? 0) + 1;
        seen.set(operation, occurrence);
        return { operation, occurrence };
      });
    } finally {
      await vcenter.stop();
    }
  }

  async dispose(): Promise<void> {
    await this.workspace.dispose();
    await this.states.stop();
  }

  /** As a person would: read who holds the lock, and release that one. */
  private async releaseLock(vcenter: Awaited<ReturnType<typeof startVcenter>>): Promise<boolean> {
    const { lockId } = this.states;
    if (lockId === undefined) return false;
    const { status, stdout, stderr } = await this.workspace.run(APPLY, vcenter);
    expect(status).not.toBe(0);
    expect(stdout + stderr).toContain("Error acquiring the state lock");
    expect(stdout + stderr).toContain(lockId);
    await expectStatus(0, this.workspace.run(["force-unlock", "-no-color", "-force", lockId], vcenter));
    return true;
  }
}

const find = ({ operation, occurrence }: Moment, calls: readonly CallLogEntry[]): CallLogEntry | undefined =>
  calls.filter((call) => call.operation === operation)[occurrence - 1];

const THREE_CALLS = ["remove from vm-42", `add ${B} to vm-42`, `add ${C} to vm-42`];
const TIMINGS = { queueMs: 0, hotPlugMs: 5, publishMs: 0 };
const INVENTORY = {
  ...defaultInventory,
  virtualMachines: defaultInventory.virtualMachines!.map((machine) =>
    machine.id === "vm-42" ? { ...machine, devices: [A, D] } : machine,
  ),
};

function startVcenter(onCall?: (entry: CallLogEntry) => void): Promise<TestVcenter> {
  return startTestVcenter({ inventory: INVENTORY, timings: TIMINGS, ...(onCall && { onCall }) });
}

async function expectStatus(
  expected: number,
  ended: Promise<{ status: number | null; stdout: string; stderr: string }>,
): Promise<void> {
  const { status, stdout, stderr } = await ended;
  if (status !== expected) throw new Error(`The command ended with ${status}:\n${stdout}${stderr}`);
}

/** What vCenter itself says the virtual machine has. */
export function attached(vcenter: EmbeddedVcenter): string[] {
  const { world } = (vcenter as unknown as { core: Vcenter }).core;
  return [...world.all(VirtualMachine).find(({ ref }) => ref.id === "vm-42")!.passthroughAddresses].sort();
}

function providersOf(engine: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === engine)
    .map(Number);
}

function parentOf(pid: string): number | undefined {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))![1]);
  } catch {
    return undefined; // It ended while we looked.
  }
}

function signalGroup(processGroup: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-processGroup, signal);
  } catch {
    return false; // Nobody is left in it.
  }
}

async function groupIsGone(processGroup: number): Promise<void> {
  for (const limit = Date.now() + ORPHAN_LIMIT_MS; signalGroup(processGroup, 0); ) {
    if (Date.now() > limit) throw new Error("a process of the disturbed apply is still there");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
