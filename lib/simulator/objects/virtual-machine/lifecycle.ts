import { Fault } from "../../fault";
import type { InventorySnapshot } from "../../inventory/inventory";
import type { DataObject, Reference, Value } from "../../value";
import { type Call, ManagedObject, type Operations, type Properties } from "../managed-object";
import { Folder } from "../datacenter/datacenter";
import { HostSystem } from "../host/host-system";
import { checkValues } from "./config-spec";
import type { VirtualMachine } from "./virtual-machine";

/** A snapshot of a virtual machine. */
export class Snapshot extends ManagedObject {
  readonly name: string;
  readonly description: string;
  readonly created: Date;

  constructor(
    private readonly vm: VirtualMachine,
    { name, description, id, created }: Pick<InventorySnapshot, "name" | "description"> & Partial<InventorySnapshot>,
  ) {
    super(vm.world, "VirtualMachineSnapshot", id ?? `snapshot-${vm.world.number("snapshot") + 1000}`);
    this.name = name;
    this.description = description;
    this.created = new Date(created ?? vm.world.now());
  }

  override readonly properties: Properties = {
    config: () => this.vm.properties["config"]!(),
    childSnapshot: () => [],
    vm: () => this.vm.ref,
    availableField: () => [],
    value: () => [],
  };

  override readonly operations: Operations = {
    RemoveSnapshot_Task: {
      privilege: "VirtualMachine.State.RemoveSnapshot",
      run: (_args, call) => snapshotTask(this.vm, "removeSnapshot", call, () => this.vm.removeSnapshots([this])),
    },
  };

  get tree(): DataObject {
    return {
      snapshot: this.ref,
      vm: this.vm.ref,
      name: this.name,
      description: this.description,
      id: 1,
      createTime: this.created,
      state: this.vm.powerState,
      quiesced: false,
      replaySupported: false,
    };
  }
}

const snapshotTask = (vm: VirtualMachine, name: string, call: Call, work: () => Value | void): Reference =>
  vm.startTask({ descriptionId: `VirtualMachine.${name}`, call, durationMs: vm.world.timings.reconfigureMs, work });

/** Upgrades, snapshots, templates, and the end of a virtual machine. */
export const lifecycleOperations = (vm: VirtualMachine): Operations => ({
  UpgradeVM_Task: {
    privilege: "VirtualMachine.Config.UpgradeVirtualHardware",
    run: ({ version }, call) => {
      vm.requireReachable();
      return vm.startTask({
        descriptionId: "VirtualMachine.upgradeVirtualHardware",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => upgrade(vm, version as string | undefined),
      });
    },
  },
  CreateSnapshot_Task: {
    privilege: "VirtualMachine.State.CreateSnapshot",
    run: ({ name, description }, call) =>
      snapshotTask(vm, "createSnapshot", call, () => {
        if (vm.powerState === "poweredOn" && vm.passthroughAddresses.length > 0) {
          throw new Fault("SnapshotFault", `${vm.name} runs with passthrough devices: no snapshot can be taken`);
        }
        return vm.addSnapshot(
          new Snapshot(vm, { name: name as string, description: (description as string | undefined) ?? "" }),
        ).ref;
      }),
  },
  RemoveAllSnapshots_Task: {
    privilege: "VirtualMachine.State.RemoveSnapshot",
    run: (_args, call) => snapshotTask(vm, "removeAllSnapshots", call, () => vm.removeSnapshots(vm.snapshots)),
  },
  RelocateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ spec }, call) => moveTask(vm, (spec as DataObject)["host"] as Reference | undefined, call),
  },
  MigrateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ host }, call) => moveTask(vm, host as Reference | undefined, call),
  },
  MarkAsTemplate: { privilege: "VirtualMachine.Provisioning.MarkAsTemplate", run: () => markAsTemplate(vm, true) },
  MarkAsVirtualMachine: { privilege: "VirtualMachine.Provisioning.MarkAsVM", run: () => markAsTemplate(vm, false) },
  Destroy_Task: {
    privilege: "VirtualMachine.Inventory.Delete",
    run: (_args, call) =>
      vm.startTask({
        descriptionId: "VirtualMachine.destroy",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => {
          requireOff(vm);
          leave(vm);
        },
      }),
  },
  UnregisterVM: {
    privilege: "VirtualMachine.Inventory.Unregister",
    run: () => {
      requireOff(vm);
      leave(vm);
    },
  },
  Rename_Task: {
    privilege: "VirtualMachine.Config.Rename",
    run: ({ newName }, call) => {
      checkValues({ name: newName });
      return vm.startTask({
        descriptionId: "VirtualMachine.rename",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => vm.rename(newName as string),
      });
    },
  },
  Reload: { run: () => undefined },
});

/** To another host; a passthrough device ties a running machine to the one it is on (N7). */
function moveTask(vm: VirtualMachine, to: Reference | undefined, call: Call): Reference {
  vm.requireReachable();
  const host = vm.world.get(to ?? vm.host.ref);
  if (!(host instanceof HostSystem)) throw new Fault("InvalidArgument", "This is no host", { invalidProperty: "host" });
  return vm.startTask({
    descriptionId: "VirtualMachine.migrate",
    call,
    durationMs: vm.world.timings.powerMs,
    work: () => {
      if (!host.available) throw new Fault("InvalidHostState", `${host.name} is not available`, { host: host.ref });
      if (vm.powerState !== "poweredOff" && !vm.canMove)
        throw new Fault("MigrationFault", `${vm.name} has passthrough devices and can't move while it runs`);
      vm.moveTo(host);
    },
  });
}

function requireOff(vm: VirtualMachine): void {
  if (vm.powerState === "poweredOff") return;
  throw new Fault("InvalidPowerState", `${vm.name} is ${vm.powerState}`, {
    requestedState: "poweredOff",
    existingState: vm.powerState,
  });
}

function markAsTemplate(vm: VirtualMachine, template: boolean): void {
  requireOff(vm);
  vm.template = template;
  vm.touch();
}

function leave(vm: VirtualMachine): void {
  vm.host.virtualMachines.splice(vm.host.virtualMachines.indexOf(vm), 1);
  if (vm.parent instanceof Folder) vm.parent.take(vm);
  vm.removeSnapshots(vm.snapshots);
  vm.discard();
}

function upgrade(vm: VirtualMachine, version?: string): void {
  requireOff(vm);
  const newest = vm.host.newestHardwareVersion;
  const wanted = version === undefined ? newest : Number(/^vmx-(\d+)$/.exec(version)?.[1] ?? NaN);
  if (!(wanted <= newest)) {
    throw new Fault("VirtualHardwareVersionNotSupported", `${vm.host.name} has no ${String(version)}`, {
      hostName: vm.host.name,
      host: vm.host.ref,
    });
  }
  if (wanted <= vm.hardwareVersion)
    throw new Fault("AlreadyUpgraded", `${vm.name} has the hardware version ${vm.hardwareVersion}`);
  vm.hardwareVersion = wanted;
  vm.touch();
}
