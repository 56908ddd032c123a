import type { Reference } from "../value";
import type { Call, Result } from "./operation";

/** What a task is about. */
export interface TaskEntity {
  readonly ref: Reference;
  readonly name: string;
  readonly parent?: TaskEntity;
}

export interface TaskOptions {
  /** As TaskInfo has it, "VirtualMachine.reconfigure". */
  readonly descriptionId: string;
  readonly entity: TaskEntity;
  readonly durationMs: number;
  readonly call: Call;
  /** A client may cancel it; `work` sees it by `cancelled`. */
  readonly cancelable?: boolean;
  /** What the task does; it takes effect when the duration is over, shortly before the task says so. */
  readonly work: (cancelled: AbortSignal) => Result;
}

/** The changes under way and those before. */
export interface Tasks {
  /** Starts one; it goes on by itself. */
  start(options: TaskOptions): Reference;
  /** The change under way on an entity. */
  busy(entity: TaskEntity): Reference | undefined;
  recent(entity: TaskEntity): Reference[];
  /** Forgets all of them, as a restart of vCenter may. */
  forgetAll(): void;
}
