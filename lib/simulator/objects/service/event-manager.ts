import type { Events, HappenedToVirtualMachine } from "../../core/events";
import type { Arguments, Call, Operations, Properties } from "../../core/operation";
import { isAllowed } from "../../core/session";
import type { TaskEntity } from "../../core/tasks";
import type { World } from "../../core/world";
import { type DataObject, listOf, type Reference } from "../../value";
import { ManagedObject } from "../managed-object";

interface Posted {
  readonly vm: HappenedToVirtualMachine["vm"];
  /** Where the virtual machine was then. */
  readonly host: TaskEntity;
  readonly event: DataObject;
}

/** Keeps what has happened, and tells of it. */
export class EventManager extends ManagedObject implements Events {
  private readonly posted: Posted[] = [];

  constructor(world: World) {
    super(world, "EventManager", "EventManager");
  }

  override readonly properties: Properties = {
    description: () => ({ category: [], eventInfo: [] }),
    latestEvent: () => this.posted.at(-1)?.event,
    maxCollector: () => 32,
  };

  override readonly operations: Operations = { QueryEvents: { run: (args, call) => this.query(args, call) } };

  post({ $type, userName = "", vm, message, fields }: HappenedToVirtualMachine): void {
    const key = this.world.number("event");
    const { host } = vm;
    const event = {
      $type,
      key,
      chainId: key,
      createdTime: this.world.now(),
      userName,
      host: { name: host.name, host: host.ref },
      vm: { name: vm.name, vm: vm.ref },
      fullFormattedMessage: message,
      template: vm.template,
      ...fields,
    };
    this.posted.push({ vm, host, event });
  }

  private query({ filter }: Arguments, { session }: Call): DataObject[] {
    const { entity, time, userName, disableFullMessage, eventTypeId, maxCount } = filter as DataObject;
    const { beginTime, endTime } = (time ?? {}) as DataObject;
    const [types, users] = [listOf(eventTypeId), listOf((userName as DataObject | undefined)?.["userList"])];
    const selected = this.posted
      .filter(({ vm }) => isAllowed(session!, vm, "System.View"))
      .filter(({ vm, host }) => entity === undefined || isAbout(vm, host, entity as DataObject))
      .map(({ event }) => event)
      .filter(({ createdTime: at }) => beginTime === undefined || (at as Date) >= (beginTime as Date))
      .filter(({ createdTime: at }) => endTime === undefined || (at as Date) <= (endTime as Date))
      .filter(({ $type }) => types.length === 0 || types.includes($type!))
      .filter((event) => users.length === 0 || users.includes(event["userName"]!));
    const latest = maxCount === undefined ? selected : selected.slice(-(maxCount as number));
    if (disableFullMessage !== true) return latest;
    return latest.map((event) => ({ ...event, fullFormattedMessage: undefined }));
  }
}

/** Whether it is the event of the object asked for (`self`), of something below it (`children`), or of either. */
function isAbout(vm: TaskEntity, host: TaskEntity, { entity, recursion }: DataObject): boolean {
  const wanted = String(entity as Reference);
  if (recursion !== "children" && [vm, host].some(({ ref }) => String(ref) === wanted)) return true;
  if (recursion === "self") return false;
  return [vm, host].some((one) => ancestors(one).some(({ ref }) => String(ref) === wanted));
}

function ancestors({ parent }: TaskEntity): TaskEntity[] {
  return parent ? [parent, ...ancestors(parent)] : [];
}
