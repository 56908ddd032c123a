import type { CallLogEntry } from "../call-log";
import type { Value } from "../value";
import type { Session } from "./session";

export interface Call {
  /** Undefined only for operations that need no login. */
  readonly session?: Session;
  readonly userAgent: string;
  readonly log: CallLogEntry;
  /** Sends the client a new session cookie. */
  setSession(session: Session): void;
}

export type Arguments = Readonly<Record<string, Value | undefined>>;

/** What an operation or the work of a task answers, at once or later. */
export type Result = Value | undefined | void | Promise<Value | undefined | void>;

export interface Operation {
  /** What the caller needs on the target, by the arguments where they matter; System.View where nothing is said. */
  readonly privilege?: string | ((args: Arguments) => readonly string[]);
  /** May be called without a session. */
  readonly anonymous?: boolean;
  readonly run: (args: Arguments, call: Call) => Result;
}

export type Operations = Readonly<Record<string, Operation>>;
/** What each property reads, for whoever asks: SessionManager.currentSession differs from client to client. */
export type Properties = Readonly<Record<string, (session?: Session) => Value | undefined>>;
