import { systemClock, type Clock } from "../../clock";
import { orUnknown } from "../../vim/session/answers";
import type { ObjectQuery } from "../../vim/session/object-query";
import type { Session } from "../../vim/session/session";
import { VimConnectionError } from "../../vim/wire/connection-error";
import { follow } from "../../vim/session/updates";
import { readDeviceRemovals } from "../../vim/surprise-removals";
import { changesBetween, knownFrom, nothingKnown, type Change, type Known, type OpenLoss } from "./changes";

interface WatchOptions {
  signal: AbortSignal;
  clock?: Clock;
  /** Called with each change, in order. */
  onChange(change: Change): void;
  /** Called once with what is watched. */
  onStart?(known: Known): void;
  /** Called with all that is known, at each look, before its changes are told. */
  onLook?(known: Known): void;
  onInterruption?(error: Error): void;
}

/** How long a host may be late to show that a drive was pulled out, where no event tells. */
const LATENESS_SECONDS = 1;
/** How far the clocks may be apart; events from before the start don't count. */
const EVENT_MINUTES = 10;

/** Tells every change of what `query` reaches, once, until the signal is aborted. */
export async function watchChanges(session: Session, query: ObjectQuery, options: WatchOptions): Promise<void> {
  const { signal, clock = systemClock, onChange, onStart, onLook, onInterruption } = options;
  let known: Known | undefined;
  const told = new Set<string>();
  const removals = new Removals(session, clock);
  for await (const { objects } of follow(session, query, {
    signal,
    clock,
    ...(onInterruption && { onInterruption }),
  })) {
    const before = known;
    known = knownFrom(objects, before ?? nothingKnown());
    onLook?.(known);
    if (!before) {
      onStart?.(known);
      continue;
    }
    const { changes, open } = changesBetween(before, known, told);
    for (const loss of open) {
      const isSurprise = await removals.wasSurprise(loss, signal);
      // The host's own word for it is then no news.
      if (isSurprise) told.add(`host ${loss.host?.id} ${loss.address}`);
      onChange({ change: isSurprise ? "pulled_out" : "removed", ...loss });
    }
    for (const change of changes) {
      const key = `host ${change.host?.id} ${change.address}`;
      if (change.change === "pulled_out" && told.delete(key)) continue;
      if (change.change === "plugged_in") told.delete(key);
      onChange(change);
    }
  }
}

/** What vCenter's events tell of losses, each event counted once. */
class Removals {
  private readonly counted = new Map<string, number>();

  constructor(
    private readonly session: Session,
    private readonly clock: Clock,
  ) {}

  /** Whether nobody asked for it, as far as vCenter's events tell; by API, where they tell nothing. */
  async wasSurprise(loss: OpenLoss, signal: AbortSignal): Promise<boolean> {
    const found = (await this.latest(loss, signal)) ?? (await this.latestAfterAWhile(loss, signal));
    return found?.isSurprise === true;
  }

  private async latestAfterAWhile(loss: OpenLoss, signal: AbortSignal): ReturnType<Removals["latest"]> {
    await this.clock.sleep(LATENESS_SECONDS * 1000, signal).catch(() => undefined);
    return this.latest(loss, signal);
  }

  private async latest(
    { virtualMachine: { id }, address }: OpenLoss,
    signal: AbortSignal,
  ): Promise<{ isSurprise: boolean } | undefined> {
    const key = `${id} ${address}`;
    const counted = this.counted.get(key) ?? -1;
    const since = new Date(this.clock.now() - EVENT_MINUTES * 60_000).toISOString();
    const entity = { type: "VirtualMachine", value: id };
    const read = await this.patiently(
      () => orUnknown(readDeviceRemovals(this.session, entity, { since, signal })),
      signal,
    );
    const latest = read?.removals.filter((one) => one.address === address && one.key > counted).at(-1);
    if (latest) this.counted.set(key, latest.key);
    return latest;
  }

  /** Asks again while vCenter can't be reached: what was lost waits for its reason. */
  private async patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
    for (;;) {
      try {
        return await ask();
      } catch (error) {
        if (!(error instanceof VimConnectionError)) throw error;
        if (signal.aborted) return undefined;
        await this.clock.sleep(1_000, signal).catch(() => undefined);
      }
    }
  }
}
