import type { Call, Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { DataObject, Reference } from "../../value";
import type { World } from "../../core/world";
import { ResourcePool } from "../compute-resource/resource-pool";
import { Folder } from "../datacenter/folder";
import { HostSystem } from "../host/host-system";
import { deviceChanges } from "./device-change";
import { changedDevices } from "./devices/change-devices";
import { deviceOwner } from "./devices/device-owner";
import { placementOf } from "./devices/placement";
import { changeHardware } from "./hardware-change";
import { isPassthrough } from "./passthrough-change";
import type { VirtualMachine } from "./virtual-machine";

/** To another host. */
export const moveOperations = (vm: VirtualMachine): Operations => ({
  RelocateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ spec }, call) => moveTask(vm, call, spec as DataObject),
  },
  MigrateVM_Task: {
    privilege: "Resource.HotMigrate",
    run: ({ host, pool }, call) =>
      moveTask(vm, call, { ...(host && { host: host as Reference }), ...(pool && { pool: pool as Reference }) }),
  },
});

/** A passthrough device ties a running virtual machine to the host it is on (N7). */
function moveTask(vm: VirtualMachine, call: Call, spec: DataObject): Reference {
  vm.requireReachable();
  const host = hostFor(vm.world, spec, vm.host);
  const folder = folderFor(vm, spec);
  return vm.startTask({
    descriptionId: "VirtualMachine.migrate",
    call,
    durationMs: vm.world.timings.powerMs,
    work: () => {
      if (!host.available) throw new Fault("InvalidHostState", `${host.name} is not available`, { host: host.ref });
      if (vm.powerState !== "poweredOff" && !vm.canMove)
        throw new Fault("MigrationFault", `${vm.name} has passthrough devices and can't move while it runs`);
      const changes = deviceChanges(spec);
      if (changes.some(isPassthrough))
        throw new Fault("NotSupported", "The embedded vCenter changes no passthrough device during a move");
      const placement = placementOf(vm, host, { spec });
      changedDevices({ ...deviceOwner(vm), ...placement }, changes);
      vm.moveTo(host, placement);
      changeHardware(vm, changes);
      if (folder) moveInto(vm, folder);
      const pool = spec["pool"] && vm.world.get(spec["pool"] as Reference);
      if (pool instanceof ResourcePool) pool.put(vm);
    },
  });
}

/** The host of a RelocateSpec: it names one, or a pool whose hosts take it. */
export function hostFor(world: World, { host: ref, pool: poolRef }: DataObject, now: HostSystem): HostSystem {
  if (ref) {
    const host = world.get(ref as Reference);
    if (!(host instanceof HostSystem)) throw invalid("host", "This is no host");
    return host;
  }
  if (!poolRef) return now;
  const pool = world.get(poolRef as Reference);
  if (!(pool instanceof ResourcePool)) throw invalid("pool", "This is no resource pool");
  if (pool.compute === now.compute) return now;
  const host = pool.compute.hosts.find(({ available }) => available);
  if (!host) throw invalid("pool", "No host of this pool is available");
  return host;
}

function folderFor({ world, parent }: VirtualMachine, { folder: ref }: DataObject): Folder | undefined {
  const folder = ref && world.get(ref as Reference);
  if (ref && !(folder instanceof Folder)) throw invalid("folder", "This is no folder");
  return folder instanceof Folder && folder !== parent ? folder : undefined;
}

function moveInto(vm: VirtualMachine, folder: Folder): void {
  if (vm.parent instanceof Folder) vm.parent.take(vm);
  folder.put(vm);
  vm.world.changes.announce();
}

const invalid = (invalidProperty: string, why: string): Fault => new Fault("InvalidArgument", why, { invalidProperty });
