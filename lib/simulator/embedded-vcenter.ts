import { type Clock, systemClock } from "../clock";
import { selfSignedCertificate, type SelfSignedCertificate } from "../x509/self-signed";
import type { Assumptions } from "./assumptions";
import type { CallLogEntry } from "./call-log";
import { administrator, readOnly } from "./core/roles";
import type { Timings } from "./core/timings";
import type { FaultInjection } from "./fault-injection";
import { Hardware } from "./hardware";
import { Guests } from "./guests/guests";
import { HttpServer } from "./http/http-server";
import { defaultInventory } from "./inventory/default-inventory";
import type { Inventory, InventoryDevice } from "./inventory/inventory";
import { KeptFolder } from "./kept-folder";
import { type ListenAddress, announcedHost, certificateNames, isLoopback } from "./listen-address";
import { parseInventory } from "./inventory/parse-inventory";
import type { User } from "./objects/service/session-manager";
import { startPage, type VcenterPage } from "./page/vcenter-page";
import { Vcenter } from "./vcenter";
import { readTextFile } from "../environment/text-file";

export interface EmbeddedVcenterOptions {
  /**
   * What it holds: an inventory, or the path of a JSON file with one. @default one with two hosts and four virtual
   * machines
   */
  readonly inventory?: Inventory | string;
  /**
   * A folder, made if need be, that keeps what there is at each moment, and the certificate: whoever is started with it
   * again, even after a `kill -9`, goes on from there, without `inventory`. Sessions, tasks, the call log and injected
   * faults are not kept. @default nothing is kept
   */
  readonly keep?: string;
  /** @default a free port on 127.0.0.1 */
  readonly listen?: ListenAddress;
  readonly clock?: Clock;
  /**
   * Gives each virtual machine that runs a guest: an SSH server on loopback that shows and holds its NVMe drives, as
   * Linux would. @default false
   */
  readonly guests?: boolean;
  /** Called with every call's log entry when its answer is ready. */
  readonly onCall?: (entry: CallLogEntry) => void;
  /** The only user that may log in. @default anyone may, as administrator */
  readonly credentials?: { readonly user: string; readonly password: string };
  /** An unused session ends after this time. @default 1800 */
  readonly sessionTimeoutSeconds?: number;
  /** Makes its identifiers the same at each run. For tests: session cookies can be guessed then. */
  readonly seed?: string;
  /** How long operations take. */
  readonly timings?: Partial<Timings>;
  /** Other choices where nothing public tells what vCenter does. */
  readonly assumptions?: Partial<Assumptions>;
}

/**
 * A vCenter in this process: a SOAP endpoint over HTTPS with hosts, drives and virtual machines of its own.
 * It checks and refuses what vCenter does around hot plug of passthrough devices, and keeps a log of every call.
 */
export class EmbeddedVcenter {
  private http!: HttpServer;
  private readonly core: Vcenter;
  private readonly handsOn: Hardware;
  private page?: VcenterPage;
  /** The guests of the virtual machines that run; undefined where none were asked for. */
  readonly guests?: Guests;

  private constructor(
    private readonly options: EmbeddedVcenterOptions,
    private readonly inventory: Inventory,
    private readonly folder: KeptFolder | undefined,
    /** Its certificate, to be trusted by clients. */
    readonly caPem: string,
  ) {
    this.core = this.makeCore();
    this.handsOn = new Hardware(this.core.world);
    if (options.guests) this.guests = new Guests(this.core.world);
  }

  /** Whether other machines may reach it. */
  get isReachable(): boolean {
    return !isLoopback((this.options.listen ?? LOOPBACK).host);
  }

  /** Starts one. Rejects if the inventory is wrong, the folder can't be used, or the address can't be listened on. */
  static async start(options: EmbeddedVcenterOptions = {}): Promise<EmbeddedVcenter> {
    const { listen = LOOPBACK, keep, seed } = options;
    if (keep !== undefined && seed !== undefined)
      throw new Error("keep and seed don't go together: the identifiers of the first start would come again");
    const folder = keep === undefined ? undefined : await KeptFolder.open(keep);
    try {
      return await EmbeddedVcenter.startIn(folder, options, listen);
    } catch (error) {
      folder?.close();
      throw error;
    }
  }

  private static async startIn(
    folder: KeptFolder | undefined,
    options: EmbeddedVcenterOptions,
    listen: ListenAddress,
  ): Promise<EmbeddedVcenter> {
    const inventory = await contentOf(options, folder);
    const make = (): SelfSignedCertificate =>
      selfSignedCertificate({ commonName: "localhost", ...certificateNames(listen.host) });
    const host = announcedHost(listen.host);
    const { certificatePem, privateKeyPem } = folder ? folder.certificate(host, make) : make();
    const vcenter = new EmbeddedVcenter(options, inventory, folder, certificatePem);
    vcenter.http = await HttpServer.start({
      listen,
      announcedHost: host,
      isGuarded: vcenter.isGuarded,
      certificatePem,
      privateKeyPem,
      vcenter: vcenter.core,
      hardware: vcenter.handsOn,
    });
    try {
      await vcenter.guests?.start();
      vcenter.core.save();
    } catch (error) {
      await vcenter.stop().catch(() => {});
      throw error;
    }
    return vcenter;
  }

  /** Whether a user and a password of its own are needed to log in. */
  get isGuarded(): boolean {
    return this.options.credentials !== undefined || (this.inventory.users?.length ?? 0) > 0;
  }

  /** Where `keep` keeps the certificate; undefined where nothing is kept. */
  get caFile(): string | undefined {
    return this.folder?.certificateFile;
  }

  /** "127.0.0.1:PORT" */
  get server(): string {
    return this.http.address;
  }

  /** "https://127.0.0.1:PORT/sdk" */
  get url(): string {
    return `https://${this.server}/sdk`;
  }

  /** Makes calls and tasks go wrong on purpose. */
  get faults(): FaultInjection {
    return this.core.faults;
  }

  /** The environment variables that point clients here; `caFile` is a file that holds `caPem`. */
  environment(caFile: string): Record<string, string> {
    const { user, password } =
      this.options.credentials ??
      this.inventory.users?.map(({ name, password }) => ({ user: name, password }))[0] ??
      ANYONE;
    return {
      VSPHERE_SERVER: this.server,
      VSPHERE_USER: user,
      VSPHERE_PASSWORD: password,
      VSPHERE_CA_FILE: caFile,
      VSPHERE_ALLOW_UNVERIFIED_SSL: "false",
    };
  }

  /** The log of every call so far, as it stands now. */
  calls(): CallLogEntry[] {
    return structuredClone(this.core.log);
  }

  /** Pulls a device out of its slot, in use or not. Throws if there is none. */
  pullDevice(hostNameOrId: string, address: string): void {
    this.handsOn.pull(hostNameOrId, address);
    this.core.save();
  }

  /**
   * Puts a device into a slot: another one, or by its address the one pulled out of it before. Throws if the slot isn't
   * empty.
   */
  plugDevice(hostNameOrId: string, device: InventoryDevice | string): void {
    this.handsOn.plug(hostNameOrId, device);
    this.core.save();
  }

  /** Ends every session, as if all had expired. */
  expireSessions(): void {
    this.core.sessions.terminateAll();
  }

  /** Restarts vCenter's service: connections and sessions end, tasks are kept or forgotten; all else goes on. */
  restart({ tasks = "kept" }: { tasks?: "kept" | "forgotten" } = {}): void {
    this.http.dropConnections();
    this.expireSessions();
    if (tasks === "forgotten") this.core.world.tasks.forgetAll();
  }

  /**
   * Serves a page of slots, calls and guests on loopback, by which things can be done, too; answers its address. It
   * stops with the rest.
   */
  async servePage(): Promise<string> {
    this.page ??= await startPage({
      vcenter: this.core,
      hardware: this.handsOn,
      guests: this.guests,
      source: this.url,
      restart: () => this.restart(),
    });
    return this.page.url;
  }

  /** Answers a SOAP request without HTTP. */
  handle(...request: Parameters<Vcenter["handle"]>): ReturnType<Vcenter["handle"]> {
    return this.core.handle(...request);
  }

  /** Stops it and ends all connections. */
  async stop(): Promise<void> {
    try {
      this.core.save();
    } finally {
      this.core.stop();
      await this.page?.stop();
      await this.guests?.stop();
      await this.http.stop();
      this.folder?.close();
    }
  }

  private makeCore(): Vcenter {
    const {
      clock = systemClock,
      credentials,
      seed,
      timings,
      assumptions,
      onCall,
      sessionTimeoutSeconds = 1800,
    } = this.options;
    const users = credentials
      ? [{ name: credentials.user, password: credentials.password, role: administrator }]
      : this.users();
    return new Vcenter({
      inventory: this.inventory,
      clock,
      seed,
      timings,
      assumptions,
      onCall,
      sessionTimeoutSeconds,
      users,
      keep: this.folder && ((inventory) => this.folder!.keepInventory(inventory)),
    });
  }

  private users(): User[] | undefined {
    const roles = new Map([administrator, readOnly].map((role) => [role.name, role]));
    for (const [name, privileges] of Object.entries(this.inventory.roles ?? {})) roles.set(name, { name, privileges });
    return this.inventory.users?.map(({ name, password, role = "Admin", noAccess }) => ({
      name,
      password,
      role: roles.get(role)!,
      noAccess,
    }));
  }
}

/** What was kept, or what to begin with. */
async function contentOf({ inventory, keep }: EmbeddedVcenterOptions, folder?: KeptFolder): Promise<Inventory> {
  const kept = folder?.inventory();
  if (kept && inventory !== undefined)
    throw new Error(`${keep} holds an inventory already: start without another one, or keep it in another folder`);
  if (kept) return kept;
  if (typeof inventory === "string") return parseInventory(readTextFile(inventory), inventory);
  return parseInventory(inventory ?? defaultInventory, "inventory");
}

const LOOPBACK: ListenAddress = { host: "127.0.0.1", port: 0 };
const ANYONE = { user: "administrator@vsphere.local", password: "embedded" };
