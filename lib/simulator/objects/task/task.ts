import type { Operations, Properties } from "../../core/operation";
import type { TaskEntity, TaskOptions } from "../../core/tasks";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject, Value } from "../../value";
import { ManagedObject } from "../managed-object";

/** A change under way. */
export class Task extends ManagedObject {
  state: "queued" | "running" | "success" | "error" = "queued";
  error?: Fault;
  result?: Value;
  startTime?: Date;
  completeTime?: Date;
  readonly cancelled = new AbortController();
  private readonly queueTime: Date;

  constructor(
    world: World,
    private readonly number: number,
    readonly options: TaskOptions,
  ) {
    super(world, "Task", `task-${number}`);
    this.queueTime = world.now();
  }

  override readonly properties: Properties = { info: () => this.info };

  override readonly operations: Operations = { CancelTask: { run: () => this.cancel() } };

  get entity(): TaskEntity {
    return this.options.entity;
  }

  get underWay(): boolean {
    return this.state === "queued" || this.state === "running";
  }

  get info(): DataObject {
    const { call, cancelable = false, descriptionId } = this.options;
    return {
      key: this.ref.id,
      task: this.ref,
      name: call.log.operation,
      descriptionId,
      entity: this.entity.ref,
      entityName: this.entity.name,
      state: this.state,
      cancelled: this.cancelled.signal.aborted,
      cancelable: cancelable && this.underWay,
      error: this.error?.localized(),
      result: this.result,
      progress: this.state === "running" ? 0 : undefined,
      reason: { $type: "TaskReasonUser", userName: call.session?.userName ?? "" },
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
