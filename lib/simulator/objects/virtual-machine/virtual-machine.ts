import {
  attachedDevice,
  type AttachedDevice,
  backingOf,
  dynamicDevice,
  fixedBacking,
  isDynamic,
  passthroughDevice,
} from "../../core/passthrough";
import { machineSettings, type MachineSettings } from "./settings";
import { stableUuid } from "../../core/random";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
import type { DataObject, Reference } from "../../value";
import type { HostSystem } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import type { Call, Operations, Properties } from "../managed-object";
import { reconfigurePrivileges } from "./config-spec";
import { lifecycleOperations, Snapshot } from "./lifecycle";
import { carryOutGuestRequest, powerOperations } from "./power";
import { reconfigure } from "./reconfigure";
import { standardDevices } from "./standard-devices";
import type { TaskOptions } from "../task/task-manager";
import { virtualMachineProperties } from "./virtual-machine-properties";

export type PowerState = "poweredOn" | "poweredOff" | "suspended";

/** A virtual machine. */
export class VirtualMachine extends ManagedEntity {
  readonly settings: MachineSettings;
  readonly uuid: string;
  readonly instanceUuid: string;
  /** What its directory and files are called, whatever it is renamed to. */
  readonly directory: string;
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
  lastDevice: { readonly key: number; readonly slot: number };

  constructor(
    world: World,
    id: string,
    readonly description: InventoryVirtualMachine,
    public host: HostSystem,
  ) {
    super(world, "VirtualMachine", id, description.name);
    this.settings = machineSettings(description);
    this.uuid = description.uuid ?? stableUuid(`bios ${id} ${this.name}`);
    this.instanceUuid = description.instanceUuid ?? stableUuid(`instance ${id} ${this.name}`);
    this.powerState = description.powerState ?? "poweredOn";
    this.hardwareVersion = description.hardwareVersion ?? 20;
    this.template = description.template ?? false;
    this.directory = description.directory ?? description.name;
    this.hotPlugAtPowerOn = this.settings.fixedPassthruHotPlugEnabled;
    this.lastDevice = description.lastDevice ?? { key: 12999, slot: 192 };
    if (description.dynamicDevice) this.attached = [dynamicDevice(description.dynamicDevice)];
    for (const device of description.devices ?? []) {
      if (typeof device === "string") this.attach(backingOf(host.device(device)!, host.systemId));
      else this.attached = [...this.attached, device];
    }
    if (this.powerState === "poweredOn")
      this.bootTime = new Date(description.bootTime ?? world.now().getTime() - 3_600_000);
    if (description.snapshot !== undefined)
      this.addSnapshot(new Snapshot(this, { name: description.snapshot, description: "" }));
    for (const snapshot of description.snapshots ?? []) this.addSnapshot(new Snapshot(this, snapshot));
    this.modified = new Date(description.modified ?? world.now());
    this.changeVersion = description.changeVersion ?? this.nextChangeVersion();
    host.virtualMachines.push(this);
    if (description.guestRequest) carryOutGuestRequest(this, description.guestRequest);
  }

  override readonly properties: Properties = { ...this.entityProperties, ...virtualMachineProperties(this) };

  override readonly operations: Operations = {
    ...powerOperations(this),
    ...lifecycleOperations(this),
    ReconfigVM_Task: {
      privilege: ({ spec }) => reconfigurePrivileges(spec as DataObject),
      run: ({ spec }, call) => reconfigure(this, spec as DataObject, call),
    },
  };

  get devices(): DataObject[] {
    return [...standardDevices(this), ...this.passthroughDevices];
  }

  /** Of these, the passthrough devices: every machine has the standard ones. */
  set devices(devices: readonly DataObject[]) {
    this.attached = devices.filter(({ $type }) => $type === "VirtualPCIPassthrough").map(attachedDevice);
  }

  get passthroughDevices(): DataObject[] {
    return this.attached.map(passthroughDevice);
  }

  /** The addresses of the host's devices that it has, of the fixed kind. */
  get passthroughAddresses(): string[] {
    return this.passthroughDevices.flatMap((device) => fixedBacking(device)?.id ?? []);
  }

  get hasDynamicDevice(): boolean {
    return this.passthroughDevices.some(isDynamic);
  }

  /** Starts a task on it, unless one is under way. */
  startTask(options: Omit<TaskOptions, "entity">): Reference {
    const other = this.world.tasks.busy(this);
    if (!other) return this.world.tasks.start({ ...options, entity: this }).ref;
    const fault = new Fault("TaskInProgress", `Another task is under way on ${this.name}: ${other.ref.id}`, {
      task: other.ref,
    });
    if (this.world.assumptions.busyVmFaultsAt === "call") throw fault;
    return this.failedTask(options.descriptionId, options.call, fault);
  }

  failedTask(descriptionId: string, call: Call, fault: Fault): Reference {
    const work = (): never => {
      throw fault;
    };
    return this.world.tasks.start({ descriptionId, call, entity: this, durationMs: 0, work }).ref;
  }

  /** Adds a passthrough device; vCenter chooses its key, and its slot while the machine runs. */
  attach(backing: DataObject): void {
    let { key, slot } = this.lastDevice;
    do key++;
    while (this.attached.some((device) => device.key === key));
    const running = this.powerState === "poweredOn";
    if (running) slot += 32;
    this.lastDevice = { key, slot };
    let ordinal = 0;
    while (this.attached.some((device) => device.ordinal === ordinal)) ordinal++;
    this.attached = [...this.attached, { key, ordinal, backing, slot: running ? slot : undefined }];
  }

  detach(key: number): void {
    this.devices = this.devices.filter((device) => device["key"] !== key);
  }

  /**
   * A device that was pulled out of its slot leaves the machine that runs with it; one that is off finds out at
   * power-on.
   */
  losePulledDevice(address: string): void {
    if (this.powerState !== "poweredOn" || !this.passthroughAddresses.includes(address)) return;
    this.devices = this.devices.filter((device) => fixedBacking(device)?.id !== address);
    this.touch();
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

  /** What is set at power-on holds until the next one. */
  takeIntoForce(): void {
    this.hotPlugAtPowerOn = this.settings.fixedPassthruHotPlugEnabled;
  }

  addSnapshot(snapshot: Snapshot): Snapshot {
    this.snapshots = [...this.snapshots, this.world.add(snapshot)];
    this.world.changes.announce();
    return snapshot;
  }

  removeSnapshots(gone: readonly Snapshot[]): void {
    for (const snapshot of gone) this.world.remove(snapshot);
    this.snapshots = this.snapshots.filter((snapshot) => !gone.includes(snapshot));
    this.world.changes.announce();
  }

  /** Nothing ties it to its host. */
  get canMove(): boolean {
    return this.attached.length === 0;
  }

  moveTo(host: HostSystem): void {
    this.host.virtualMachines.splice(this.host.virtualMachines.indexOf(this), 1);
    this.host = host;
    host.virtualMachines.push(this);
    this.world.changes.announce();
  }

  rename(name: string): void {
    this.name = name;
    this.settings.name = name;
    this.touch();
  }

  /** Throws what keeps every operation on the machine from its host. */
  requireReachable(): void {
    const { host, description } = this;
    if (host.connectionState !== "connected")
      throw new Fault("HostNotConnected", `${host.name} is ${host.connectionState}`);
    const state = description.connectionState ?? "connected";
    if (state !== "connected") throw new Fault("InvalidState", `${this.name} is ${state}`);
  }
}
