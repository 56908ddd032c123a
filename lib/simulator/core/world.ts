import type { Clock } from "../../clock";
import type { Assumptions } from "../assumptions";
import type { FaultInjection } from "../fault-injection";
import { Fault } from "../fault";
import type { ManagedObject } from "../objects/managed-object";
import type { TaskManager } from "../objects/task/task-manager";
import { type DataObject, Reference } from "../value";
import { Changes } from "./changes";
import type { Identifiers } from "./random";
import type { Session } from "./session";
import type { Timings } from "./timings";

export interface WorldOptions {
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly timings: Timings;
  readonly assumptions: Assumptions;
  readonly about: DataObject;
  readonly faults: FaultInjection;
  /** How far numbering got before. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** Everything that the embedded vCenter knows: its objects, its time, what changed. */
export class World {
  readonly changes = new Changes();
  /** Aborted at the end: whatever waits or runs is given up. */
  readonly end = new AbortController();
  readonly root = new Reference("Folder", "group-d1");
  tasks!: TaskManager;
  private readonly objects = new Map<string, ManagedObject>();
  private readonly numbers: Map<string, number>;

  constructor(readonly options: WorldOptions) {
    this.numbers = new Map(Object.entries(options.numbers ?? {}));
  }

  get assumptions(): Assumptions {
    return this.options.assumptions;
  }

  get timings(): Timings {
    return this.options.timings;
  }

  now(): Date {
    return new Date(this.options.clock.now());
  }

  sleep(ms: number, signal: AbortSignal = this.end.signal): Promise<void> {
    return this.options.clock.sleep(ms, signal);
  }

  /** Numbers from 1 in each series, for ids. */
  number(series: string): number {
    const next = this.numbered(series) + 1;
    this.numbers.set(series, next);
    return next;
  }

  /** The last number of a series; 0 before the first. */
  numbered(series: string): number {
    return this.numbers.get(series) ?? 0;
  }

  add<T extends ManagedObject>(object: T): T {
    this.objects.set(object.ref.toString(), object);
    return object;
  }

  remove(object: ManagedObject): void {
    this.objects.delete(object.ref.toString());
    this.changes.announce();
  }

  find(ref: Reference, session?: Session): ManagedObject | undefined {
    if (ref.type === "PropertyCollector" && ref.id === "propertyCollector" && session) return session.collector;
    const object = this.objects.get(ref.toString());
    return object?.owner && object.owner !== session ? undefined : object;
  }

  get(ref: Reference, session?: Session): ManagedObject {
    const object = this.find(ref, session);
    if (!object)
      throw new Fault("ManagedObjectNotFound", `There is no ${ref.type} "${ref.id}", or no longer`, { obj: ref });
    return object;
  }

  all<T extends ManagedObject>(type: abstract new (...args: never[]) => T): T[] {
    return [...this.objects.values()].filter((object): object is T => object instanceof type);
  }

  dropOwnedBy(session: Session): void {
    for (const object of [...this.objects.values()]) if (object.owner === session) object.discard();
  }
}
