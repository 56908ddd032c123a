import type { Clock } from "../clock";
import { type Assumptions, defaultAssumptions } from "./assumptions";
import type { CallLogEntry } from "./call-log";
import { aboutService } from "./core/about";
import { logArguments } from "./core/log-arguments";
import type { Call } from "./core/operation";
import { Identifiers } from "./core/random";
import type { Session } from "./core/session";
import { defaultTimings, type Timings } from "./core/timings";
import { World } from "./core/world";
import { Fault } from "./fault";
import { FaultInjection, injectedFault } from "./fault-injection";
import { buildInventory } from "./inventory/build-inventory";
import type { Inventory } from "./inventory/inventory";
import { invoke } from "./invoke";
import { Keeper } from "./keeper";
import { ManagedEntity } from "./objects/managed-entity";
import { notAuthenticated, SessionManager, type SessionOptions, type User } from "./objects/service/session-manager";
import { unauthenticatedRead } from "./objects/property-collector/unauthenticated-read";
import { VirtualMachine } from "./objects/virtual-machine/virtual-machine";
import { compareVersions, type MethodType, parseVersion, type Version } from "./schema/parse-schema";
import { schema } from "./schema/schema";
import type { Reference, Value } from "./value";
import { Decoder, invalidRequest } from "./wire/decode";
import type { Encoder } from "./wire/encode";
import { Encoders } from "./wire/encoders";
import { readEnvelope, writeAnswer, writeFault } from "./wire/soap";
import type { XmlElement } from "./wire/xml";

export interface VcenterOptions {
  readonly inventory: Inventory;
  readonly clock: Clock;
  /** Makes identifiers, session cookies included, the same at each run. */
  readonly seed?: string;
  readonly timings?: Partial<Timings>;
  readonly assumptions?: Partial<Assumptions>;
  readonly users?: readonly User[];
  readonly sessionTimeoutSeconds: number;
  readonly onCall?: (entry: CallLogEntry) => void;
  /**
   * Given what is there as an inventory, at each change, before anything tells of it. What it throws is the fault of
   * the next call.
   */
  readonly keep?: (inventory: Inventory) => void;
}

/** What came with a request beside its body. */
interface RequestContext {
  /** The value of the cookie vmware_soap_session. */
  readonly cookie?: string;
  readonly userAgent?: string;
  /** "urn:vim25/8.0.1.0": the API version that the client speaks. */
  readonly soapAction?: string;
}

type Answer =
  | { readonly dropped: false; readonly status: 200 | 500; readonly body: string; readonly cookie?: string }
  /** An injected fault lets the connection end without an answer. */
  | { readonly dropped: true };

/** The embedded vCenter without its HTTP server: bytes in, bytes out. */
export class Vcenter {
  readonly faults = new FaultInjection();
  readonly log: CallLogEntry[] = [];
  readonly world: World;
  readonly sessions: SessionManager;
  private readonly version: Version;
  private readonly encoders: Encoders;
  private readonly keeper?: Keeper;

  constructor(private readonly options: VcenterOptions) {
    const about = aboutService(options.inventory);
    this.version = parseVersion(about["apiVersion"] as string);
    this.encoders = new Encoders(this.version);
    this.world = new World({
      clock: options.clock,
      identifiers: new Identifiers(options.seed),
      timings: { ...defaultTimings, ...options.timings },
      assumptions: { ...defaultAssumptions, ...options.assumptions },
      about,
      faults: this.faults,
      numbers: options.inventory.numbers,
    });
    const sessionOptions: SessionOptions = { users: options.users, timeoutSeconds: options.sessionTimeoutSeconds };
    this.sessions = this.world.add(new SessionManager(this.world, sessionOptions));
    buildInventory(this.world, options.inventory);
    if (options.keep) this.keeper = new Keeper(this.world, options.inventory, options.keep);
  }

  /** Hands what is there to `keep` now. */
  save(): void {
    this.keeper?.save();
  }

  /** Answers one SOAP request. Never rejects: what goes wrong is a fault in the answer. */
  async handle(body: Uint8Array | string, context: RequestContext = {}): Promise<Answer> {
    const encoder = this.encoders.for(context.soapAction);
    const session = this.sessions.find(context.cookie);
    if (session) {
      session.lastActive = this.world.now();
      session.callCount++;
    }
    let cookie: string | undefined;
    const call = {
      session,
      userAgent: context.userAgent ?? "",
      setSession: (made: Session) => void (cookie = made.cookie),
    };
    const { entry, run } = this.prepare(
      typeof body === "string" ? body : new TextDecoder().decode(body),
      call,
      encoder,
    );
    const start = this.options.clock.now();
    let answer: Answer;
    try {
      const text = await run();
      this.save();
      answer = text === undefined ? { dropped: true } : { dropped: false, status: 200, body: text, cookie };
      entry.outcome = text === undefined ? "no answer" : "ok";
    } catch (error) {
      const fault =
        error instanceof Fault
          ? error
          : new Fault("SystemError", (error as Error).message, { reason: (error as Error).message });
      entry.outcome = fault.type;
      entry.message = fault.message;
      answer = { dropped: false, status: 500, body: writeFault(fault, encoder) };
    }
    entry.durationMs = this.options.clock.now() - start;
    this.options.onCall?.(entry);
    return answer;
  }

  /** Gives up whatever waits or runs. */
  stop(): void {
    this.world.end.abort(new Fault("RequestCanceled", "The embedded vCenter stops"));
  }

  /** Reads the request and begins its log entry; `run` carries it out and answers undefined for no answer. */
  private prepare(
    text: string,
    call: Omit<Call, "log">,
    encoder: Encoder,
  ): { entry: CallLogEntry; run: () => Promise<string | undefined> } {
    const entry = (operation: string, target?: Reference, args?: unknown): CallLogEntry => {
      const object = target && this.world.find(target, call.session);
      const made: CallLogEntry = {
        sequence: this.log.length + 1,
        startedAt: this.world.now().toISOString(),
        client: call.userAgent,
        session: call.session?.shortId ?? "",
        operation,
        target: target && {
          type: target.type,
          value: target.id,
          ...(object instanceof ManagedEntity ? { name: object.name } : {}),
        },
        arguments: args,
        virtualMachinePowerState: object instanceof VirtualMachine ? object.powerState : undefined,
        read: [],
      };
      this.log.push(made);
      return made;
    };
    let element: XmlElement;
    try {
      element = readEnvelope(text);
    } catch (error) {
      return { entry: entry("unreadable"), run: () => Promise.reject(error as Error) };
    }
    let target: Reference | undefined;
    try {
      const { method, reference, args } = this.decodeCall(element, (ref) => (target = ref));
      const log = entry(method.name, reference, logArguments(args));
      return { entry: log, run: () => this.run(method, reference, args, { ...call, log }, encoder) };
    } catch (error) {
      return { entry: entry(element.name, target), run: () => Promise.reject(error as Error) };
    }
  }

  private decodeCall(
    element: XmlElement,
    found: (target: Reference) => void,
  ): { method: MethodType; reference: Reference; args: Record<string, Value> } {
    const [self, ...parameters] = element.children;
    if (self?.name !== "_this") throw invalidRequest(`<${element.name}> must begin with <_this>`);
    const decoder = new Decoder(this.version);
    const reference = decoder.reference(self, "ManagedObject");
    found(reference);
    if (!schema.managed(reference.type)) throw invalidRequest(`there is no type ${reference.type}`);
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

  private async run(
    method: MethodType,
    reference: Reference,
    args: Record<string, Value>,
    call: Call,
    encoder: Encoder,
  ): Promise<string | undefined> {
    const target = this.world.find(reference, call.session);
    const effects = this.faults.forCall(method.name, target);
    for (const effect of effects) {
      if (effect.kind === "stall") await this.world.sleep(effect.delayMs);
      if (effect.kind === "fault") throw injectedFault(effect);
    }
    if (effects.some((effect) => effect.kind === "drop" && effect.when === "before")) return undefined;
    const operation = target?.operations[method.name];
    const unread = call.session ? undefined : unauthenticatedRead(method.name, args);
    if (!call.session && !unread && !operation?.anonymous)
      throw new Fault("NotAuthenticated", "The session is not logged in", notAuthenticated(this.world));
    const result = unread
      ? unread.result
      : await invoke(target ?? this.world.get(reference, call.session), method.name, args, call);
    if (effects.some((effect) => effect.kind === "drop")) return undefined;
    return writeAnswer(
      method.name,
      method.result && result !== undefined ? encoder.field(method.result, result as Value) : "",
    );
  }
}
