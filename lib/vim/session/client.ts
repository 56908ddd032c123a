import { systemClock, type Clock } from "../../clock";
import { isOlder } from "../../compare-versions";
import type { Proxy } from "../../environment/proxy";
import { parseServerAddress } from "../../environment/server-address";
import { printable } from "../../printable";
import { Secrets } from "../../secrets";
import type { Carrier } from "../wire/carrier";
import { VimConnectionError } from "../wire/connection-error";
import { VimEndpoint, type RequestLog } from "../wire/endpoint";
import { isFault, VimFault } from "../wire/fault";
import { badAnswer } from "../wire/http-errors";
import { hidden, type Hidden } from "../wire/hidden";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import type { AboutInfo, MethodArguments, MethodName, MethodResult } from "../wire/methods";
import { authenticated, type RawObject } from "./answers";
import type { ObjectQuery } from "./object-query";
import type { CallOptions, ServiceContent, Session, TaskWaitOptions } from "./session";
import { UpdatesFeed } from "./updates-feed";
import { withSignal } from "./with-signal";

export interface VimClientOptions {
  /** `host` or `host:port`; an IPv6 address with a port stands in brackets. */
  server: string;
  user: string;
  password: string;
  /** Accept any certificate. Default false. */
  allowUnverifiedSsl?: boolean;
  /** PEM bundle of the authorities to trust instead of the runtime's own. */
  ca?: string;
  /** What the server is reached through. */
  proxy?: Proxy;
  /** How long one request may take, connecting included. */
  apiTimeoutSeconds: number;
  userAgent: string;
  /** What no answer may bring back, beside the password. */
  secrets?: Secrets;
  clock?: Clock;
  log?: RequestLog;
  /** How requests travel. Default: HTTPS. */
  carrier?: Carrier;
}

const serviceInstance: ManagedObjectReference = { type: "ServiceInstance", value: "ServiceInstance" };
/** API versions to speak, the preferred first. A server older than all of them is spoken to in its own. */
const apiVersions = ["9.0.0.0", "8.0.3.0", "8.0.1.0"];
const logoutSeconds = 5;

/**
 * One session with one vCenter. Logs in at the first call that needs it, once for parallel callers; a session that has
 * expired is renewed and the call made again, since a call refused as not authenticated was not carried out.
 * Rejections are VimFault and VimConnectionError.
 */
export class VimClient implements Session {
  private readonly apiTimeoutSeconds: number;
  private readonly clock: Clock;
  private readonly credentials: Hidden<{ userName: string; password: string }>;
  private readonly endpoint: VimEndpoint;
  private readonly log?: RequestLog;
  /** Hidden because it holds this client in its turn. */
  private readonly feed: Hidden<UpdatesFeed>;
  private knownContent?: Promise<ServiceContent>;
  private session?: Hidden<Promise<MethodResult<"Login">>>;
  private refusedLogin?: VimFault;
  private closed = false;
  private spokenVersion = "8.0.1.0";

  /** Throws a RangeError if `server` is not an address. Opens no connection. */
  constructor({
    server,
    user,
    password,
    apiTimeoutSeconds,
    clock = systemClock,
    log,
    secrets = new Secrets(),
    ...options
  }: VimClientOptions) {
    secrets.add(password, options.proxy?.password, options.proxy?.authorization);
    this.apiTimeoutSeconds = apiTimeoutSeconds;
    this.clock = clock;
    this.credentials = hidden({ userName: user, password });
    this.endpoint = new VimEndpoint({ ...options, address: parseServerAddress(server), clock, secrets }, log);
    this.log = log;
    this.feed = hidden(new UpdatesFeed(this, clock));
  }

  get apiVersion(): string {
    return this.spokenVersion;
  }

  now(): number {
    return this.clock.now();
  }

  /** What the server is; needs no login. */
  async about(signal?: AbortSignal): Promise<AboutInfo> {
    return (await this.content(signal)).about;
  }

  async content(signal?: AbortSignal): Promise<ServiceContent> {
    this.knownContent ??= this.retrieveContent().catch((error: unknown) => {
      this.knownContent = undefined;
      throw error;
    });
    return withSignal(this.knownContent, signal);
  }

  async call<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    options: CallOptions = {},
  ): Promise<MethodResult<M>> {
    if (this.closed) throw new VimConnectionError("aborted", `${method} was not called: the session has been closed.`);
    await this.content(options.signal);
    const session = this.session ?? this.logIn();
    await withSignal(session(), options.signal);
    const limited = { startedAt: this.now(), ...options };
    try {
      return authenticated(await this.send(method, target, args, limited));
    } catch (error) {
      if (!isFault(error, "NotAuthenticated")) throw error;
      // Whoever notices first renews it for all.
      const renewed = this.session === session || !this.session ? this.logIn() : this.session;
      await withSignal(renewed(), options.signal);
      return authenticated(await this.send(method, target, args, limited));
    }
  }

  async sessionKey(signal?: AbortSignal): Promise<string> {
    return (await this.openedSession(signal)).key;
  }

  async userName(signal?: AbortSignal): Promise<string> {
    return (await this.openedSession(signal)).userName;
  }

  waitForTask(task: ManagedObjectReference, options: TaskWaitOptions): Promise<void> {
    return this.feed().wait(task, options);
  }

  follow(id: string, query: ObjectQuery): Promise<boolean> {
    return this.feed().follow(id, query);
  }

  followed(id: string): RawObject | undefined {
    return this.feed().find(id);
  }

  /** Logs out and closes all connections, for good. Never rejects and never takes longer than a few seconds. */
  async close(): Promise<void> {
    this.closed = true;
    this.feed().close();
    const { session } = this;
    this.session = undefined;
    const limit = new AbortController();
    try {
      if (!session) return;
      await Promise.race([session(), this.clock.sleep(logoutSeconds * 1000, limit.signal)]);
      const { sessionManager } = await this.content();
      await this.send("Logout", sessionManager!, {}, { limitSeconds: logoutSeconds });
    } catch (error) {
      this.log?.("debug", "The session was not ended properly.", { error: String(error) });
    } finally {
      limit.abort();
      this.endpoint.close();
    }
  }

  private async retrieveContent(): Promise<ServiceContent> {
    let content: ServiceContent;
    try {
      content = await this.send("RetrieveServiceContent", serviceInstance, {});
    } catch (error) {
      // A server older than the version asked for refuses it; any supported one knows 6.7.
      if (!(error instanceof VimFault)) throw error;
      this.spokenVersion = "6.7";
      content = await this.send("RetrieveServiceContent", serviceInstance, {});
    }
    const offered = content.about.apiVersion;
    if (!/^\d[\w.]{0,31}$/.test(offered)) {
      const why = `its apiVersion is no version: ${JSON.stringify(printable(offered))}`;
      throw badAnswer({ operation: "RetrieveServiceContent", writes: false }, why);
    }
    this.spokenVersion = apiVersions.find((version) => !isOlder(offered, version)) ?? offered;
    return content;
  }

  private async openedSession(signal: AbortSignal | undefined): Promise<MethodResult<"Login">> {
    if (this.closed) throw new VimConnectionError("aborted", "The session has been closed.");
    await this.content(signal);
    const session = this.session ?? this.logIn();
    return withSignal(session(), signal);
  }

  private logIn(): Hidden<Promise<MethodResult<"Login">>> {
    const session = hidden(this.openSession());
    this.session = session;
    session().catch(() => {
      if (this.session === session) this.session = undefined;
    });
    return session;
  }

  private async openSession(): Promise<MethodResult<"Login">> {
    // Asking again with a password that was refused would lock the account.
    if (this.refusedLogin) throw this.refusedLogin;
    const { sessionManager } = await this.content();
    this.endpoint.forgetSession();
    try {
      return await this.send("Login", sessionManager!, this.credentials());
    } catch (error) {
      if (isFault(error, "InvalidLogin")) this.refusedLogin = error;
      throw error;
    }
  }

  private send<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    { extraSeconds = 0, limitSeconds, ...options }: CallOptions & { limitSeconds?: number } = {},
  ): Promise<MethodResult<M>> {
    return this.endpoint.send(method, target, args, {
      apiVersion: this.spokenVersion,
      limitSeconds: limitSeconds ?? this.apiTimeoutSeconds + extraSeconds,
      ...options,
    });
  }
}
