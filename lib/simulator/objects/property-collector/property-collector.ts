import type { Arguments, Call, Operations, Properties } from "../../core/operation";
import type { Session } from "../../core/session";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { type DataObject, listOf, Reference, type Value } from "../../value";
import { ManagedObject, refs } from "../managed-object";
import { missingProperties } from "./no-permission";
import { NOTHING_TOLD, PropertyFilter, type Told } from "./property-filter";
import { pathReader } from "./property-path";
import { checkFilterSpec, select, type Selected } from "./selection";
import { Wait } from "./wait";

/** The collector that a session has from its login on: each its own, all by this reference. */
export const DEFAULT_COLLECTOR = new Reference("PropertyCollector", "propertyCollector");

/** So many versions a client may lag behind: several waits that share a collector each have one of their own. */
const KEPT_VERSIONS = 256;

/** The one way to read properties, at once or by waiting for changes. Each session has one, and may make more. */
export class PropertyCollector extends ManagedObject {
  private readonly filters: PropertyFilter[] = [];
  private readonly pages = new Map<string, DataObject[]>();
  private version = 0;
  /** What was told with each version, by filter. */
  private readonly told = new Map<string, ReadonlyMap<PropertyFilter, Told>>();
  private readonly waits = new Set<Wait>();

  constructor(world: World, { type, id }: Reference) {
    super(world, type, id);
  }

  override readonly properties: Properties = { filter: () => refs(this.filters) };

  override readonly operations: Operations = {
    RetrievePropertiesEx: { run: (args, call) => this.retrieveEx(args, call) },
    ContinueRetrievePropertiesEx: { run: ({ token }) => this.nextPage(token as string) },
    CancelRetrievePropertiesEx: { run: ({ token }) => void this.pages.delete(token as string) },
    RetrieveProperties: { run: (args, call) => this.retrieve(args, call) },
    CreateFilter: { run: (args, call) => this.createFilter(args, call) },
    CreatePropertyCollector: {
      run: (_args, call) => {
        const ref = new Reference("PropertyCollector", `session[${this.world.options.identifiers.uuid()}]`);
        const collector = this.world.add(new PropertyCollector(this.world, ref));
        collector.owner = call.session;
        return collector.ref;
      },
    },
    DestroyPropertyCollector: { run: () => this.discard() },
    WaitForUpdatesEx: {
      run: ({ version, options }, call) =>
        this.wait(version as string | undefined, (options ?? {}) as DataObject, call),
    },
    WaitForUpdates: { run: ({ version }, call) => this.wait(version as string | undefined, {}, call) },
    CheckForUpdates: {
      run: ({ version }, call) => this.wait(version as string | undefined, { maxWaitSeconds: 0 }, call),
    },
    CancelWaitForUpdates: { run: () => this.cancelWaits() },
  };

  override discard(): void {
    this.cancelWaits();
    for (const filter of [...this.filters]) filter.discard();
    this.world.drop(this);
  }

  private forget(filter: PropertyFilter): void {
    const index = this.filters.indexOf(filter);
    if (index >= 0) this.filters.splice(index, 1);
    this.waits.forEach((wait) => wait.wake());
  }

  private createFilter({ spec, partialUpdates }: Arguments, call: Call): Value {
    checkFilterSpec(spec as DataObject);
    const filter = new PropertyFilter(this.world, call.session!, {
      spec: spec as DataObject,
      partialUpdates: partialUpdates as boolean,
      forget: (gone) => this.forget(gone),
    });
    this.filters.push(this.world.add(filter));
    this.waits.forEach((wait) => wait.wake());
    return filter.ref;
  }

  private retrieve({ specSet }: Arguments, call: Call): DataObject[] {
    const specs = listOf(specSet) as DataObject[];
    specs.forEach(checkFilterSpec);
    return specs.flatMap((spec) => {
      const { selected, missing } = select(spec, this.world, call.session);
      const [gone] = missing;
      if (gone && spec["reportMissingObjectsInResults"] !== true) this.world.get(gone, call.session);
      call.log.read.push(
        ...selected.map(({ object, paths }) => ({ type: object.ref.type, value: object.ref.id, paths })),
      );
      return selected.map((one) => objectContent(one, call.session));
    });
  }

  private retrieveEx(args: Arguments, call: Call): DataObject | undefined {
    const contents = this.retrieve(args, call);
    const maximum = ((args["options"] as DataObject | undefined)?.["maxObjects"] as number | undefined) ?? Infinity;
    return contents.length === 0 ? undefined : this.page(contents, maximum > 0 ? maximum : Infinity);
  }

  private page(contents: DataObject[], size: number): DataObject {
    const objects = contents.slice(0, size);
    if (objects.length === contents.length) return { objects };
    const token = this.world.options.identifiers.hex();
    this.pages.set(token, [{ size } as DataObject, ...contents.slice(size)]);
    return { token, objects };
  }

  private nextPage(token: string): DataObject {
    const [header, ...contents] = this.pages.get(token) ?? [];
    if (!header)
      throw new Fault("InvalidArgument", "No retrieval goes on under this token", { invalidProperty: "token" });
    this.pages.delete(token);
    return this.page(contents, header["size"] as number);
  }

  private cancelWaits(reason = new Fault("RequestCanceled", "The wait was cancelled")): void {
    this.waits.forEach((wait) => wait.cancel(reason));
  }

  private async wait(version: string | undefined, options: DataObject, call: Call): Promise<DataObject | undefined> {
    if (this.world.assumptions.secondWaitOnCollector !== "both are answered")
      this.cancelWaits(new Fault("RequestCanceled", "Another wait began on this property collector"));
    const before = this.toldWith(version ?? "");
    const seconds = options["maxWaitSeconds"] as number | undefined;
    const limit = (options["maxObjectUpdates"] as number | undefined) ?? Infinity;
    const wait = new Wait(this.world, { seconds, signals: [call.session!.end.signal, this.world.end.signal] });
    this.waits.add(wait);
    try {
      for (;;) {
        const updates = this.collect(before, limit, call);
        if (updates || seconds === 0 || !(await wait.next())) return updates;
      }
    } finally {
      wait.end();
      this.waits.delete(wait);
    }
  }

  /** What a client has been told that has this version. */
  private toldWith(version: string): ReadonlyMap<PropertyFilter, Told> {
    const told = version === "" ? new Map<PropertyFilter, Told>() : this.told.get(version);
    if (!told) throw new Fault("InvalidCollectorVersion", `The property collector has no version "${version}"`);
    return told;
  }

  private collect(before: ReadonlyMap<PropertyFilter, Told>, limit: number, call: Call): DataObject | undefined {
    const filterSet: DataObject[] = [];
    const after = new Map<PropertyFilter, Told>();
    let truncated = false;
    let left = limit;
    for (const filter of this.filters) {
      const options = { limit: left, session: call.session };
      const { update, count, more, told } = filter.updates(before.get(filter) ?? NOTHING_TOLD, options);
      after.set(filter, told);
      left -= count;
      truncated ||= more;
      if (update) filterSet.push(update);
    }
    if (filterSet.length === 0) return undefined;
    for (const object of filterSet.flatMap((update) => update["objectSet"] as DataObject[])) {
      const { type, id } = object["obj"] as unknown as { type: string; id: string };
      call.log.read.push({
        type,
        value: id,
        paths: ((object["changeSet"] ?? []) as DataObject[]).map((change) => change["name"] as string),
      });
    }
    const version = String(++this.version);
    this.told.set(version, after);
    this.told.delete(String(this.version - KEPT_VERSIONS));
    return { version, filterSet, ...(truncated ? { truncated } : {}) };
  }
}

function objectContent({ object, paths }: Selected, session?: Session): DataObject {
  const missingSet = missingProperties(object, paths, session);
  if (missingSet) return { obj: object.ref, missingSet };
  const propSet: DataObject[] = [];
  const read = pathReader(object, session);
  for (const name of paths) {
    const val = read(name);
    if (val !== undefined) propSet.push({ name, val });
  }
  return { obj: object.ref, propSet };
}
