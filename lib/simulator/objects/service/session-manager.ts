import type { Arguments, Call, Operations, Properties } from "../../core/operation";
import { manyMayWaitFor } from "../../core/changes";
import { administrator, type Role } from "../../core/roles";
import type { Session } from "../../core/session";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { DataObject } from "../../value";
import { ManagedObject } from "../managed-object";
import { DEFAULT_COLLECTOR, PropertyCollector } from "../property-collector/property-collector";

export interface User {
  readonly name: string;
  readonly password: string;
  readonly role: Role;
  /** Ids and names of objects that the user may not see into. */
  readonly noAccess?: readonly string[];
}

export interface SessionOptions {
  /** Undefined lets anyone in, as administrator. */
  readonly users?: readonly User[];
  /** A session that stays unused for so long ends. */
  readonly timeoutSeconds: number;
}

interface Login extends Pick<Session, "kind" | "userName" | "userAgent"> {
  readonly password: string;
}

/** Who is logged in. A login to SOAP and one to REST are sessions of their own, as vCenter has them. */
export class SessionManager extends ManagedObject {
  private readonly sessions = new Map<string, Session>();

  constructor(
    world: World,
    private readonly options: SessionOptions,
  ) {
    super(world, "SessionManager", "SessionManager");
  }

  override readonly properties: Properties = {
    sessionList: () => this.soapSessions.map(describe),
    currentSession: (session) => session && describe(session),
    message: () => "",
    messageLocaleList: () => ["en"],
    supportedLocaleList: () => ["en"],
    defaultLocale: () => "en",
  };

  override readonly operations: Operations = {
    Login: { anonymous: true, run: (args, call) => this.login(args, call) },
    Logout: { run: (_args, call) => this.terminate(call.session!) },
    SessionIsActive: {
      run: ({ sessionID, userName }) => this.soapSessions.some((s) => s.key === sessionID && s.userName === userName),
    },
    TerminateSession: {
      privilege: "Sessions.TerminateSession",
      run: ({ sessionId }) => {
        for (const session of this.soapSessions)
          if ((sessionId as string[]).includes(session.key)) this.terminate(session);
      },
    },
    SetLocale: { run: () => undefined },
  };

  private get soapSessions(): Session[] {
    return [...this.sessions.values()].filter(({ kind }) => kind === "soap");
  }

  /** The session of a cookie, unless it has expired: it is used once more. */
  use(cookie: string | undefined, kind: Session["kind"] = "soap"): Session | undefined {
    const session = cookie === undefined ? undefined : this.sessions.get(cookie);
    if (session?.kind !== kind) return undefined;
    const now = this.world.now();
    if (now.getTime() - session.lastActive.getTime() > this.options.timeoutSeconds * 1000) {
      this.terminate(session);
      return undefined;
    }
    session.lastActive = now;
    session.callCount++;
    return session;
  }

  /** Ends every session, as if all had expired. */
  terminateAll(): void {
    for (const session of [...this.sessions.values()]) this.terminate(session);
  }

  terminate(session: Session): void {
    this.sessions.delete(session.cookie);
    this.world.dropOwnedBy(session);
    session.end.abort(new Fault("NotAuthenticated", "The session has ended", notAuthenticated(this.world)));
    this.world.find(DEFAULT_COLLECTOR, session)?.discard();
  }

  private login({ userName, password }: Arguments, call: Call): DataObject {
    if (call.session) throw new Fault("InvalidLogin", "This session is logged in already");
    const session = this.open({
      kind: "soap",
      userName: userName as string,
      password: password as string,
      userAgent: call.userAgent,
    });
    this.world.addFor(session, new PropertyCollector(this.world, DEFAULT_COLLECTOR));
    call.setSession(session);
    return describe(session);
  }

  /** Lets a user in. */
  open({ kind, userName, password, userAgent }: Login): Session {
    const user = this.options.users?.find((one) => one.name === userName && one.password === password);
    if (this.options.users && !user) throw new Fault("InvalidLogin", "The user name or the password is wrong");
    const { identifiers } = this.world.options;
    const now = this.world.now();
    const session: Session = {
      kind,
      cookie: identifiers.hex() + identifiers.hex().slice(0, 8),
      shortId: `s${this.world.number("session")}`,
      key: identifiers.uuid(),
      userName,
      role: user?.role ?? administrator,
      noAccess: new Set(user?.noAccess),
      loginTime: now,
      userAgent,
      lastActive: now,
      callCount: 0,
      end: manyMayWaitFor(new AbortController()),
    };
    this.sessions.set(session.cookie, session);
    return session;
  }
}

const describe = (session: Session): DataObject => ({
  $type: "UserSession",
  key: session.key,
  userName: session.userName,
  fullName: session.userName,
  loginTime: session.loginTime,
  lastActiveTime: session.lastActive,
  locale: "en",
  messageLocale: "en",
  extensionSession: false,
  ipAddress: "127.0.0.1",
  userAgent: session.userAgent,
  callCount: session.callCount,
});

/** The fields of NotAuthenticated, which is a NoPermission. */
export const notAuthenticated = (world: World): DataObject => ({ object: world.root, privilegeId: "System.View" });
