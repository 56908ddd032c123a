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
    latestPage: () => this.latestPage(),
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
    return this.tasks.filter((task) => this.selects(task)).map((task) => task.info);
  }

  private latestPage(): DataObject[] {
    if (this.isDeaf) return [];
    const page: DataObject[] = [];
    for (let index = this.tasks.length - 1; index >= 0 && page.length < this.pageSize; index--) {
      const task = this.tasks[index]!;
      if (this.selects(task)) page.push(task.info);
    }
    return page;
  }

  /** A filter by states that no task has from the start never lets one onto the page. */
  private get isDeaf(): boolean {
    const states = listOf(this.filter["state"]);
    return (
      this.world.assumptions.endedTasksInHistory === "when read" && states.length > 0 && !states.includes("queued")
    );
  }

  private selects(task: Task): boolean {
    const { entity, state, userName } = this.filter;
    const wanted = isDataObject(entity) ? (entity["entity"] as Reference) : undefined;
    const users = isDataObject(userName) ? listOf(userName["userList"]) : [];
    return (
      (wanted === undefined || isBelow(task, wanted, (entity as DataObject)["recursion"] as string)) &&
      (listOf(state).length === 0 || listOf(state).includes(task.state)) &&
      (users.length === 0 || users.includes(task.options.call.session?.userName ?? ""))
    );
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
