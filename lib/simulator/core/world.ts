import type { Clock } from "../../clock";
import type { Assumptions } from "../assumptions";
import type { FaultInjection } from "../fault-injection";
import { Fault } from "../fault";
import type { InventoryTagCategory } from "../inventory/inventory";
import { schema } from "../schema/schema";
import { type DataObject, Reference } from "../value";
import { Changes, manyMayWaitFor } from "./changes";
import type { Events } from "./events";
import type { Operations, Properties } from "./operation";
import type { Identifiers } from "./random";
import type { Session } from "./session";
import { Tagging } from "./tagging";
import type { Tasks } from "./tasks";
import type { Timings } from "./timings";

/** An object as the world knows it. */
export interface WorldObject {
  readonly ref: Reference;
  /** The session that alone may use it. */
  readonly owner?: Session;
  readonly properties: Properties;
  readonly operations: Operations;
  /** Takes it out of the world. */
  discard(): void;
}

interface WorldOptions {
  readonly clock: Clock;
  readonly identifiers: Identifiers;
  readonly timings: Timings;
  readonly assumptions: Assumptions;
  readonly about: DataObject;
  readonly faults: FaultInjection;
  /** How far numbering got before. */
  readonly numbers?: Readonly<Record<string, number>>;
  readonly tagCategories?: readonly InventoryTagCategory[];
}

/** Everything that the embedded vCenter knows: its objects, its time, what changed. */
export class World {
  readonly changes = new Changes();
  /** Aborted at the end: whatever waits or runs is given up. */
  readonly end = manyMayWaitFor(new AbortController());
  readonly root = new Reference("Folder", "group-d1");
  tasks!: Tasks;
  readonly tagging: Tagging;
  events!: Events;
  private readonly objects = new Map<string, WorldObject>();
  private readonly byId = new Map<string, WorldObject>();
  private readonly sessionObjects = new WeakMap<Session, WorldObject>();
  private readonly numbers: Map<string, number>;

  constructor(readonly options: WorldOptions) {
    this.numbers = new Map(Object.entries(options.numbers ?? {}));
    const { identifiers, tagCategories: content } = options;
    this.tagging = new Tagging({ identifiers, changes: this.changes, content });
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

  add<T extends WorldObject>(object: T): T {
    this.objects.set(object.ref.toString(), object);
    this.byId.set(object.ref.id, object);
    return object;
  }

  /** Gives a session the one object that each has of its own under the same reference. */
  addFor(session: Session, object: WorldObject): void {
    this.sessionObjects.set(session, object);
  }

  remove(object: WorldObject): void {
    this.drop(object);
    this.changes.announce();
  }

  /** Removes what nobody watches but those who are told by other means. */
  drop(object: WorldObject): void {
    this.objects.delete(object.ref.toString());
    if (this.byId.get(object.ref.id) === object) this.byId.delete(object.ref.id);
    this.tagging.forget(object.ref);
  }

  find(ref: Reference, session?: Session): WorldObject | undefined {
    const own = session && this.sessionObjects.get(session);
    if (own?.ref.id === ref.id && own.ref.type === ref.type) return own;
    const object = this.objects.get(ref.toString()) ?? this.asBaseType(ref);
    return object?.owner && object.owner !== session ? undefined : object;
  }

  /** A cluster is found as the ComputeResource that it is, too. */
  private asBaseType({ type, id }: Reference): WorldObject | undefined {
    const object = this.byId.get(id);
    return object && schema.managed(type) && schema.isA(object.ref.type, type) ? object : undefined;
  }

  get(ref: Reference, session?: Session): WorldObject {
    const object = this.find(ref, session);
    if (!object)
      throw new Fault("ManagedObjectNotFound", `There is no ${ref.type} "${ref.id}", or no longer`, { obj: ref });
    return object;
  }

  all<T extends WorldObject>(type: abstract new (...args: never[]) => T): T[] {
    return [...this.objects.values()].filter((object): object is T => object instanceof type);
  }

  dropOwnedBy(session: Session): void {
    for (const object of [...this.objects.values()]) if (object.owner === session) object.discard();
  }
}
