import { isDynamic, fixedBacking, backingOf, passthroughDevice } from "../core/passthrough";
import { machineSettings } from "../core/machine-settings";
import type { MachineSettings } from "../core/machine-settings";
import { stableUuid } from "../core/random";
import type { World } from "../core/world";
import { Fault } from "../fault";
import type { InventoryVirtualMachine } from "../inventory/inventory";
import type { DataObject, Reference } from "../value";
import type { HostSystem } from "./host-system";
import { ManagedEntity } from "./managed-entity";
import type { Call, Operations, Properties } from "./managed-object";
import { reconfigurePrivileges } from "./machine-changes";
import { lifecycleOperations, Snapshot } from "./machine-lifecycle";
import { powerOperations } from "./power";
import { reconfigure } from "./reconfigure";
import { standardDevices } from "./standard-devices";
import type { TaskOptions } from "./task";
import { virtualMachineProperties } from "./virtual-machine-properties";

export type PowerState = "poweredOn" | "poweredOff" | "suspended";

/** A virtual machine. */
export class VirtualMachine extends ManagedEntity {
  readonly settings: MachineSettings;
  readonly uuid: string;
  readonly instanceUuid: string;
  devices: DataObject[];
  powerState: PowerState;
  hardwareVersion: number;
  template: boolean;
  changeVersion = "";
  modified: Date;
  bootTime?: Date;
  snapshots: readonly Snapshot[] = [];
  /** What fixedPassthruHotPlugEnabled was at power-on: hot plug goes by this one. */
  hotPlugAtPowerOn: boolean;
  private nextPassthroughKey = 13000;
  private nextSlot = 192;

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
    this.modified = world.now();
    this.hotPlugAtPowerOn = this.settings.fixedPassthruHotPlugEnabled;
    this.devices = standardDevices(this);
    for (const address of description.devices ?? []) this.attach(backingOf(host.device(address)!, host.systemId));
    if (this.powerState === "poweredOn") this.bootTime = new Date(world.now().getTime() - 3_600_000);
    if (description.snapshot !== undefined) this.addSnapshot(new Snapshot(this, description.snapshot, ""));
    this.touch();
    host.virtualMachines.push(this);
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

  /** The addresses of the host's devices that it has, of the fixed kind. */
  get passthroughAddresses(): string[] {
    return this.devices.flatMap((device) => fixedBacking(device)?.id ?? []);
  }

  get hasDynamicDevice(): boolean {
    return this.devices.some(isDynamic);
  }

  /** Starts a task on it, unless one is under way. */
  startTask(options: Omit<TaskOptions, "entity">): Reference {
    const other = this.world.tasks.busy(this);
    if (!other) return this.world.tasks.start({ ...options, entity: this }).ref;
    const fault = new Fault("TaskInProgress", `Another task is under way on ${this.name}: ${other.ref.id}`, { task: other.ref });
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
    const taken = new Set(this.devices.map((device) => device["key"]));
    while (taken.has(this.nextPassthroughKey)) this.nextPassthroughKey++;
    const key = this.nextPassthroughKey++;
    const slot = this.powerState === "poweredOn" ? (this.nextSlot += 32) : undefined;
    const labels = new Set(this.devices.map((device) => (device["deviceInfo"] as DataObject)["label"]));
    let ordinal = 0;
    while (labels.has(`PCI device ${ordinal}`)) ordinal++;
    this.devices = [...this.devices, passthroughDevice(key, ordinal, backing, slot)];
  }

  detach(key: number): void {
    this.devices = this.devices.filter((device) => device["key"] !== key);
  }

  /** A device that was pulled out of its slot leaves the machine that runs with it; one that is off finds out at power-on. */
  losePulledDevice(address: string): void {
    if (this.powerState !== "poweredOn" || !this.passthroughAddresses.includes(address)) return;
    this.devices = this.devices.filter((device) => fixedBacking(device)?.id !== address);
    this.touch();
  }

  /** Marks its configuration as changed. */
  touch(): void {
    this.modified = this.world.now();
    this.changeVersion = `${this.modified.toISOString()}#${this.world.number("change")}`;
    this.world.changes.announce();
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
    return !this.devices.some((device) => device.$type === "VirtualPCIPassthrough");
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
    if (host.connectionState !== "connected") throw new Fault("HostNotConnected", `${host.name} is ${host.connectionState}`);
    const state = description.connectionState ?? "connected";
    if (state !== "connected") throw new Fault("InvalidState", `${this.name} is ${state}`);
  }
}
