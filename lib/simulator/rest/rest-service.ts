import type { Calls } from "../calls";
import { logArguments } from "../core/log-arguments";
import { isAllowed, type Session } from "../core/session";
import type { World } from "../core/world";
import { Fault } from "../fault";
import type { SessionManager } from "../objects/service/session-manager";
import { RestFault } from "../rest-fault";
import type { Value } from "../value";
import { findRoute } from "./routes";
import type { RestCall } from "./route";
import { unauthenticated } from "./session";

/** A request to /rest or /api. */
interface RestRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The header or the cookie vmware-api-session-id. */
  readonly sessionId?: string;
  readonly authorization?: string;
  readonly userAgent?: string;
  readonly body: string;
}

interface RestAnswer {
  readonly status: number;
  /** JSON, or nothing. */
  readonly body: string;
  /** The session that the call opened. */
  readonly sessionId?: string;
}

interface RestServiceOptions {
  readonly world: World;
  readonly calls: Calls;
  readonly sessions: SessionManager;
}

/** vCenter's REST API, in the form of /rest and in that of /api: what of it there is stands in routes.ts. */
export class RestService {
  constructor(private readonly options: RestServiceOptions) {}

  /** Answers one request; undefined where an injected fault cut the connection. */
  async handle(request: RestRequest): Promise<RestAnswer | undefined> {
    const { world, calls, sessions } = this.options;
    const { method, path, authorization, userAgent = "" } = request;
    const session = sessions.use(request.sessionId, "rest");
    const found = findRoute(request);
    const form = /^\/api\//.test(path) ? "api" : "rest";
    const body = parsed(request.body);
    const about = found && body && { path: found.parameters, body };
    const target = about && found.route.about?.(about);
    const operation = found?.operation ?? `${method} ${path}`;
    const entry = calls.begin({
      client: userAgent,
      session,
      operation,
      target,
      arguments: logArguments({ ...found?.parameters, ...(body as Record<string, Value>) }),
    });
    let opened: Session | undefined;
    const work = async (): Promise<RestAnswer> => {
      if (!found) throw notServed();
      if (!body) throw new RestFault("invalid_request", "The body is not a JSON object.", "com.vmware.vapi.rest.json");
      if (!session && found.route.anonymous !== true) throw unauthenticated();
      const { privilege } = found.route;
      if (privilege && !isAllowed(session!, { ref: world.root }, privilege)) throw unauthorized();
      const call: RestCall = {
        world,
        sessions,
        session,
        userAgent,
        authorization,
        path: found.parameters,
        body,
        form,
        setSession: (made) => void (opened = made),
      };
      const value: unknown = await found.route.run(call);
      return { ...written(value, form, method), sessionId: opened?.cookie };
    };
    return calls.finish<RestAnswer>(entry, {
      run: () => calls.disturbed({ operation, target }, { session, work }),
      wrong: (error) => {
        const fault = error instanceof NotServed ? error : RestFault.of(error);
        return {
          answer: { status: fault.status, body: JSON.stringify(fault.body(form)) },
          outcome: fault.type,
          message: fault.message,
        };
      },
    });
  }
}

/** In the form /rest a value is wrapped; in the form /api the status tells what was made, and that nothing is said. */
function written(value: unknown, form: "rest" | "api", method: string): { status: number; body: string } {
  if (form === "rest") return { status: 200, body: value === undefined ? "" : JSON.stringify({ value }) };
  if (value === undefined) return { status: 204, body: "" };
  return { status: method === "POST" && typeof value === "string" ? 201 : 200, body: JSON.stringify(value) };
}

/** An object; none is an empty one. Undefined for what isn't one. */
function parsed(text: string): Record<string, unknown> | undefined {
  if (text.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(text);
    if (value === null) return {};
    return typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

const unauthorized = (): RestFault => new RestFault("unauthorized", "Permission to perform this operation was denied.");

/** A path that nothing is at has an answer of its own form under /rest. */
class NotServed extends Fault {
  readonly status = 404;

  body(form: "rest" | "api"): unknown {
    const id = "com.vmware.vapi.rest.httpNotFound";
    if (form === "api") return { error_type: "NOT_FOUND", messages: [{ args: [], default_message: this.message, id }] };
    return { name: id, localizableMessages: [{ defaultMessage: this.message, id }], majorErrorCode: 404 };
  }
}

const notServed = (): NotServed => new NotServed("com.vmware.vapi.rest.httpNotFound", "Not found.");
