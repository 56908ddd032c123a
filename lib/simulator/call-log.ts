/** One call as the embedded vCenter saw it. */
export interface CallLogEntry {
  /** From 1, in the order of arrival. */
  readonly sequence: number;
  /** ISO 8601 with milliseconds. */
  readonly startedAt: string;
  /** Until the answer was ready; undefined while the call is under way. */
  durationMs?: number;
  /** The client's User-Agent. */
  readonly client: string;
  /** A short name of the session, never its cookie; empty before login. */
  readonly session: string;
  readonly operation: string;
  readonly target?: { readonly type: string; readonly value: string; readonly name?: string };
  /** The decoded arguments, whole; passwords are redacted. */
  readonly arguments: unknown;
  /** "ok", a fault's type, "no answer" where an injected fault cut the connection; undefined while under way. */
  outcome?: string;
  message?: string;
  /** The task that the call started, as it stands now. */
  task?: CallLogTask;
  /** Of the virtual machine that the call is about, when it came. */
  readonly virtualMachinePowerState?: string;
  /** Which objects and property paths the answer held. */
  readonly read: { readonly type: string; readonly value: string; readonly paths: readonly string[] }[];
}

export interface CallLogTask {
  readonly id: string;
  state: string;
  startedAt?: string;
  completedAt?: string;
  error?: { readonly type: string; readonly message: string };
}
