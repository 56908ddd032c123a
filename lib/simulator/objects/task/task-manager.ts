import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject, Value } from "../../value";
import { type Call, ManagedObject, type Operations, type Properties } from "../managed-object";
import { TaskHistoryCollector } from "./task-history";
import type { ManagedEntity } from "../managed-entity";

export interface TaskOptions {
  /** As TaskInfo has it, "VirtualMachine.reconfigure". */
  readonly descriptionId: string;
  readonly entity: ManagedEntity;
  readonly durationMs: number;
  readonly call: Call;
  /** What the task does; it takes effect when the duration is over, shortly before the task says so. */
  /** A client may cancel it; `work` sees it by `task.cancelled`. */
  readonly cancelable?: boolean;
  readonly work: (task: Task) => Value | undefined | void | Promise<Value | undefined | void>;
}

/** A change under way. */
export class Task extends ManagedObject {
  state: "queued" | "running" | "success" | "error" = "queued";
  error?: Fault;
  result?: Value;
  progress?: number;
  readonly cancelled = new AbortController();
  readonly queueTime: Date;
  startTime?: Date;
  completeTime?: Date;

  constructor(
    world: World,
    readonly number: number,
    readonly options: TaskOptions,
  ) {
    super(world, "Task", `task-${number}`);
    this.queueTime = world.now();
  }

  override readonly properties: Properties = {
    info: () => this.info,
  };

  override readonly operations: Operations = {
    CancelTask: { run: () => this.cancel() },
  };

  get entity(): ManagedEntity {
    return this.options.entity;
  }

  get underWay(): boolean {
    return this.state === "queued" || this.state === "running";
  }

  get info(): DataObject {
    const [, method] = this.options.descriptionId.split(".");
    return {
      key: this.ref.id,
      task: this.ref,
      name: `${this.options.call.log.operation}`,
      descriptionId: this.options.descriptionId || method,
      entity: this.entity.ref,
      entityName: this.entity.name,
      state: this.state,
      cancelled: this.cancelled.signal.aborted,
      cancelable: (this.options.cancelable ?? false) && this.underWay,
      error: this.error?.localized(),
      result: this.result,
      progress: this.state === "running" ? (this.progress ?? 0) : undefined,
      reason: { $type: "TaskReasonUser", userName: this.options.call.session?.userName ?? "" },
      queueTime: this.queueTime,
      startTime: this.startTime,
      completeTime: this.completeTime,
      eventChainId: this.number,
    };
  }

  private cancel(): void {
    if (!this.options.cancelable) throw new Fault("NotSupported", "This task can't be cancelled");
    if (!this.underWay) throw new Fault("InvalidState", "This task is over");
    this.cancelled.abort(new Fault("RequestCanceled", "The task was cancelled"));
  }
}

/** Makes tasks and runs them on the world's clock. */
export class TaskManager extends ManagedObject {
  private readonly tasks: Task[] = [];

  constructor(world: World) {
    super(world, "TaskManager", "TaskManager");
  }

  override readonly properties: Properties = {
    recentTask: () => this.tasks.slice(-200).map((task) => task.ref),
    maxCollector: () => 32,
    description: () => ({ methodInfo: [], state: [], reason: [] }),
  };

  override readonly operations: Operations = {
    CreateCollectorForTasks: {
      run: ({ filter }, call) =>
        this.world.add(new TaskHistoryCollector(this.world, call.session!, filter as DataObject, () => this.tasks)).ref,
    },
  };

  recent(entity: ManagedEntity): Task[] {
    return this.tasks.filter((task) => task.entity === entity).slice(-20);
  }

  /** The change under way on an entity. */
  busy(entity: ManagedEntity): Task | undefined {
    return this.tasks.find((task) => task.entity === entity && task.underWay);
  }

  /** Forgets all tasks, as a restart of vCenter may. */
  forgetAll(): void {
    for (const task of this.tasks.splice(0)) this.world.remove(task);
  }

  /** Starts a task; it goes on by itself. */
  start(options: TaskOptions): Task {
    const task = this.world.add(new Task(this.world, this.world.number("task"), options));
    this.tasks.push(task);
    options.call.log.task = { id: task.ref.id, state: task.state };
    this.publish(task);
    void this.run(task).catch(() => undefined);
    return task;
  }

  private async run(task: Task): Promise<void> {
    const { queueMs, publishMs } = this.world.timings;
    const { call, durationMs, entity } = task.options;
    const injected = this.world.options.faults.forTask(call.log.operation, entity);
    await this.world.sleep(queueMs);
    task.state = "running";
    task.startTime = this.world.now();
    this.publish(task);
    try {
      await this.world.sleep(Math.max(0, durationMs - queueMs - publishMs) + injected.delayMs);
      if (injected.fault && !injected.afterEffect) throw injected.fault;
      task.result = (await task.options.work(task)) ?? undefined;
      this.world.changes.announce();
      await this.world.sleep(publishMs);
      if (injected.fault) throw injected.fault;
      task.state = "success";
    } catch (error) {
      if (this.world.end.signal.aborted) return;
      task.error = error instanceof Fault ? error : new Fault("SystemError", String(error), { reason: String(error) });
      task.state = "error";
    }
    task.completeTime = this.world.now();
    this.publish(task);
  }

  private publish(task: Task): void {
    const entry = task.options.call.log.task!;
    entry.state = task.state;
    entry.startedAt = task.startTime?.toISOString();
    entry.completedAt = task.completeTime?.toISOString();
    entry.error = task.error && { type: task.error.type, message: task.error.message };
    this.world.changes.announce();
  }
}
