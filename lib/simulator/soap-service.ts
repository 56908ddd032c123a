import { logArguments } from "./core/log-arguments";
import type { Call } from "./core/operation";
import type { Session } from "./core/session";
import type { World } from "./core/world";
import type { CallLogEntry } from "./call-log";
import type { Calls } from "./calls";
import { Fault } from "./fault";
import { invoke } from "./invoke";
import { unauthenticatedRead } from "./objects/property-collector/unauthenticated-read";
import { notAuthenticated, type SessionManager } from "./objects/service/session-manager";
import { compareVersions, type MethodType, parseVersion, type Version } from "./schema/parse-schema";
import { namespaceOf, schema } from "./schema/schema";
import type { Reference, Value } from "./value";
import { Decoder, invalidRequest } from "./wire/decode";
import type { Encoder } from "./wire/encode";
import { Encoders } from "./wire/encoders";
import { readEnvelope, type SoapRequest, writeAnswer, writeFault } from "./wire/soap";

/** What came with a request beside its body. */
export interface SoapContext {
  /** The value of the cookie vmware_soap_session. */
  readonly cookie?: string;
  readonly userAgent?: string;
  /** "urn:vim25/8.0.1.0": the API version that the client speaks. */
  readonly soapAction?: string;
}

export type SoapAnswer =
  | { readonly dropped: false; readonly status: 200 | 500; readonly body: string; readonly cookie?: string }
  /** An injected fault lets the connection end without an answer. */
  | { readonly dropped: true };

interface SoapServiceOptions {
  /** "urn:vim25", or that of another service that speaks of the same world. */
  readonly namespace: string;
  readonly world: World;
  readonly calls: Calls;
  readonly sessions: SessionManager;
}

/** One of vCenter's SOAP services: bytes in, bytes out. */
export class SoapService {
  private readonly version: Version;
  private readonly encoders: Encoders;

  constructor(private readonly options: SoapServiceOptions) {
    this.version = parseVersion(options.world.options.about["apiVersion"] as string);
    this.encoders = new Encoders(this.version);
  }

  /** Answers one request. Never rejects: what goes wrong is a fault in the answer. */
  async handle(body: Uint8Array | string, { cookie, userAgent = "", soapAction }: SoapContext): Promise<SoapAnswer> {
    const encoder = this.encoders.for(soapAction);
    let request: SoapRequest | Error;
    try {
      request = readEnvelope(typeof body === "string" ? body : new TextDecoder().decode(body));
    } catch (error) {
      request = error as Error;
    }
    const session = this.options.sessions.use(cookie ?? (request instanceof Error ? undefined : request.sessionCookie));
    let made: string | undefined;
    const call = { session, userAgent, setSession: ({ cookie }: Session) => void (made = cookie) };
    const { entry, run } = this.prepare(request, call, encoder);
    const answer = await this.options.calls.finish<SoapAnswer>(entry, {
      run: async () => {
        const text = await run();
        return text === undefined ? undefined : { dropped: false, status: 200, body: text, cookie: made };
      },
      wrong: (error) => {
        const fault =
          error instanceof Fault && schema.data(error.type)
            ? error
            : new Fault("SystemError", error.message, { reason: error.message });
        return {
          answer: { dropped: false, status: 500, body: writeFault(fault, encoder) },
          outcome: fault.type,
          message: fault.message,
        };
      },
    });
    return answer ?? { dropped: true };
  }

  /** Reads the request and begins its log entry; `run` carries it out and answers undefined for no answer. */
  private prepare(
    request: SoapRequest | Error,
    call: Omit<Call, "log">,
    encoder: Encoder,
  ): { entry: CallLogEntry; run: () => Promise<string | undefined> } {
    const { calls } = this.options;
    const client = { client: call.userAgent, session: call.session };
    if (request instanceof Error)
      return { entry: calls.begin({ ...client, operation: "unreadable" }), run: () => Promise.reject(request) };
    let target: Reference | undefined;
    try {
      const { method, reference, args } = this.decodeCall(request, (ref) => (target = ref));
      const log = calls.begin({
        ...client,
        operation: method.name,
        target: reference,
        arguments: logArguments(args),
      });
      return { entry: log, run: () => this.run(method, reference, args, { ...call, log }, encoder) };
    } catch (error) {
      const entry = calls.begin({ ...client, operation: request.call.name, target });
      return { entry, run: () => Promise.reject(error as Error) };
    }
  }

  private decodeCall(
    { call: element }: SoapRequest,
    found: (target: Reference) => void,
  ): { method: MethodType; reference: Reference; args: Record<string, Value> } {
    const { namespace } = this.options;
    if (element.namespace !== namespace) throw invalidRequest(`<${element.name}> is not of the namespace ${namespace}`);
    const [self, ...parameters] = element.children;
    if (self?.name !== "_this") throw invalidRequest(`<${element.name}> must begin with <_this>`);
    const decoder = new Decoder(this.version);
    const reference = decoder.reference(self, "ManagedObject");
    found(reference);
    if (!schema.managed(reference.type) || namespaceOf(reference.type) !== namespace)
      throw invalidRequest(`there is no type ${reference.type}`);
    const method = schema.method(reference.type, element.name);
    if (!method || compareVersions(method.since, this.version) > 0) {
      throw new Fault("MethodNotFound", `${reference.type} has no method ${element.name}`, {
        receiver: reference,
        method: element.name,
      });
    }
    return {
      method,
      reference,
      args: decoder.fields({ ...element, children: parameters }, element.name, method.parameters),
    };
  }

  private run(
    method: MethodType,
    reference: Reference,
    args: Record<string, Value>,
    call: Call,
    encoder: Encoder,
  ): Promise<string | undefined> {
    const { world, calls, namespace } = this.options;
    const { session } = call;
    const work = async (): Promise<string> => {
      const target = world.find(reference, session);
      const unread = session ? undefined : unauthenticatedRead(method.name, args);
      if (!session && !unread && !target?.operations[method.name]?.anonymous)
        throw new Fault("NotAuthenticated", "The session is not logged in", notAuthenticated(world));
      const result = unread
        ? unread.result
        : await invoke(target ?? world.get(reference, session), method.name, args, call);
      const text = method.result && result !== undefined ? encoder.field(method.result, result as Value) : "";
      return writeAnswer(method.name, text, namespace);
    };
    return calls.disturbed({ operation: method.name, target: reference }, { session, work });
  }
}
