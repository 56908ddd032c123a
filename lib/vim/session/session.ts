import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { MethodArguments, MethodName, MethodResult } from "../wire/methods";
import type { FromVim } from "../wire/types";
import type { RawObject } from "./answers";
import type { ObjectQuery } from "./object-query";

/** What can be stopped waiting for. */
export interface Abortable {
  signal?: AbortSignal;
}

export interface CallOptions extends Abortable {
  /** Time that the server may take by its own design, on top of the limit of each request: a wait for updates. */
  extraSeconds?: number;
  /** Whether the call changes something, where that is not the method's nature. */
  writes?: boolean;
  /** When the work began that the call is a part of, by the session's clock: the limit is one for all of it. */
  startedAt?: number;
}

export interface TaskWaitOptions extends Abortable {
  taskTimeoutSeconds: number;
  /** Told the task's id as soon as there is one. */
  onTask?(task: string): void;
}

export type ServiceContent = FromVim<"ServiceContent">;

/** A session with a vCenter, as all need it who read or change something there: VimClient is one. */
export interface Session {
  /** The API version spoken with this server; known once `content` has answered. */
  readonly apiVersion: string;
  /** Milliseconds, by the session's clock. */
  now(): number;
  /** The objects from which all others are reached; asked for once. */
  content(signal?: AbortSignal): Promise<ServiceContent>;
  /** What names the session to other methods; logs in if need be. */
  sessionKey(signal?: AbortSignal): Promise<string>;
  /** Whose session it is, as vCenter calls the user. */
  userName(signal?: AbortSignal): Promise<string>;
  /** Rejects with a VimFault or a VimConnectionError. */
  call<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    options?: CallOptions,
  ): Promise<MethodResult<M>>;
  /** Resolves when the task has succeeded; rejects with its VimFault, TaskTimeoutError or TaskOutcomeUnknownError. */
  waitForTask(task: ManagedObjectReference, options: TaskWaitOptions): Promise<void>;
  /**
   * Follows what `query` finds, from now on as long as the session lasts; `id` names the object that it starts from.
   * Resolves with whether it is new and known as of this moment: else it was followed before, or can't be.
   */
  follow(id: string, query: ObjectQuery): Promise<boolean>;
  /** An object that is followed, as of the last answer to a wait. */
  followed(id: string): RawObject | undefined;
}
