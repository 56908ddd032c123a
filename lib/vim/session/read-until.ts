import { systemClock, type Clock } from "../../clock";
import type { VimClient } from "./client";
import { VimConnectionError } from "../wire/connection-error";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { readObject, requireAll, retrieve, type Properties, type PropertyTable } from "./property-collector";

export interface ReadUntilOptions {
  timeoutSeconds: number;
  signal?: AbortSignal;
  clock?: Clock;
}

export interface Condition<T extends PropertyTable> {
  properties: T;
  done(properties: Properties<T>): boolean;
}

const pauseMilliseconds = 2_000;

/**
 * Reads an object's properties every two seconds until they are as wanted; undefined if that takes longer than allowed.
 * A connection that fails in between is tried again: vCenter may itself be busy with what is waited for.
 */
export async function readUntil<const T extends PropertyTable>(
  client: VimClient,
  object: ManagedObjectReference,
  { properties, done, timeoutSeconds, signal, clock = systemClock }: Condition<T> & ReadUntilOptions,
): Promise<Properties<T> | undefined> {
  const end = clock.now() + timeoutSeconds * 1000;
  for (;;) {
    try {
      const [raw] = await retrieve(
        client,
        [{ objects: [{ obj: object }], properties: { [object.type]: properties } }],
        { signal },
      );
      if (raw) {
        const read = readObject(raw, properties);
        requireAll(read);
        if (done(read.properties)) return read.properties;
      }
    } catch (error) {
      if (!(error instanceof VimConnectionError) || (error.kind !== "unreachable" && error.kind !== "timeout"))
        throw error;
    }
    const left = end - clock.now();
    if (left <= 0) return undefined;
    await clock.sleep(Math.min(pauseMilliseconds, left), signal);
  }
}
