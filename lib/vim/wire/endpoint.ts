import type { Clock } from "../../clock";
import { VimConnectionError } from "./connection-error";
import { MalformedAnswer } from "./decode";
import { VimFault } from "./fault";
import { badAnswer } from "./http-errors";
import { HttpTransport, type HttpTransportOptions } from "./http";
import type { ManagedObjectReference } from "./managed-object-reference";
import { vim25Methods, type Method, type MethodArguments, type MethodName, type MethodResult } from "./methods";
import { SoapCaller } from "./soap";

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
  private readonly transport: HttpTransport;
  private caller?: Promise<SoapCaller>;

  constructor(
    options: HttpTransportOptions,
    private readonly log: RequestLog | undefined,
  ) {
    this.clock = options.clock;
    this.transport = new HttpTransport(options);
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
      this.caller ??= SoapCaller.create();
      const caller = await this.caller;
      const post = { ...limits, operation: method, writes };
      return (await caller.call({
        method,
        target,
        args,
        apiVersion,
        post: (body, soapAction) => this.transport.post({ ...post, body, soapAction }),
      })) as MethodResult<M>;
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
      const redact = (text: string): string => this.transport.redact(text);
      return new VimFault({
        type: error.type,
        message: redact(error.message),
        properties: redactAll(error.properties, redact),
      });
    }
    return error instanceof MalformedAnswer ? badAnswer({ operation: method, writes }, error.message) : error;
  }
}

function outcomeOf(error: unknown): string {
  if (error instanceof VimFault) return error.type;
  return error instanceof VimConnectionError ? error.kind : "error";
}

function redactAll<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === "string") return redact(value) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => redactAll(item, redact)) as T;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, redactAll(item, redact)])) as T;
}
