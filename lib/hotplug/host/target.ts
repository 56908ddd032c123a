import type { EndpointFacts, HostDevice, HostFacts } from "../facts";

export interface PreparableDevice extends Omit<HostDevice, "address"> {
  /** The id that the host gives it: for most a PCI address. One that has none can't be named, and is lost as well. */
  address: string;
  /** The device that has to go along with this one; a bridge, often, or the device itself. */
  dependentDevice?: string;
}

/** One complete look at a host. */
export interface HostObservation {
  facts: HostFacts;
  devices: ReadonlyMap<string, PreparableDevice>;
  endpoint: EndpointFacts;
  /** Passthrough can become active without a restart. */
  canRebind: boolean;
  inMaintenanceMode: boolean;
  /** Who has which device, by address, as a person knows it. */
  heldBy: ReadonlyMap<string, string>;
  /** Why it can't be told what the host itself uses: then no drive is taken from it. */
  usesUnknown?: Error;
  /** Virtual machines whose devices can't be seen, as a person knows them. */
  unreadable: readonly string[];
}

/** What a preparation asks of the world, each call awaited to its end. A change fails with a `CallError`. */
export interface HostTarget<O extends HostObservation = HostObservation> {
  observe(): Promise<O>;
  /** Running virtual machines that can't leave the host, with the reason. */
  findBlockers(): Promise<string[]>;
  /** The host looks for devices put in since. */
  refresh(): Promise<void>;
  setPassthrough(changes: readonly { address: string; enabled: boolean; applyNow: boolean }[]): Promise<void>;
  setIntrCookies(value: number): Promise<void>;
  enterMaintenanceMode(options: { timeoutSeconds: number; signal: AbortSignal }): Promise<void>;
  exitMaintenanceMode(): Promise<void>;
  /** Restarts it and waits for it to be back. */
  restart(options: { timeoutSeconds: number }): Promise<void>;
}
