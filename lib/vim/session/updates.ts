import { systemClock, type Clock } from "../../clock";
import { VimConnectionError } from "../wire/connection-error";
import { isFault, VimFault } from "../wire/fault";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { FromVim } from "../wire/types";
import type { RawObject } from "./answers";
import { filterSpec, type ObjectQuery } from "./property-collector";
import type { Abortable, Session } from "./session";

/** What is known of the objects that are followed, after a change. */
interface Look {
  objects: ReadonlyMap<string, RawObject>;
  /** Ids of those that changed, came or went since the look before. */
  changed: ReadonlySet<string>;
}

interface FollowOptions extends Abortable {
  clock?: Clock;
  /** How long one wait may last. */
  maxWaitSeconds?: number;
  /** Told when vCenter can't be asked, once for each time. */
  onInterruption?(error: Error): void;
}

const pauseMilliseconds = 1_000;

interface Opened {
  filter: ManagedObjectReference;
  /** Names the session that holds it. */
  sessionKey: string;
  version: string;
}

/**
 * Follows objects by the property collector's updates: the first look has all of them, each further one what changed.
 * When the session expires or vCenter restarts, what is there then is the next look: nothing is missed that still
 * shows, and nothing comes twice. Ends when the signal is aborted; rejects only with what no waiting mends.
 */
export async function* follow(
  session: Session,
  query: ObjectQuery,
  { signal, clock = systemClock, maxWaitSeconds = 30, onInterruption }: FollowOptions,
): AsyncGenerator<Look> {
  let objects = new Map<string, RawObject>();
  let opened: Opened | undefined;
  let interrupted = false;
  while (!signal?.aborted) {
    try {
      opened ??= await open(session, query, { signal });
      const isWhole = opened.version === "";
      const found = isWhole ? new Map<string, RawObject>() : new Map(objects);
      const changed = new Set<string>();
      if (!(await collect(session, opened, { found, changed, signal, maxWaitSeconds }))) {
        opened = undefined;
        continue;
      }
      if (isWhole) for (const id of objects.keys()) if (!found.has(id)) changed.add(id);
      interrupted = false;
      objects = found;
      if (changed.size > 0 || isWhole) yield { objects, changed };
    } catch (error) {
      opened = undefined;
      if (signal?.aborted) return;
      if (isHopeless(error)) throw error;
      if (!interrupted) onInterruption?.(error as Error);
      interrupted = true;
      await clock.sleep(pauseMilliseconds, signal).catch(() => undefined);
    }
  }
}

/** Takes up updates until none is left behind; false where the session was renewed on the way. */
async function collect(
  session: Session,
  opened: Opened,
  {
    found,
    changed,
    signal,
    maxWaitSeconds,
  }: { found: Map<string, RawObject>; changed: Set<string>; maxWaitSeconds: number } & Abortable,
): Promise<boolean> {
  const { propertyCollector } = await session.content(signal);
  for (;;) {
    const seconds = opened.version === "" ? 0 : maxWaitSeconds;
    const wait = { version: opened.version, options: { maxWaitSeconds: seconds } };
    const options = { signal, extraSeconds: seconds };
    const set = await session.call("WaitForUpdatesEx", propertyCollector, wait, options);
    // The filter went with its session: this answer says nothing of it.
    if ((await session.sessionKey(signal)) !== opened.sessionKey) return false;
    if (!set) return true;
    opened.version = set.version;
    for (const { filter, objectSet } of set.filterSet) {
      if (filter.value !== opened.filter.value) continue;
      for (const update of objectSet) {
        changed.add(update.obj.value);
        if (update.kind === "leave") found.delete(update.obj.value);
        else found.set(update.obj.value, updated(found.get(update.obj.value), update));
      }
    }
    if (!set.truncated) return true;
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

async function open(session: Session, query: ObjectQuery, { signal }: Abortable): Promise<Opened> {
  const { propertyCollector } = await session.content(signal);
  const sessionKey = await session.sessionKey(signal);
  const spec = filterSpec(query, { apiVersion: session.apiVersion, unknown: new Set(), allowGone: true });
  const args = { spec, partialUpdates: false };
  const filter = await session.call("CreateFilter", propertyCollector, args, { signal });
  return { filter, sessionKey, version: "" };
}

function isHopeless(error: unknown): boolean {
  if (error instanceof VimConnectionError)
    return error.kind === "untrusted_certificate" || error.kind === "wrong_host_name";
  return isFault(error, "InvalidLogin") || isFault(error, "NoPermission") || !(error instanceof VimFault);
}
