/** A task was given up waiting for; vCenter may still carry it out. */
export class TaskTimeoutError extends Error {
  override readonly name = "TaskTimeoutError";

  constructor(
    readonly taskId: string,
    waitedSeconds: number,
  ) {
    super(
      `${taskId} did not end within ${waitedSeconds} s and may still be running: look at it in vCenter before ` +
        "trying again.",
    );
  }
}

/** Nobody can tell how a task ended: the wait was cancelled, or vCenter no longer knows the task. */
export class TaskOutcomeUnknownError extends Error {
  override readonly name = "TaskOutcomeUnknownError";

  constructor(
    readonly taskId: string,
    why: string,
    options?: ErrorOptions,
  ) {
    super(`${why}: ${taskId} may still be running. Look at it in vCenter before trying again.`, options);
  }
}
