import { systemClock, type Clock } from "../../clock";
import { VimConnectionError } from "../wire/connection-error";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readObject, type Properties, type PropertyTable } from "./answers";
import { objectQuery } from "./object-query";
import { retrieve } from "./property-collector";
import type { Abortable, Session } from "./session";

export interface ReadUntilOptions extends Abortable {
  timeoutSeconds: number;
  clock?: Clock;
}

interface Condition<T extends PropertyTable> {
  properties: T;
  done(properties: Properties<T>): boolean;
}

const pauseMilliseconds = 2_000;

/**
 * Reads an object's properties every two seconds until they are as wanted; undefined if that takes longer than allowed.
 * A connection that fails in between is tried again: vCenter may itself be busy with what is waited for.
 */
export async function readUntil<const T extends PropertyTable>(
  session: Session,
  object: ManagedObjectReference,
  { properties, done, timeoutSeconds, signal, clock = systemClock }: Condition<T> & ReadUntilOptions,
): Promise<Properties<T> | undefined> {
  const end = clock.now() + timeoutSeconds * 1000;
  for (;;) {
    try {
      const [raw] = await retrieve(session, [objectQuery([object], properties)], { signal });
      const read = raw && readObject(raw, properties).properties;
      if (read && done(read)) return read;
    } catch (error) {
      if (!(error instanceof VimConnectionError) || (error.kind !== "unreachable" && error.kind !== "timeout"))
        throw error;
    }
    const left = end - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(pauseMilliseconds, left), signal);
  }
}
