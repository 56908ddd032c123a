import { asFixed, backingOf, dynamicDevice, fixedBacking, isDynamic, passthroughDevice } from "../../core/passthrough";
import { stableUuid } from "../../core/random";
import type { TaskOptions } from "../../core/tasks";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { AttachedDevice, InventoryVirtualMachine } from "../../inventory/inventory";
import { revivedList } from "../../inventory/kept-data";
import type { DataObject, Reference } from "../../value";
import type { Datastore } from "../datacenter/datastore";
import { Folder } from "../datacenter/folder";
import type { Network } from "../datacenter/network";
import { rawDisk } from "../host/host-storage";
import type { HostedVirtualMachine, HostSystem } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import { defaultHardware } from "./devices/default-hardware";
import { connectedFor, slotsOf, withControllersNamed } from "./devices/device-list";
import type { DeviceOwner } from "./devices/device-owner";
import { filesOf } from "./devices/disk-files";
import { type Placement, placementOf } from "./devices/placement";
import { tellOfPulledDevice } from "./events";
import { type VirtualMachineSettings, virtualMachineSettings } from "./settings";
import type { Snapshot } from "./snapshot";

type PowerState = HostedVirtualMachine["powerState"];

/** A virtual machine: its state, and what becomes of it. */
export class VirtualMachine extends ManagedEntity implements HostedVirtualMachine, DeviceOwner {
  readonly settings: VirtualMachineSettings;
  readonly uuid: string;
  readonly instanceUuid: string;
  /** What its directory and files are called, whatever it is renamed to. */
  readonly directory: string;
  /** Where its own files are. */
  home?: Datastore;
  /** Its devices but those that are passed through, from the start. */
  hardware: readonly DataObject[];
  /** The devices that are passed through. */
  attached: readonly AttachedDevice[] = [];
  powerState: PowerState;
  hardwareVersion: number;
  template: boolean;
  changeVersion: string;
  modified: Date;
  bootTime?: Date;
  snapshots: readonly Snapshot[] = [];
  /** What the guest was asked to do and is about to. */
  guestRequest?: "shutdown" | "reboot";
  /** What fixedPassthruHotPlugEnabled was at power-on: hot plug goes by this one. */
  hotPlugAtPowerOn: boolean;
  /** What goes with it. */
  onEnd?: () => void;
  /** Where its guest is reached, where it has one. */
  guestAddress?: string;
  lastDevice: { readonly key: number; readonly slot: number };

  constructor(
    world: World,
    id: string,
    readonly description: InventoryVirtualMachine,
    public host: HostSystem,
  ) {
    super(world, "VirtualMachine", id, description.name);
    this.settings = virtualMachineSettings(description);
    this.uuid = description.uuid ?? stableUuid(`bios ${id} ${this.name}`);
    this.instanceUuid = description.instanceUuid ?? stableUuid(`instance ${id} ${this.name}`);
    this.powerState = description.powerState ?? "poweredOn";
    this.hardwareVersion = description.hardwareVersion ?? 20;
    this.template = description.template ?? false;
    this.directory = description.directory ?? description.name;
    this.home = host.datastores.find(({ name }) => name === description.datastore) ?? host.datastores[0];
    this.hardware = revivedList(description.hardware) ?? [
      ...defaultHardware(this),
      ...(description.rawDisks ?? []).map((disk, index) => rawDisk(this, disk, index)),
    ];
    this.hotPlugAtPowerOn = this.settings.fixedPassthruHotPlugEnabled;
    this.lastDevice = description.lastDevice ?? { key: 12999, slot: 192 };
    if (description.dynamicDevice) this.attached = [dynamicDevice(description.dynamicDevice)];
    for (const device of description.devices ?? []) {
      if (typeof device === "string") this.attach(backingOf(host.device(device)!, host.systemId));
      else this.attached = [...this.attached, device];
    }
    if (this.powerState === "poweredOn")
      this.bootTime = new Date(description.bootTime ?? world.now().getTime() - 3_600_000);
    this.modified = new Date(description.modified ?? world.now());
    this.changeVersion = description.changeVersion ?? this.nextChangeVersion();
    host.virtualMachines.push(this);
  }

  override discard(): void {
    this.onEnd?.();
    super.discard();
  }

  /** As vCenter shows them. */
  get devices(): DataObject[] {
    return withControllersNamed([...this.hardware, ...this.attached.map(passthroughDevice)]);
  }

  get diskFiles(): string[] {
    return filesOf(this.hardware);
  }

  get macAddresses(): string[] {
    return this.hardware.flatMap(({ macAddress }) => (macAddress as string | undefined) ?? []);
  }

  /** Where its own files are, and those of its devices. */
  get datastores(): Datastore[] {
    const used = this.backingsOf("datastore");
    return this.host.datastores.filter((one) => one === this.home || used.has(one.ref.id));
  }

  /** Those that its network adapters are on. */
  get networks(): Network[] {
    const used = this.backingsOf("network");
    return this.host.networks.filter(({ ref }) => used.has(ref.id));
  }

  private backingsOf(field: "datastore" | "network"): Set<string> {
    return new Set(
      this.hardware.flatMap(({ backing }) => ((backing as DataObject | undefined)?.[field] as Reference)?.id ?? []),
    );
  }

  get mappedDisks(): string[] {
    return this.hardware.flatMap(({ backing }) => ((backing as DataObject | undefined)?.["lunUuid"] as string) ?? []);
  }

  get passthroughAddresses(): string[] {
    return this.attached.flatMap(({ backing }) => asFixed(backing)?.id ?? []);
  }

  get hasDynamicDevice(): boolean {
    return this.attached.some(({ backing }) => isDynamic(backing));
  }

  /** VMware Tools run in the guest while it runs. */
  get hasTools(): boolean {
    return (this.description.tools ?? "running") === "running";
  }

  /** Starts a task on it, unless one is under way. */
  startTask(options: Omit<TaskOptions, "entity">): Reference {
    const { assumptions, tasks } = this.world;
    const other = tasks.busy(this);
    if (!other) return tasks.start({ ...options, entity: this });
    const fault = new Fault("TaskInProgress", `Another task is under way on ${this.name}: ${other.id}`, {
      task: other,
    });
    if (assumptions.busyVmFaultsAt === "call") throw fault;
    const work = (): never => {
      throw fault;
    };
    return tasks.start({ ...options, entity: this, durationMs: 0, work });
  }

  /** Adds a passthrough device; vCenter chooses its key, and its slot while the machine runs. */
  attach(backing: DataObject): void {
    let { key, slot } = this.lastDevice;
    do key++;
    while (this.attached.some((device) => device.key === key));
    const running = this.powerState === "poweredOn";
    const slots = slotsOf(this.devices);
    if (running) {
      do slot += 32;
      while (slots.has(slot));
    }
    this.lastDevice = { key, slot };
    let ordinal = 0;
    while (this.attached.some((device) => device.ordinal === ordinal)) ordinal++;
    this.attached = [...this.attached, { key, ordinal, backing, slot: running ? slot : undefined }];
  }

  detach(key: number): void {
    this.attached = this.attached.filter((device) => device.key !== key);
  }

  /** It loses the device if it runs with it; if it is off, it finds out at power-on. */
  losePulledDevice(address: string): void {
    if (this.powerState !== "poweredOn" || !this.passthroughAddresses.includes(address)) return;
    const lost = this.devices.filter((device) => fixedBacking(device)?.id === address);
    this.attached = this.attached.filter(({ backing }) => asFixed(backing)?.id !== address);
    this.touch();
    tellOfPulledDevice(this, lost);
  }

  /** Marks its configuration as changed. */
  touch(): void {
    this.modified = this.world.now();
    this.changeVersion = this.nextChangeVersion();
    this.world.changes.announce();
  }

  private nextChangeVersion(): string {
    return `${this.modified.toISOString()}#${this.world.number("change")}`;
  }

  /** What is set now holds until the next power-on. */
  powerOn(): void {
    this.powerState = "poweredOn";
    this.bootTime = this.world.now();
    this.hotPlugAtPowerOn = this.settings.fixedPassthruHotPlugEnabled;
    this.hardware = connectedFor(true, this.hardware);
    this.touch();
  }

  powerOff(): void {
    this.stop("poweredOff");
  }

  suspend(): void {
    this.stop("suspended");
  }

  private stop(state: PowerState): void {
    this.powerState = state;
    this.bootTime = undefined;
    this.hardware = connectedFor(false, this.hardware);
    this.touch();
  }

  addSnapshot(snapshot: Snapshot): void {
    this.snapshots = [...this.snapshots, this.world.add(snapshot)];
    this.world.changes.announce();
  }

  removeSnapshots(gone: readonly Snapshot[]): void {
    for (const snapshot of gone) this.world.remove(snapshot);
    this.snapshots = this.snapshots.filter((snapshot) => !gone.includes(snapshot));
    this.world.changes.announce();
  }

  get canMove(): boolean {
    return this.attached.length === 0 && this.mappedDisks.length === 0;
  }

  moveTo(host: HostSystem, { home, hardware }: Placement = placementOf(this, host)): void {
    this.leaveHost();
    this.host = host;
    this.home = home;
    this.hardware = hardware;
    host.virtualMachines.push(this);
    this.world.changes.announce();
  }

  leaveHost(): void {
    this.host.virtualMachines.splice(this.host.virtualMachines.indexOf(this), 1);
  }

  rename(name: string): void {
    this.name = name;
    this.settings.name = name;
    this.touch();
  }

  /** Throws what keeps every operation on it from its host. */
  requireReachable(): void {
    this.host.requireConnected();
    const state = this.description.connectionState ?? "connected";
    if (state !== "connected") throw new Fault("InvalidState", `${this.name} is ${state}`);
  }

  /** Its disks go with it. */
  override destroy(): void {
    this.requirePowerState("poweredOff");
    this.hardware = [];
    this.takeOut();
  }

  /** Takes it out of the inventory. */
  takeOut(): void {
    this.leaveHost();
    if (this.parent instanceof Folder) this.parent.take(this);
    this.removeSnapshots(this.snapshots);
    this.discard();
  }

  requirePowerState(state: PowerState): void {
    if (this.powerState !== state) throw this.wrongPowerState(state);
  }

  wrongPowerState(requestedState: PowerState, message = `${this.name} is ${this.powerState}`): Fault {
    return new Fault("InvalidPowerState", message, { requestedState, existingState: this.powerState });
  }
}
