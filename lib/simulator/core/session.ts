import type { Reference } from "../value";
import { mayDo, type Role } from "./roles";

/** A logged-in client. */
export interface Session {
  readonly kind: "soap" | "rest";
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
  /** Ends with the session: logout, expiry, stop. */
  readonly end: AbortController;
}

/** Whether a session may do something on an object. */
export const isAllowed = (
  { noAccess, role }: Session,
  { ref, name = ref.id }: { readonly ref: Reference; readonly name?: string },
  privilege: string,
): boolean => !noAccess.has(ref.id) && !noAccess.has(name) && mayDo(role, privilege);
