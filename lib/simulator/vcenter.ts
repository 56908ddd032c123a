import type { Clock } from "../clock";
import { type Assumptions, defaultAssumptions } from "./assumptions";
import type { CallLogEntry } from "./call-log";
import { Calls } from "./calls";
import { aboutService } from "./core/about";
import { Identifiers } from "./core/random";
import { defaultTimings, type Timings } from "./core/timings";
import { World } from "./core/world";
import { Fault } from "./fault";
import { FaultInjection } from "./fault-injection";
import { buildInventory } from "./inventory/build-inventory";
import type { Inventory } from "./inventory/inventory";
import { Keeper } from "./keeper";
import { SessionManager, type SessionOptions, type User } from "./objects/service/session-manager";
import { RestService } from "./rest/rest-service";
import { PBM, VIM25 } from "./schema/schema";
import { type SoapAnswer, type SoapContext, SoapService } from "./soap-service";

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

/** The embedded vCenter without its HTTP server: bytes in, bytes out. */
export class Vcenter {
  readonly faults = new FaultInjection();
  readonly world: World;
  readonly sessions: SessionManager;
  /** Storage policy based management: a service of its own, for those who logged in to vCenter. */
  readonly pbm: SoapService;
  readonly rest: RestService;
  private readonly vim: SoapService;
  private readonly calls: Calls;
  private readonly keeper?: Keeper;

  constructor(options: VcenterOptions) {
    const { inventory, clock, onCall } = options;
    this.world = new World({
      clock,
      identifiers: new Identifiers(options.seed),
      timings: { ...defaultTimings, ...options.timings },
      assumptions: { ...defaultAssumptions, ...options.assumptions },
      about: aboutService(inventory),
      faults: this.faults,
      numbers: inventory.numbers,
      tagCategories: inventory.tagCategories,
    });
    const sessionOptions: SessionOptions = { users: options.users, timeoutSeconds: options.sessionTimeoutSeconds };
    this.sessions = this.world.add(new SessionManager(this.world, sessionOptions));
    buildInventory(this.world, inventory);
    if (options.keep) this.keeper = new Keeper(this.world, inventory, options.keep);
    const { world, sessions, faults } = this;
    this.calls = new Calls({ world, faults, onCall, save: () => this.save() });
    const parts = { world, sessions, calls: this.calls };
    this.vim = new SoapService({ ...parts, namespace: VIM25 });
    this.pbm = new SoapService({ ...parts, namespace: PBM });
    this.rest = new RestService(parts);
  }

  get log(): CallLogEntry[] {
    return this.calls.log;
  }

  /** Calls `listener` whenever a call has come, or its answer is ready. */
  listen(listener: () => void): void {
    this.calls.listeners.add(listener);
  }

  /** Hands what is there to `keep` now. */
  save(): void {
    this.keeper?.save();
  }

  /** Answers one SOAP request. Never rejects: what goes wrong is a fault in the answer. */
  handle(body: Uint8Array | string, context: SoapContext = {}): Promise<SoapAnswer> {
    return this.vim.handle(body, context);
  }

  /** Gives up whatever waits or runs. */
  stop(): void {
    this.world.end.abort(new Fault("RequestCanceled", "The embedded vCenter stops"));
  }
}
