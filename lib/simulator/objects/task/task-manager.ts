import type { Operations, Properties } from "../../core/operation";
import type { TaskEntity, TaskOptions, Tasks } from "../../core/tasks";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject, Reference } from "../../value";
import { ManagedObject, refs } from "../managed-object";
import { Task } from "./task";
import { TaskHistoryCollector } from "./task-history";

/** Makes tasks and runs them on the world's clock. */
export class TaskManager extends ManagedObject implements Tasks {
  private readonly tasks: Task[] = [];

  constructor(world: World) {
    super(world, "TaskManager", "TaskManager");
  }

  override readonly properties: Properties = {
    recentTask: () => refs(this.tasks.slice(-200)),
    maxCollector: () => 32,
    description: () => ({ methodInfo: [], state: [], reason: [] }),
  };

  override readonly operations: Operations = {
    CreateCollectorForTasks: {
      run: ({ filter }, call) =>
        this.world.add(new TaskHistoryCollector(this.world, call.session!, filter as DataObject, this.tasks)).ref,
    },
  };

  recent(entity: TaskEntity): Reference[] {
    return refs(this.tasks.filter((task) => task.entity === entity).slice(-20));
  }

  busy(entity: TaskEntity): Reference | undefined {
    return this.tasks.find((task) => task.entity === entity && task.underWay)?.ref;
  }

  forgetAll(): void {
    for (const task of this.tasks.splice(0)) this.world.remove(task);
  }

  start(options: TaskOptions): Reference {
    const task = this.world.add(new Task(this.world, this.world.number("task"), options));
    this.tasks.push(task);
    options.call.log.task = { id: task.ref.id, state: task.state };
    this.publish(task);
    void this.run(task).catch(() => undefined);
    return task.ref;
  }

  private async run(task: Task): Promise<void> {
    const { queueMs, publishMs } = this.world.timings;
    const { call, durationMs, entity, work } = task.options;
    const injected = this.world.options.faults.forTask(call.log.operation, entity);
    await this.world.sleep(queueMs);
    task.state = "running";
    task.startTime = this.world.now();
    this.publish(task);
    try {
      await this.world.sleep(Math.max(0, durationMs - queueMs - publishMs) + injected.delayMs);
      if (injected.fault && !injected.afterEffect) throw injected.fault;
      const done = work(task.cancelled.signal);
      // Who waits for changes hears of the effect and of the end together where nothing lies between them.
      task.result = (done instanceof Promise ? await done : done) ?? undefined;
      if (publishMs > 0) {
        this.world.changes.announce();
        await this.world.sleep(publishMs);
      }
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
