import type { PropertyCollector } from "../objects/property-collector";
import type { Role } from "./roles";

/** A logged-in client. */
export interface Session {
  /** What its cookie carries; never shown. */
  readonly cookie: string;
  /** What logs show instead. */
  readonly shortId: string;
  readonly key: string;
  readonly userName: string;
  readonly role: Role;
  readonly loginTime: Date;
  readonly userAgent: string;
  lastActive: Date;
  callCount: number;
  readonly collector: PropertyCollector;
  /** Ends with the session: logout, expiry, stop. */
  readonly end: AbortController;
}
