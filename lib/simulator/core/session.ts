import type { PropertyCollector } from "../objects/property-collector/property-collector";
import type { ManagedObject } from "../objects/managed-object";
import { mayDo, type Role } from "./roles";

/** Whether a session may do something on an object. */
export function isAllowed(session: Session, object: ManagedObject, privilege: string): boolean {
  const hidden =
    session.noAccess.has(object.ref.id) || session.noAccess.has((object as { name?: string }).name ?? object.ref.id);
  return !hidden && mayDo(session.role, privilege);
}

/** A logged-in client. */
export interface Session {
  /** What its cookie carries; never shown. */
  readonly cookie: string;
  /** What logs show instead. */
  readonly shortId: string;
  readonly key: string;
  readonly userName: string;
  readonly role: Role;
  /** Ids and names of objects that it may not see into. */
  readonly noAccess: ReadonlySet<string>;
  readonly loginTime: Date;
  readonly userAgent: string;
  lastActive: Date;
  callCount: number;
  readonly collector: PropertyCollector;
  /** Ends with the session: logout, expiry, stop. */
  readonly end: AbortController;
}
