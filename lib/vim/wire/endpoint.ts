import type { Clock } from "../../clock";
import type { Secrets } from "../../secrets";
import { overHttps, type Carrier } from "./carrier";
import { VimConnectionError } from "./connection-error";
import { MalformedAnswer } from "./decode";
import { isKnownFault, VimFault } from "./fault";
import { hidden, type Hidden } from "./hidden";
import { badAnswer } from "./http-errors";
import type { HttpTransportOptions } from "./http";
import type { ManagedObjectReference } from "./managed-object-reference";
import { vim25Methods, type Method, type MethodArguments, type MethodName, type MethodResult } from "./methods";

/** Receives one line a request: never credentials, cookies or contents. */
export type RequestLog = (
  level: "trace" | "debug" | "info" | "warn" | "error",
  message: string,
  fields: Readonly<Record<string, unknown>>,
) => void;

interface SendOptions {
  apiVersion: string;
  limitSeconds: number;
  /** When the work began that the limit is for; by default now. */
  startedAt?: number;
  signal?: AbortSignal;
  /** By default as the table of methods says. */
  writes?: boolean;
}

/** A vCenter as a place to send requests to. It keeps the cookie; which session that names is the client's business. */
export class VimEndpoint {
  private readonly clock: Clock;
  private readonly carrier: Carrier;
  private readonly transport: ReturnType<Carrier["transport"]>;
  private readonly secrets: Hidden<Secrets>;
  private caller?: ReturnType<Carrier["caller"]>;

  constructor(
    { secrets, carrier = overHttps, ...options }: HttpTransportOptions & { secrets: Secrets; carrier?: Carrier },
    private readonly log: RequestLog | undefined,
  ) {
    this.clock = options.clock;
    this.secrets = hidden(secrets);
    this.carrier = carrier;
    this.transport = carrier.transport(options);
  }

  /** Sends one request. Rejects with a VimFault or a VimConnectionError that shows no secret. */
  async send<M extends MethodName>(
    method: M,
    target: ManagedObjectReference,
    args: MethodArguments<M>,
    { writes = (vim25Methods[method] as Method).writes === true, apiVersion, ...limits }: SendOptions,
  ): Promise<MethodResult<M>> {
    const started = this.clock.now();
    let outcome = "ok";
    try {
      this.caller ??= this.carrier.caller();
      const caller = await this.caller;
      const post = { ...limits, operation: method, writes };
      const result = await caller.call({
        method,
        target,
        args,
        apiVersion,
        post: (body, soapAction) => this.transport.post({ ...post, body, soapAction }),
      });
      return this.secrets().cleanAll(result) as MethodResult<M>;
    } catch (error) {
      const translated = this.translated(error, method, writes);
      outcome = outcomeOf(translated);
      throw translated;
    } finally {
      this.log?.("debug", `${method} on ${target.value}: ${outcome}`, {
        method,
        target: target.value,
        outcome,
        milliseconds: Math.round(this.clock.now() - started),
      });
    }
  }

  /** Forgets the session's cookie. */
  forgetSession(): void {
    this.transport.forgetSession();
  }

  close(): void {
    this.transport.forgetSession();
    this.transport.close();
  }

  private translated(error: unknown, method: MethodName, writes: boolean): unknown {
    if (error instanceof VimFault) {
      const secrets = this.secrets();
      const { type, message, properties } = secrets.cleanAll(this.transport.withoutCookies(error.details));
      // Of what was said to a password that can't be told from a word, only what we know to be none is repeated.
      if (method !== "Login" || !(secrets.isIndistinct() || type === "InvalidLogin"))
        return new VimFault({ type, message, properties });
      return new VimFault({
        type: isKnownFault(type) ? type : "MethodFault",
        message: type === "InvalidLogin" ? "" : "What else it says to the login is not repeated",
      });
    }
    return error instanceof MalformedAnswer ? badAnswer({ operation: method, writes }, error.message) : error;
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof VimFault) return error.type;
  return error instanceof VimConnectionError ? error.kind : "error";
}
