import type { CallLogEntry } from "./call-log";
import type { World } from "./core/world";
import { type FaultInjection, injectedFault } from "./fault-injection";
import { ManagedEntity } from "./objects/managed-entity";
import { VirtualMachine } from "./objects/virtual-machine/virtual-machine";
import type { Session } from "./core/session";
import type { Reference } from "./value";

interface CallsOptions {
  readonly world: World;
  readonly faults: FaultInjection;
  /** Keeps what a call changed, before its answer tells of it. */
  readonly save: () => void;
  readonly onCall?: (entry: CallLogEntry) => void;
}

interface Asked {
  readonly client: string;
  readonly session?: Session;
  readonly operation: string;
  readonly target?: Reference;
  readonly arguments?: unknown;
}

/** What a call that went wrong is answered with, and how the log calls it. */
interface Wrong<A> {
  readonly answer: A;
  readonly outcome: string;
  readonly message: string;
}

/** Every call, whatever it speaks: its entry in the log, the faults injected into it, the keeping of what it did. */
export class Calls {
  readonly log: CallLogEntry[] = [];
  /** Told when a call has come, and when its answer is ready. */
  readonly listeners = new Set<() => void>();

  constructor(private readonly options: CallsOptions) {}

  /** A new entry of the log. */
  begin({ client, session, operation, target, arguments: args }: Asked): CallLogEntry {
    const { world } = this.options;
    const object = target && world.find(target, session);
    const entry: CallLogEntry = {
      sequence: this.log.length + 1,
      startedAt: world.now().toISOString(),
      client,
      session: session?.shortId ?? "",
      operation,
      target: target && {
        type: target.type,
        value: target.id,
        ...(object instanceof ManagedEntity ? { name: object.name } : {}),
      },
      arguments: args,
      virtualMachinePowerState: object instanceof VirtualMachine ? object.powerState : undefined,
      read: [],
    };
    this.log.push(entry);
    this.tell();
    return entry;
  }

  /** Carries the call of an entry out. `run` answers undefined where an injected fault cut the connection. */
  async finish<A>(
    entry: CallLogEntry,
    { run, wrong }: { run: () => Promise<A | undefined>; wrong: (error: Error) => Wrong<A> },
  ): Promise<A | undefined> {
    const { world, save, onCall } = this.options;
    const start = world.now().getTime();
    let answer: A | undefined;
    try {
      answer = await run();
      save();
      entry.outcome = answer === undefined ? "no answer" : "ok";
    } catch (error) {
      ({ answer, outcome: entry.outcome, message: entry.message } = wrong(error as Error));
    }
    entry.durationMs = world.now().getTime() - start;
    onCall?.(entry);
    this.tell();
    return answer;
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }

  /** Does the work of a call with the faults that were injected into it; undefined for no answer. */
  async disturbed<T>(
    { operation, target }: { operation: string; target?: Reference },
    { session, work }: { session?: Session; work: () => Promise<T> },
  ): Promise<T | undefined> {
    const { faults, world } = this.options;
    const effects = faults.forCall(operation, target && (world.find(target, session) ?? { ref: target }));
    for (const effect of effects) {
      if (effect.kind === "stall") await world.sleep(effect.delayMs);
      if (effect.kind === "fault") throw injectedFault(effect);
    }
    if (effects.some((effect) => effect.kind === "drop" && effect.when === "before")) return undefined;
    const result = await work();
    return effects.some((effect) => effect.kind === "drop") ? undefined : result;
  }
}
