import type { Call, Operations } from "../../core/operation";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
import { type DataObject, Reference } from "../../value";
import { ResourcePool } from "../compute-resource/resource-pool";
import type { Folder } from "../datacenter/folder";
import { HostSystem } from "../host/host-system";
import { applySettings, checkValues } from "./config-spec";
import { makeVirtualMachine } from "./make-virtual-machine";

/** A folder's operation that makes a virtual machine: off, and with none of what hot plug needs unless asked for. */
export const createOperations = (folder: Folder): Operations => ({
  CreateVM_Task: {
    privilege: "VirtualMachine.Inventory.Create",
    run: ({ config, pool, host }, call) =>
      create(folder, config as DataObject, { pool: pool as Reference, host: host as Reference | undefined, call }),
  },
});

interface Placement {
  readonly pool: Reference;
  readonly host?: Reference;
  readonly call: Call;
}

function create(folder: Folder, config: DataObject, { pool, host: hostRef, call }: Placement): Reference {
  const { world } = folder;
  const none = new Fault("InvalidArgument", "The pool or the host is none", { invalidProperty: "pool" });
  const resourcePool = world.get(pool);
  if (!(resourcePool instanceof ResourcePool)) throw none;
  const host = hostRef ? world.get(hostRef) : resourcePool.compute.hosts.find((one) => one.available);
  if (!(host instanceof HostSystem)) throw none;
  const name = config["name"] as string | undefined;
  if (!name) throw new Fault("InvalidName", "A virtual machine needs a name", { name: "" });
  checkValues(config);
  const other = folder.entries.find((entry) => entry.name === name);
  if (other) throw new Fault("DuplicateName", `${folder.name} holds a ${name} already`, { name, object: other.ref });
  return world.tasks.start({
    descriptionId: "Folder.createVm",
    entity: folder,
    call,
    durationMs: world.timings.reconfigureMs,
    work: () => {
      const vm = folder.put(makeVirtualMachine(world, newId(world), description(name, host, config), host));
      applySettings(vm, config);
      world.changes.announce();
      return vm.ref;
    },
  });
}

function newId(world: World): string {
  const id = `vm-${1000 + world.number("vm")}`;
  return world.find(new Reference("VirtualMachine", id)) ? newId(world) : id;
}

const description = (name: string, host: HostSystem, config: DataObject): InventoryVirtualMachine => ({
  name,
  host: host.name,
  powerState: "poweredOff",
  tools: "notInstalled",
  hardwareVersion: Number(
    /^vmx-(\d+)$/.exec((config["version"] as string | undefined) ?? "")?.[1] ?? host.newestHardwareVersion,
  ),
  uuid: config["uuid"] as string | undefined,
  instanceUuid: config["instanceUuid"] as string | undefined,
  firmware: "bios",
  motherboardLayout: "i440bxHostBridge",
  memoryReservationLockedToMax: false,
  fixedPassthruHotPlugEnabled: false,
});
