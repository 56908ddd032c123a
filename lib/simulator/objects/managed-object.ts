import type { CallLogEntry } from "../call-log";
import type { Session } from "../core/session";
import type { World } from "../core/world";
import { Reference, type Value } from "../value";

export interface Call {
  /** Undefined only for operations that need no login. */
  readonly session?: Session;
  readonly userAgent: string;
  readonly log: CallLogEntry;
  /** Sends the client a new session cookie. */
  setSession(session: Session): void;
}

export type Arguments = Readonly<Record<string, Value | undefined>>;

export interface Operation {
  /** What the caller needs on the target, by the arguments where they matter; System.View where nothing is said. */
  readonly privilege?: string | ((args: Arguments) => readonly string[]);
  /** May be called without a session. */
  readonly anonymous?: boolean;
  readonly run: (args: Arguments, call: Call) => Value | undefined | void | Promise<Value | undefined | void>;
}

export type Operations = Readonly<Record<string, Operation>>;
/** What each property reads, for whoever asks: SessionManager.currentSession differs from client to client. */
export type Properties = Readonly<Record<string, (session?: Session) => Value | undefined>>;

/** An object that clients name by reference: it answers for its properties and carries out its operations. */
export abstract class ManagedObject {
  readonly ref: Reference;
  /** The session that alone may use it: views, collectors, filters. */
  owner?: Session;
  readonly properties: Properties = {};
  readonly operations: Operations = {};

  constructor(
    readonly world: World,
    type: string,
    id: string,
  ) {
    this.ref = new Reference(type, id);
  }

  /** Takes it out of the world. */
  discard(): void {
    this.world.remove(this);
  }
}
