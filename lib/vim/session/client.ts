import { systemClock, type Clock } from "../../clock";
import { authenticated } from "./authenticated";
import { VimConnectionError } from "../wire/connection-error";
import { MalformedAnswer } from "../wire/decode";
import { isFault, VimFault } from "../wire/fault";
import { HttpTransport } from "../wire/http";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { parseServerAddress } from "../../environment/server-address";
import { SoapCaller } from "../wire/soap";
import { TaskWaiter, type TaskWaitOptions } from "./task";
import { isOlder } from "../wire/version";
import {
  vim25Methods,
  type AboutInfo,
  type Method,
  type MethodArguments,
  type MethodName,
  type MethodResult,
} from "../wire/methods";
import type { FromVim } from "../wire/types";

export type LogLevel = "trace" | "debug" | "info" | "warn" | "error";

export interface VimClientOptions {
  /** `host` or `host:port`; an IPv6 address with a port stands in brackets. */
  server: string;
  user: string;
  password: string;
  /** Accept any certificate. Default false. */
  allowUnverifiedSsl?: boolean;
  /** PEM bundle of the authorities to trust instead of the runtime's own. */
  ca?: string;
  /** How long one request may take, connecting included. */
  apiTimeoutSeconds: number;
  userAgent: string;
  clock?: Clock;
  /** Receives one line a request: never credentials, cookies or contents. */
  log?(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void;
}

export interface CallOptions {
  signal?: AbortSignal;
  /** Time that the server may take by its own design, on top of `apiTimeoutSeconds`: a wait for updates. */
  extraSeconds?: number;
  /** Whether the call changes something, where that is not the method's nature. */
  writes?: boolean;
}

type ServiceContent = FromVim<"ServiceContent">;

const serviceInstance: ManagedObjectReference = { type: "ServiceInstance", value: "ServiceInstance" };
/** API versions to speak, the preferred first. A server older than all of them is spoken to in its own. */
const apiVersions = ["9.0.0.0", "8.0.3.0", "8.0.1.0"];
const logoutSeconds = 5;

/**
 * One session with one vCenter. Logs in at the first call that needs it, once for parallel callers; a session that has
 * expired is renewed and the call made again, since a call refused as not authenticated was not carried out.
 * Rejections are VimFault and VimConnectionError.
 */
export class VimClient {
  readonly #options: VimClientOptions;
  readonly #clock: Clock;
  readonly #transport: HttpTransport;
  readonly #tasks: TaskWaiter;
  #caller?: Promise<SoapCaller>;
  #content?: Promise<ServiceContent>;
  /** Resolves with the session's key. */
  #session?: Promise<string>;
  #refusedLogin?: VimFault;
  #closed = false;
  #apiVersion = "8.0.1.0";

  /** Throws a RangeError if `server` is not an address. Opens no connection. */
  constructor(options: VimClientOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#transport = new HttpTransport({
      address: parseServerAddress(options.server),
      clock: this.#clock,
      secrets: [options.password],
      userAgent: options.userAgent,
      ...(options.allowUnverifiedSsl && { allowUnverifiedSsl: true }),
      ...(options.ca && { ca: options.ca }),
    });
    this.#tasks = new TaskWaiter(this, this.#clock);
  }

  /** What the server is; needs no login. */
  async about(signal?: AbortSignal): Promise<AboutInfo> {
    return (await this.content(signal)).about;
  }

  /** The objects from which all others are reached; asked for once. */
  async content(signal?: AbortSignal): Promise<ServiceContent> {
    this.#content ??= this.#retrieveContent().catch((error: unknown) => {
      this.#content = undefined;
      throw error;
    });
    return withSignal(this.#content, signal);
  }

  /** The API version spoken with this server; known once `content` or `about` has answered. */
  get apiVersion(): string {
    return this.#apiVersion;
  }

  async call<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    options: CallOptions = {},
  ): Promise<MethodResult<M>> {
    if (this.#closed) throw new VimConnectionError("aborted", `${method} was not called: the session has been closed.`);
    await this.content(options.signal);
    const session = this.#session ?? this.#login();
    await withSignal(session, options.signal);
    try {
      return authenticated(await this.#send(method, target, args, options));
    } catch (error) {
      if (!isFault(error, "NotAuthenticated")) throw error;
      // Whoever notices first renews it for all.
      await withSignal(this.#session === session || !this.#session ? this.#login() : this.#session, options.signal);
      return authenticated(await this.#send(method, target, args, options));
    }
  }

  /** What names the session to other methods; logs in if need be. */
  async sessionKey(signal?: AbortSignal): Promise<string> {
    if (this.#closed) throw new VimConnectionError("aborted", "The session has been closed.");
    await this.content(signal);
    return withSignal(this.#session ?? this.#login(), signal);
  }

  /**
   * Resolves when the task has succeeded; rejects with its VimFault, a TaskTimeoutError or a TaskOutcomeUnknownError.
   */
  waitForTask(task: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
    return this.#tasks.wait(task, options);
  }

  /** Logs out and closes all connections, for good. Never rejects and never takes longer than a few seconds. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#tasks.close();
    const session = this.#session;
    this.#session = undefined;
    const limit = new AbortController();
    try {
      if (!session) return;
      await Promise.race([session, this.#clock.sleep(logoutSeconds * 1000, limit.signal)]);
      const { sessionManager } = await this.content();
      await this.#send("Logout", sessionManager!, {}, { limitSeconds: logoutSeconds });
    } catch (error) {
      this.#options.log?.("debug", "The session was not ended properly.", { error: String(error) });
    } finally {
      limit.abort();
      this.#transport.forgetSession();
      this.#transport.close();
    }
  }

  async #retrieveContent(): Promise<ServiceContent> {
    let content: ServiceContent;
    try {
      content = await this.#send("RetrieveServiceContent", serviceInstance, {});
    } catch (error) {
      // A server older than the version asked for refuses it; any supported one knows 6.7.
      if (!(error instanceof VimFault)) throw error;
      this.#apiVersion = "6.7";
      content = await this.#send("RetrieveServiceContent", serviceInstance, {});
    }
    const offered = content.about.apiVersion;
    this.#apiVersion = apiVersions.find((version) => !isOlder(offered, version)) ?? offered;
    return content;
  }

  #login(): Promise<string> {
    const session = this.#openSession();
    this.#session = session;
    session.catch(() => {
      if (this.#session === session) this.#session = undefined;
    });
    return session;
  }

  async #openSession(): Promise<string> {
    // Asking again with a password that was refused would lock the account.
    if (this.#refusedLogin) throw this.#refusedLogin;
    const { sessionManager } = await this.content();
    this.#transport.forgetSession();
    const { user: userName, password } = this.#options;
    try {
      return (await this.#send("Login", sessionManager!, { userName, password })).key;
    } catch (error) {
      if (isFault(error, "InvalidLogin")) this.#refusedLogin = error;
      throw error;
    }
  }

  async #send<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    {
      signal,
      extraSeconds = 0,
      writes = (vim25Methods[method] as Method).writes === true,
      limitSeconds = this.#options.apiTimeoutSeconds + extraSeconds,
    }: CallOptions & { limitSeconds?: number } = {},
  ): Promise<MethodResult<M>> {
    const started = this.#clock.now();
    let outcome = "ok";
    try {
      const caller = await this.#soapCaller();
      return (await caller.call({
        method,
        target,
        args,
        apiVersion: this.#apiVersion,
        post: (body, soapAction) =>
          this.#transport.post({
            body,
            soapAction,
            operation: method,
            writes,
            limitSeconds,
            ...(signal && { signal }),
          }),
      })) as MethodResult<M>;
    } catch (error) {
      const translated = this.#translate(error, method, writes);
      outcome =
        translated instanceof VimFault
          ? translated.type
          : translated instanceof VimConnectionError
            ? translated.kind
            : "error";
      throw translated;
    } finally {
      this.#options.log?.("debug", `${method} on ${target.value}: ${outcome}`, {
        method,
        target: target.value,
        outcome,
        milliseconds: Math.round(this.#clock.now() - started),
      });
    }
  }

  #translate(error: unknown, method: MethodName, writes: boolean): unknown {
    if (error instanceof VimFault) {
      const redact = (text: string): string => this.#transport.redact(text);
      return new VimFault({
        type: error.type,
        message: redact(error.message),
        properties: redactAll(error.properties, redact),
      });
    }
    if (error instanceof MalformedAnswer) {
      return new VimConnectionError("bad_answer", `The answer to ${method} can't be used: ${error.message}.`, {
        outcomeUnknown: writes,
      });
    }
    return error;
  }

  #soapCaller(): Promise<SoapCaller> {
    this.#caller ??= SoapCaller.create();
    return this.#caller;
  }
}

/** Waits for what several callers share, and stops waiting, but not the work, when this caller's signal is aborted. */
function withSignal<T>(shared: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return shared;
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new VimConnectionError("aborted", "The call was cancelled before it was made."));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    void shared.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

function redactAll<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => redactAll(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactAll(item, redact)])) as T;
}
