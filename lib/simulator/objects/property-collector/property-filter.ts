import type { Operations, Properties } from "../../core/operation";
import type { World, WorldObject } from "../../core/world";
import type { Session } from "../../core/session";
import { Fault } from "../../fault";
import type { DataObject, Reference, Value } from "../../value";
import { ManagedObject } from "../managed-object";
import { missingProperties } from "./no-permission";
import { pathReader } from "./property-path";
import { select } from "./selection";

/** What a client that has a version has been told of a filter. */
export interface Told {
  /** Of each object, each path's value as it was sent. */
  readonly objects: ReadonlyMap<string, { readonly ref: Reference; readonly values: ReadonlyMap<string, string> }>;
  readonly missing: ReadonlySet<string>;
}

export const NOTHING_TOLD: Told = { objects: new Map(), missing: new Set() };

interface PropertyFilterOptions {
  readonly spec: DataObject;
  readonly partialUpdates: boolean;
  /** Called when it is discarded: its collector asks it no more. */
  readonly forget: (filter: PropertyFilter) => void;
}

/** A filter on a property collector: it tells what changed since the version that a client names. */
export class PropertyFilter extends ManagedObject {
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
    this.world.drop(this);
  }

  /** At most `limit` object updates since what was told, and what is told with them. `more`: some are left. */
  updates(
    before: Told,
    { limit, session }: { limit: number; session?: Session },
  ): { update?: DataObject; count: number; more: boolean; told: Told } {
    const selection = select(this.options.spec, this.world, session);
    const told = new Map(before.objects);
    const updates: DataObject[] = [];
    let more = false;
    const selected = new Set<string>();
    const room = (): boolean => updates.length < limit || !(more = true);
    for (const { object, paths } of selection.selected) {
      const key = object.ref.toString();
      selected.add(key);
      const known = told.get(key);
      const missingSet = missingProperties(object, paths, session);
      const { changes, values } = this.differences(object, missingSet ? [] : paths, known?.values);
      if ((known && changes.length === 0) || !room()) continue;
      told.set(key, { ref: object.ref, values });
      updates.push({ kind: known ? "modify" : "enter", obj: object.ref, changeSet: changes, missingSet });
    }
    for (const [key, { ref }] of before.objects) {
      if (selected.has(key) || !room()) continue;
      told.delete(key);
      updates.push({ kind: "leave", obj: ref });
    }
    const missing = selection.missing.filter((ref) => !before.missing.has(ref.toString()));
    const state = { objects: told, missing: new Set([...before.missing, ...missing.map(String)]) };
    if (updates.length === 0 && missing.length === 0) return { count: 0, more, told: state };
    const missingSet = missing.map((obj) => ({
      obj,
      fault: new Fault("ManagedObjectNotFound", `There is no ${obj.type} "${obj.id}"`, { obj }).localized(),
    }));
    const update = { filter: this.ref, objectSet: updates, missingSet };
    return { update, count: updates.length, more, told: state };
  }

  private differences(object: WorldObject, paths: readonly string[], known?: ReadonlyMap<string, string>) {
    const values = new Map<string, string>();
    const changes: DataObject[] = [];
    const read = pathReader(object, this.owner);
    // By name: who waits for guest.net with guest.ipStack, as vmware/vsphere does, needs the latter first (assumed).
    for (const path of [...paths].sort()) {
      const val: Value | undefined = read(path);
      const text = JSON.stringify(val);
      if (val !== undefined) values.set(path, text);
      if (known?.get(path) !== text) changes.push({ name: path, op: "assign", ...(val === undefined ? {} : { val }) });
    }
    return { changes, values };
  }
}
