import type { Operations, Properties } from "../../core/operation";
import type { Session } from "../../core/session";
import type { World } from "../../core/world";
import { type DataObject, isDataObject, listOf, type Reference } from "../../value";
import { ManagedObject } from "../managed-object";
import type { Task } from "./task";

/** The tasks that a filter selects, page by page; it ends with its session. */
export class TaskHistoryCollector extends ManagedObject {
  private pageSize = 10;
  private position = 0;

  constructor(
    world: World,
    session: Session,
    private readonly filter: DataObject,
    private readonly tasks: readonly Task[],
  ) {
    super(world, "TaskHistoryCollector", `session[${session.key}]${world.options.identifiers.uuid()}`);
    this.owner = session;
  }

  override readonly properties: Properties = {
    filter: () => ({ $type: "TaskFilterSpec", ...this.filter }),
    latestPage: () => this.selected().slice(-this.pageSize).reverse(),
  };

  override readonly operations: Operations = {
    SetCollectorPageSize: { run: ({ maxCount }) => void (this.pageSize = maxCount as number) },
    RewindCollector: { run: () => void (this.position = 0) },
    ResetCollector: { run: () => void (this.position = this.selected().length) },
    ReadNextTasks: {
      run: ({ maxCount }) => {
        const page = this.selected().slice(this.position, this.position + (maxCount as number));
        this.position += page.length;
        return page;
      },
    },
    ReadPreviousTasks: {
      run: ({ maxCount }) => {
        const end = this.position;
        this.position = Math.max(0, end - (maxCount as number));
        return this.selected().slice(this.position, end).reverse();
      },
    },
    DestroyCollector: { run: () => this.discard() },
  };

  private selected(): DataObject[] {
    const { entity, state, userName } = this.filter;
    const wanted = isDataObject(entity) ? (entity["entity"] as Reference) : undefined;
    const users = isDataObject(userName) ? listOf(userName["userList"]) : [];
    return this.tasks
      .filter((task) => wanted === undefined || isBelow(task, wanted, (entity as DataObject)["recursion"] as string))
      .filter((task) => listOf(state).length === 0 || listOf(state).includes(task.state))
      .filter((task) => users.length === 0 || users.includes(task.options.call.session?.userName ?? ""))
      .map((task) => task.info);
  }
}

/** Whether a task's object is the one asked for (`self`), something below it (`children`), or either (`all`). */
function isBelow(task: Task, ref: Reference, recursion: string): boolean {
  if (recursion !== "children" && String(task.entity.ref) === String(ref)) return true;
  if (recursion === "self") return false;
  for (let parent = task.entity.parent; parent; parent = parent.parent)
    if (String(parent.ref) === String(ref)) return true;
  return false;
}
