import type { Abortable, Session } from "./session/session";
import type { ManagedObjectReference } from "./wire/managed-object-reference";
import type { FromVim } from "./wire/types";

/** A passthrough device that a virtual machine lost, as vCenter's events tell. */
export interface DeviceRemoval {
  /** The event's number: later ones have greater ones. */
  key: number;
  address: string;
  virtualMachine: ManagedObjectReference;
  /** ISO 8601, by vCenter's clock. */
  at: string;
  /** Nobody asked for it. */
  isSurprise: boolean;
}

export interface SurpriseRemovals {
  /** The earliest first. */
  removals: DeviceRemoval[];
  /** vCenter had more events than are read at once: older ones weren't seen. */
  isCut: boolean;
}

interface Period extends Abortable {
  /** ISO 8601 */
  since: string;
}

/**
 * No event type is documented for a passthrough device that is pulled out, and none of those that vCenter 8.0 U1 to U3
 * lists is made for it (https://github.com/lamw/vcenter-event-mapping). Assumed: what changed the virtual machine is an
 * event of its reconfiguration, or a message of it that names the device's address.
 */
const EVENT_TYPES = ["VmReconfiguredEvent", "VmMessageWarningEvent", "VmMessageErrorEvent"];
/** How far back vCenter's events are read. */
export const EVENT_HOURS = 24;
const MOST_EVENTS = 500;
const ADDRESS = /\b[\da-f]{4,8}:[\da-f]{2}:[01][\da-f]\.[0-7]\b/gi;
const REMOVAL = /remov|pull|unplug|detach|gone|lost/i;

/** The begin of that time, ISO 8601. */
export function lately({ now }: { now(): number }): string {
  return new Date(now() - EVENT_HOURS * 3_600_000).toISOString();
}

/** Surprise removals among the events of `entity` and what is below it. */
export async function readSurpriseRemovals(
  session: Session,
  entity: ManagedObjectReference,
  period: Period,
): Promise<SurpriseRemovals> {
  const { removals, isCut } = await readDeviceRemovals(session, entity, period);
  return { removals: removals.filter(({ isSurprise }) => isSurprise), isCut };
}

/** All removals among them, asked for or not. */
export async function readDeviceRemovals(
  session: Session,
  entity: ManagedObjectReference,
  { since, signal }: Period,
): Promise<SurpriseRemovals> {
  const { eventManager } = await session.content(signal);
  const filter = {
    entity: { entity, recursion: "all" },
    time: { beginTime: since },
    disableFullMessage: true,
    eventTypeId: EVENT_TYPES,
    maxCount: MOST_EVENTS,
  };
  const events = await session.call("QueryEvents", eventManager!, { filter }, { signal });
  const removals = events
    .flatMap((event) => {
      const { key, vm, createdTime: at } = event;
      const isSurprise = !wasAskedFor(event);
      return vm
        ? removedAddresses(event).map((address) => ({ key, address, virtualMachine: vm.vm, at, isSurprise }))
        : [];
    })
    .sort((one, other) => one.key - other.key);
  return { removals, isCut: events.length >= MOST_EVENTS };
}

function removedAddresses(event: FromVim<"Event">): string[] {
  const text = event.$type === "VmReconfiguredEvent" ? deletedBy(event) : removalMessage(event);
  return [...new Set((text.match(ADDRESS) ?? []).map((address) => address.toLowerCase()))];
}

function deletedBy(event: FromVim<"Event">): string {
  return (event as Partial<FromVim<"VmReconfiguredEvent">>).configChanges?.deleted ?? "";
}

/** A removal by API is asked for in the event's specification; a drive that is pulled out is asked for by nobody. */
function wasAskedFor(event: FromVim<"Event">): boolean {
  const { configSpec } = event as Partial<FromVim<"VmReconfiguredEvent">>;
  return configSpec !== undefined && configSpec.deviceChange.length > 0;
}

function removalMessage(event: FromVim<"Event">): string {
  const { message } = event as Partial<FromVim<"VmMessageWarningEvent">>;
  return message !== undefined && REMOVAL.test(message) ? message : "";
}
