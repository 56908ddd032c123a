import type { Session } from "../core/session";
import { RestFault } from "../rest-fault";
import type { Route } from "./route";

const at = { path: "cis/session", api: "session" };

/** Logging in by user and password, and out. */
export const sessionRoutes: readonly Route[] = [
  {
    ...at,
    method: "POST",
    anonymous: true,
    run: ({ sessions, authorization, userAgent, setSession }) => {
      const { userName, password } = credentials(authorization);
      const session = sessions.open({ kind: "rest", userName, password, userAgent });
      setSession(session);
      return session.cookie;
    },
  },
  { ...at, method: "GET", run: ({ session }) => described(session!) },
  { ...at, method: "POST", action: "get", run: ({ session }) => described(session!) },
  { ...at, method: "DELETE", run: ({ sessions, session }) => sessions.terminate(session!) },
];

const described = ({ userName, loginTime, lastActive }: Session) => ({
  user: userName,
  created_time: loginTime,
  last_accessed_time: lastActive,
});

/** By the scheme Basic: the embedded vCenter has no single sign-on that would give tokens. */
function credentials(authorization = ""): { userName: string; password: string } {
  const encoded = /^Basic\s+(\S+)$/i.exec(authorization)?.[1];
  if (encoded === undefined) throw unauthenticated();
  const [, userName, password] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, "base64").toString("utf8")) ?? [];
  if (userName === undefined || password === undefined) throw unauthenticated();
  return { userName, password };
}

export const unauthenticated = (): RestFault =>
  new RestFault(
    "unauthenticated",
    "Authentication required.",
    "com.vmware.vapi.endpoint.method.authentication.required",
  );
