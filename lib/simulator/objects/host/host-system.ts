import { classOf, type HostDevice, hostDevice } from "../../core/host-device";
import { stableUuid } from "../../core/random";
import { atLeast } from "../../core/version";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { BootSetting, InventoryHost } from "../../inventory/inventory";
import type { Datastore } from "../datacenter/datastore";
import type { Network } from "../datacenter/network";
import { ManagedEntity } from "../managed-entity";
import type { ManagedObject } from "../managed-object";

/** What a host knows of a virtual machine on it. */
export interface HostedVirtualMachine extends ManagedEntity {
  readonly powerState: "poweredOn" | "poweredOff" | "suspended";
  readonly template: boolean;
  readonly settings: { readonly memoryReservationMiB: number };
  /** The addresses of the host's devices that it has, of the fixed kind. */
  readonly passthroughAddresses: readonly string[];
  /** Of its disks: "[datastore1] db/db.vmdk". */
  readonly diskFiles: readonly string[];
  readonly macAddresses: readonly string[];
  /** Those that it has something on. */
  readonly datastores: readonly Datastore[];
  readonly networks: readonly Network[];
  /** The UUIDs of the host's disks that it has as they are, by raw device mappings. */
  readonly mappedDisks: readonly string[];
  /** Nothing ties it to its host. */
  readonly canMove: boolean;
  moveTo(host: HostSystem): void;
  powerOff(): void;
  /** A device of the host was pulled out of its slot. */
  losePulledDevice(address: string): void;
}

/** What a host knows of the compute resource that it belongs to. */
export interface HostGroup extends ManagedEntity {
  readonly hosts: readonly HostSystem[];
  readonly pool: ManagedEntity;
  /** The machines of a host that enters maintenance mode leave it by themselves, where they can. */
  readonly drs: boolean;
  /** The resource pool of a machine on one of its hosts. */
  poolOf(vm: ManagedEntity): ManagedEntity;
  readonly environmentBrowser: ManagedObject;
}

const bootSetting = <T extends number | boolean>(given: T | BootSetting<T>): BootSetting<T> =>
  typeof given === "object" ? given : { configured: given, running: given };

const restarted = <T>({ configured }: BootSetting<T>): BootSetting<T> => ({ configured, running: configured });

/** An ESXi host: its state, and what becomes of it. */
export class HostSystem extends ManagedEntity {
  readonly devices: HostDevice[];
  readonly virtualMachines: HostedVirtualMachine[] = [];
  readonly datastores: Datastore[] = [];
  readonly networks: Network[] = [];
  readonly memoryBytes: number;
  readonly cpuThreads: number;
  readonly version: string;
  readonly uuid: string;
  /** What QueryConfigTarget calls the system: not the BIOS UUID. */
  readonly systemId: string;
  connectionState: "connected" | "disconnected" | "notResponding";
  restarting = false;
  inMaintenanceMode: boolean;
  bootTime: Date;
  maxIntrCookies: BootSetting<number>;
  enablePCIEHotplug: BootSetting<boolean>;

  constructor(
    world: World,
    id: string,
    readonly description: InventoryHost,
    readonly compute: HostGroup,
  ) {
    super(world, "HostSystem", id, description.name);
    this.parent = compute;
    this.devices = (description.devices ?? []).map(hostDevice);
    this.memoryBytes = (description.memoryGiB ?? 256) * 2 ** 30;
    this.cpuThreads = description.cpuThreads ?? 64;
    this.version = description.version ?? "8.0.3";
    this.uuid = description.uuid ?? stableUuid(`host ${this.name}`);
    this.systemId = stableUuid(`system ${this.name}`);
    this.connectionState = description.connectionState ?? "connected";
    this.inMaintenanceMode = description.maintenanceMode ?? false;
    this.bootTime = new Date(description.bootTime ?? world.now().getTime() - 86_400_000);
    this.maxIntrCookies = bootSetting(description.maxIntrCookies ?? this.defaultIntrCookies);
    this.enablePCIEHotplug = bootSetting(description.enablePCIEHotplug ?? true);
    if (description.restarting) this.comeBackLater();
  }

  /** In the ids of its systems. */
  get number(): string {
    return this.ref.id.replace(/^\D+/, "");
  }

  /** It is there for virtual machines to run on. */
  get available(): boolean {
    return this.connectionState === "connected" && !this.inMaintenanceMode;
  }

  get uptimeSeconds(): number {
    return Math.floor((this.world.now().getTime() - this.bootTime.getTime()) / 1000);
  }

  requireConnected(): void {
    if (this.connectionState !== "connected")
      throw new Fault("HostNotConnected", `${this.name} is ${this.connectionState}`);
  }

  /** The devices that the host shows. */
  get knownDevices(): HostDevice[] {
    return this.devices.filter((device) => device.known);
  }

  /** The devices that a virtual machine could have: passthrough active, whatever their class. */
  get offered(): HostDevice[] {
    return this.knownDevices.filter((device) => device.active && classOf(device) !== "0604");
  }

  device(address: string): HostDevice | undefined {
    return this.devices.find((device) => device.description.address === address);
  }

  /** The virtual machines that have a device. */
  users(address: string): HostedVirtualMachine[] {
    return this.virtualMachines.filter((vm) => vm.passthroughAddresses.includes(address));
  }

  /** The fault of a virtual machine that asks for more memory than the others that run leave to reserve. */
  whyNotReserve(wantedMiB: number, vm: HostedVirtualMachine): Fault | undefined {
    const others = this.virtualMachines.filter((other) => other !== vm && other.powerState === "poweredOn");
    const reserved = others.reduce((sum, { settings }) => sum + settings.memoryReservationMiB, 0);
    const unreserved = Math.floor(this.memoryBytes / 2 ** 20) - reserved;
    if (wantedMiB <= unreserved) return undefined;
    return new Fault("InsufficientMemoryResourcesFault", `${this.name} hasn't ${wantedMiB} MiB left to reserve`, {
      unreserved: unreserved * 2 ** 20,
      requested: wantedMiB * 2 ** 20,
    });
  }

  get hotPlugSupported(): boolean {
    return this.description.hotPlugSupported ?? atLeast(this.version, "8.0.1");
  }

  /** Passthrough can be switched without a restart. */
  get rebindWithoutReboot(): boolean {
    return this.description.rebindWithoutReboot ?? true;
  }

  /** The newest virtual hardware that it runs. */
  get newestHardwareVersion(): number {
    if (atLeast(this.version, "8.0.2")) return 21;
    return atLeast(this.version, "8.0.0") ? 20 : 19;
  }

  /** What the VMkernel's maxIntrCookies is where nobody set it. */
  get defaultIntrCookies(): number {
    return atLeast(this.version, "8.0.3") ? 4096 : 1024;
  }

  setConnectionState(state: HostSystem["connectionState"]): void {
    this.connectionState = state;
    this.world.changes.announce();
  }

  setMaintenanceMode(on: boolean): void {
    this.inMaintenanceMode = on;
    this.world.changes.announce();
  }

  /** The host looks at its slots again (V4), which it can't while it runs without hot plug of PCIe (H6). */
  refreshSlots(): void {
    if (this.enablePCIEHotplug.running) this.lookAtSlots();
  }

  private lookAtSlots(): void {
    for (const device of this.devices) {
      device.known = device.present;
      if (device.present) continue;
      device.enabled = device.active = false;
      for (const vm of this.virtualMachines) vm.losePulledDevice(device.description.address);
    }
    this.world.changes.announce();
  }

  restart(): void {
    this.setConnectionState("notResponding");
    this.comeBackLater();
  }

  /** Whatever becomes of vCenter meanwhile. */
  private comeBackLater(): void {
    this.restarting = true;
    void this.world.sleep(this.world.timings.hostRebootMs).then(
      () => this.comeBack(),
      () => undefined,
    );
  }

  /** After a restart: what waited for it holds. */
  private comeBack(): void {
    this.restarting = false;
    this.bootTime = this.world.now();
    this.maxIntrCookies = restarted(this.maxIntrCookies);
    this.enablePCIEHotplug = restarted(this.enablePCIEHotplug);
    this.lookAtSlots();
    for (const device of this.devices) device.active = device.enabled;
    this.setConnectionState("connected");
  }
}
