import { systemClock, type Clock } from "../../clock";
import { VimConnectionError } from "../wire/connection-error";
import { isFault, VimFault } from "../wire/fault";
import type { RawObject } from "./answers";
import { CollectorUpdates, SessionRenewed } from "./collector-updates";
import type { ObjectQuery } from "./object-query";
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
  let updates: CollectorUpdates | undefined;
  let interrupted = false;
  while (!signal?.aborted) {
    try {
      if (!updates) {
        updates = new CollectorUpdates(session, { signal });
        await updates.add(query, { signal });
      }
      const { changed, isWhole } = await updates.next({ maxWaitSeconds, signal });
      const found = updates.objects();
      const gone = isWhole ? [...objects.keys()].filter((id) => !found.has(id)) : [];
      interrupted = false;
      objects = found;
      if (changed.size > 0 || isWhole) yield { objects, changed: new Set([...changed, ...gone]) };
    } catch (error) {
      updates = undefined;
      if (signal?.aborted) return;
      if (error instanceof SessionRenewed) continue;
      if (isHopeless(error)) throw error;
      if (!interrupted) onInterruption?.(error as Error);
      interrupted = true;
      await clock.sleep(pauseMilliseconds, signal).catch(() => undefined);
    }
  }
}

function isHopeless(error: unknown): boolean {
  if (error instanceof VimConnectionError)
    return error.kind === "untrusted_certificate" || error.kind === "wrong_host_name";
  return isFault(error, "InvalidLogin") || isFault(error, "NoPermission") || !(error instanceof VimFault);
}
