import type { Operations, Properties } from "../../core/operation";
import type { World, WorldObject } from "../../core/world";
import type { Session } from "../../core/session";
import { Fault } from "../../fault";
import type { DataObject, Reference, Value } from "../../value";
import { ManagedObject } from "../managed-object";
import { missingProperties } from "./no-permission";
import { readPath } from "./property-path";
import { select } from "./selection";

/** What a client has been told: of each object, each path's value as it was sent. */
type Told = Map<string, { readonly ref: Reference; readonly values: Map<string, string> }>;

interface PropertyFilterOptions {
  readonly spec: DataObject;
  readonly partialUpdates: boolean;
  /** Called when it is discarded: its collector asks it no more. */
  readonly forget: (filter: PropertyFilter) => void;
}

/** A filter on a property collector: it tells what changed since the version that a client names. */
export class PropertyFilter extends ManagedObject {
  private told: Told = new Map();
  /** What had been told before the last update, for a client that never got it. */
  private toldBefore: Told = new Map();
  private toldMissing = new Set<string>();

  constructor(
    world: World,
    session: Session,
    private readonly options: PropertyFilterOptions,
  ) {
    super(world, "PropertyFilter", `session[${session.key}]${world.options.identifiers.uuid()}`);
    this.owner = session;
  }

  override readonly properties: Properties = {
    spec: () => this.options.spec,
    partialUpdates: () => this.options.partialUpdates,
  };

  override readonly operations: Operations = {
    DestroyPropertyFilter: { run: () => this.discard() },
  };

  override discard(): void {
    this.options.forget(this);
    super.discard();
  }

  /** Makes the next updates the differences from nothing, or from before the last update. */
  rewind(to: "start" | "before"): void {
    this.told = to === "start" ? new Map() : this.toldBefore;
    this.toldMissing = new Set();
  }

  /** Marks what has been told as received. */
  acknowledge(): void {
    this.toldBefore = new Map([...this.told].map(([key, { ref, values }]) => [key, { ref, values: new Map(values) }]));
  }

  /** At most `limit` object updates; these count as told. `more` says that some are left. */
  updates(limit: number, session?: Session): { update?: DataObject; count: number; more: boolean } {
    const selection = select(this.options.spec, this.world, session);
    const updates: DataObject[] = [];
    let more = false;
    const selected = new Set<string>();
    const room = (): boolean => updates.length < limit || !(more = true);
    for (const { object, paths } of selection.selected) {
      const key = object.ref.toString();
      selected.add(key);
      const known = this.told.get(key);
      const missingSet = missingProperties(object, paths, session);
      const { changes, values } = this.differences(object, missingSet ? [] : paths, known?.values);
      if ((known && changes.length === 0) || !room()) continue;
      this.told.set(key, { ref: object.ref, values });
      updates.push({ kind: known ? "modify" : "enter", obj: object.ref, changeSet: changes, missingSet });
    }
    for (const [key, { ref }] of [...this.told]) {
      if (selected.has(key) || !room()) continue;
      this.told.delete(key);
      updates.push({ kind: "leave", obj: ref });
    }
    const missing = selection.missing.filter((ref) => !this.toldMissing.has(ref.toString()));
    for (const ref of missing) this.toldMissing.add(ref.toString());
    if (updates.length === 0 && missing.length === 0) return { count: 0, more };
    const missingSet = missing.map((obj) => ({
      obj,
      fault: new Fault("ManagedObjectNotFound", `There is no ${obj.type} "${obj.id}"`, { obj }).localized(),
    }));
    return { update: { filter: this.ref, objectSet: updates, missingSet }, count: updates.length, more };
  }

  private differences(object: WorldObject, paths: readonly string[], known?: ReadonlyMap<string, string>) {
    const values = new Map<string, string>();
    const changes: DataObject[] = [];
    for (const path of paths) {
      const val: Value | undefined = readPath(object, path, this.owner);
      const text = JSON.stringify(val);
      if (val !== undefined) values.set(path, text);
      if (known?.get(path) !== text) changes.push({ name: path, op: "assign", ...(val === undefined ? {} : { val }) });
    }
    return { changes, values };
  }
}
