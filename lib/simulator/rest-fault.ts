import { Fault } from "./fault";

/**
 * The errors of vCenter's REST API and the HTTP status of each (vSphere Automation API, package
 * com.vmware.vapi.std.errors).
 */
const STATUS = {
  already_exists: 400,
  already_in_desired_state: 400,
  feature_in_use: 400,
  invalid_argument: 400,
  invalid_element_configuration: 400,
  invalid_element_type: 400,
  invalid_request: 400,
  not_allowed_in_current_state: 400,
  resource_in_use: 400,
  unexpected_input: 400,
  unsupported: 400,
  unauthenticated: 401,
  unauthorized: 403,
  not_found: 404,
  operation_not_found: 404,
  concurrent_change: 409,
  error: 500,
  internal_server_error: 500,
  resource_busy: 500,
  resource_inaccessible: 500,
  unable_to_allocate_resource: 500,
  service_unavailable: 503,
  timed_out: 504,
} as const;

type RestErrorName = keyof typeof STATUS;

const PREFIX = "com.vmware.vapi.std.errors.";

/** Whether a type of fault is one of the REST API's. */
export const isRestFault = (type: string): boolean =>
  type.startsWith(PREFIX) && Object.hasOwn(STATUS, type.slice(PREFIX.length));

/** What the faults of the objects' own operations are to who speaks REST. */
const FROM_VIM25: Readonly<Record<string, RestErrorName>> = {
  InvalidArgument: "invalid_argument",
  InvalidLogin: "unauthenticated",
  ManagedObjectNotFound: "not_found",
  NoPermission: "unauthorized",
  NotAuthenticated: "unauthenticated",
};

/** A fault that the REST API answers with. */
export class RestFault extends Fault {
  constructor(
    readonly error: RestErrorName,
    message: string,
    /** Of the message, as vCenter's catalogue has it. */
    readonly messageId = `${PREFIX}${error}`,
    readonly args: readonly string[] = [],
  ) {
    super(`${PREFIX}${error}`, message);
  }

  static of(error: Error): RestFault {
    if (error instanceof RestFault) return error;
    if (!(error instanceof Fault)) return new RestFault("internal_server_error", error.message);
    const name = isRestFault(error.type) ? (error.type.slice(PREFIX.length) as RestErrorName) : FROM_VIM25[error.type];
    return new RestFault(name ?? "error", error.message);
  }

  get status(): number {
    return STATUS[this.error];
  }

  /** As the messages of an answer have it. */
  get localizable(): { id: string; default_message: string; args: readonly string[] } {
    return { id: this.messageId, default_message: this.message, args: this.args };
  }

  /** The body of the answer, in the form of /rest or of /api. */
  body(form: "rest" | "api"): unknown {
    const value = { error_type: this.error.toUpperCase(), messages: [this.localizable] };
    return form === "api" ? value : { type: this.type, value };
  }
}
