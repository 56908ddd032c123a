import { VimFault } from "../wire/fault";
import { hidden, type Hidden } from "../wire/hidden";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { FromVim } from "../wire/types";
import type { RawObject } from "./answers";
import type { ObjectQuery } from "./object-query";
import { knownPathsOnly } from "./property-collector";
import type { Abortable, Session } from "./session";

interface WaitOptions extends Abortable {
  /** How long vCenter may wait for something to tell. */
  maxWaitSeconds: number;
}

/** What a wait told. */
export interface Told {
  /** Ids of the objects that changed, came or went. */
  changed: ReadonlySet<string>;
  /** It was the first answer: all that there is, news or not. */
  isWhole: boolean;
  /** The server told nothing that it hadn't told before. */
  isStale: boolean;
}

/**
 * Filters on the session's property collector, and what they have told of their objects so far. After an error it is of
 * no more use.
 */
export class CollectorUpdates {
  /** What each filter has told, by object. */
  private readonly filters = new Map<string, Map<string, RawObject>>();
  private version = "";
  private readonly sessionKey: Hidden<Promise<string>>;

  constructor(
    private readonly session: Session,
    options: Abortable = {},
  ) {
    const key = session.sessionKey(options.signal);
    key.catch(() => undefined);
    this.sessionKey = hidden(key);
  }

  /** Makes a filter: what it reaches is in the next answer, whole. */
  async add(query: ObjectQuery, { signal }: Abortable = {}): Promise<void> {
    await this.sessionKey();
    const { propertyCollector } = await this.session.content(signal);
    const filter = await knownPathsOnly(this.session, [query], { allowGone: true }, ([spec]) =>
      this.session.call("CreateFilter", propertyCollector, { spec: spec!, partialUpdates: false }, { signal }),
    );
    this.objectsOf(filter.value);
  }

  /** All objects by their ids, as the last answer left them. */
  objects(): Map<string, RawObject> {
    return new Map([...this.filters.values()].flatMap((objects) => [...objects]));
  }

  find(id: string): RawObject | undefined {
    for (const objects of this.filters.values()) if (objects.has(id)) return objects.get(id);
    return undefined;
  }

  /** Takes up updates until none is left behind; nothing has changed where the time was over before anything did. */
  async next({ maxWaitSeconds, signal }: WaitOptions): Promise<Told> {
    const { propertyCollector } = await this.session.content(signal);
    const isWhole = this.version === "";
    const seconds = isWhole ? 0 : maxWaitSeconds;
    const changed = new Set<string>();
    for (let isStale = false; ; ) {
      const wait = { version: this.version, options: { maxWaitSeconds: seconds } };
      const options = { signal, extraSeconds: seconds };
      const set = await this.session.call("WaitForUpdatesEx", propertyCollector, wait, options);
      // Filters went with their session if it was renewed on the way: this answer says nothing of them.
      if ((await this.session.sessionKey(signal)) !== (await this.sessionKey())) throw new SessionRenewed();
      isStale ||= set?.version === this.version;
      this.version = set?.version ?? this.version;
      for (const { filter, objectSet } of set?.filterSet ?? []) {
        const objects = this.objectsOf(filter.value);
        for (const update of objectSet) {
          changed.add(update.obj.value);
          if (update.kind === "leave") objects.delete(update.obj.value);
          else objects.set(update.obj.value, updated(objects.get(update.obj.value), update));
        }
      }
      if (!set?.truncated) return { changed, isWhole, isStale };
    }
  }

  /** A wait under way may tell of a filter before the answer that names it has come. */
  private objectsOf(filter: string): Map<string, RawObject> {
    const objects = this.filters.get(filter) ?? new Map<string, RawObject>();
    this.filters.set(filter, objects);
    return objects;
  }

  /** Lets the server forget them. */
  async discard(): Promise<void> {
    const { propertyCollector } = await this.session.content();
    // The collector is the session's: a wait left behind in it would stand in the way of the next.
    await this.session.call("CancelWaitForUpdates", propertyCollector, {});
    const filters = [...this.filters.keys()];
    await Promise.all(filters.map((value) => this.session.call("DestroyPropertyFilter", filterReference(value), {})));
  }
}

const filterReference = (value: string): ManagedObjectReference => ({ type: "PropertyFilter", value });

/** The session was renewed, and what was made under the one before is gone. */
export class SessionRenewed extends VimFault {
  constructor() {
    super({ type: "InvalidCollectorVersion", message: "The session was renewed." });
  }
}

function updated(known: RawObject | undefined, { obj, changeSet, missingSet }: FromVim<"ObjectUpdate">): RawObject {
  const values = new Map((known?.propSet ?? []).map(({ name, val }) => [name, val]));
  for (const { name, op, val } of changeSet) {
    // What is unset is no value any more; without partial updates, every other change is the whole property.
    if (op === "assign" && val !== undefined) values.set(name, val);
    else values.delete(name);
  }
  return {
    $type: "ObjectContent",
    obj,
    propSet: [...values].map(([name, val]) => ({ $type: "DynamicProperty", name, val })),
    missingSet,
  };
}
