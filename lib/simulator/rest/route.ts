import type { Session } from "../core/session";
import type { World } from "../core/world";
import type { SessionManager } from "../objects/service/session-manager";
import { RestFault } from "../rest-fault";
import type { Reference } from "../value";

type Fields = Readonly<Record<string, unknown>>;

/** A call of a route. */
export interface RestCall {
  readonly world: World;
  readonly sessions: SessionManager;
  /** Undefined only where a route needs no login. */
  readonly session?: Session;
  readonly userAgent: string;
  /** The header Authorization. */
  readonly authorization?: string;
  /** What stands in the path: `{tag_id}` as `tag_id`. */
  readonly path: Readonly<Record<string, string>>;
  readonly body: Fields;
  /** Which of the two forms of one API was asked. */
  readonly form: "rest" | "api";
  /** Sends the client a new session. */
  setSession(session: Session): void;
}

/** What can be asked for at a path. */
export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below /rest/com/vmware and below /api, unless `api` names another there: "cis/tagging/tag/{tag_id}". */
  readonly path: string;
  readonly api?: string;
  /** "attach", where the query tells it: `?~action=` of /rest, `?action=` of /api. */
  readonly action?: string;
  /** May be asked for without a session. */
  readonly anonymous?: boolean;
  /** What the caller needs on all that is there. */
  readonly privilege?: string;
  /** The object that it is about, for the log. */
  readonly about?: (call: Pick<RestCall, "path" | "body">) => Reference | undefined;
  /** The answer as JSON; undefined for none. */
  readonly run: (call: RestCall) => unknown;
}

/** The specification of a call: in the form /rest a field of the body, in the form /api all of it. */
export const specOf = ({ form, body }: RestCall, name: string): Fields =>
  form === "api" ? body : fieldsOf(body, name);

/** What a body must hold. */
export function fieldsOf(body: Fields, name: string): Fields {
  const value = body[name];
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrongField(name, "an object");
  return value as Fields;
}

export function textOf(body: Fields, name: string): string {
  const value = body[name];
  if (typeof value !== "string") throw wrongField(name, "a text");
  return value;
}

export function textsOf(body: Fields, name: string): string[] {
  const value = body[name];
  if (!Array.isArray(value) || !value.every((one) => typeof one === "string"))
    throw wrongField(name, "a list of texts");
  return value;
}

/** A field that may be left out. */
export const optional = <T>(read: (body: Fields, name: string) => T, body: Fields, name: string): T | undefined =>
  body[name] === undefined || body[name] === null ? undefined : read(body, name);

const wrongField = (name: string, expected: string): RestFault =>
  new RestFault("invalid_argument", `${expected} is expected as "${name}"`, "vapi.data.structure.field.invalid", [
    name,
  ]);
