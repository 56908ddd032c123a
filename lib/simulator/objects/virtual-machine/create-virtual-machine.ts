import type { Call, Operations } from "../../core/operation";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
import type { DataObject, Reference } from "../../value";
import { ResourcePool } from "../compute-resource/resource-pool";
import type { Folder } from "../datacenter/folder";
import { HostSystem } from "../host/host-system";
import { checkValues } from "./config-spec";
import { builtInDevices } from "./devices/built-in-devices";
import { makeVirtualMachine } from "./make-virtual-machine";
import { configured, freeDirectory, newId, requireFreeName } from "./new-virtual-machine";

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
  requireFreeName(folder, name);
  return world.tasks.start({
    descriptionId: "Folder.createVm",
    entity: folder,
    call,
    durationMs: world.timings.reconfigureMs,
    work: () => {
      const at = homeOf(world, host, config);
      const id = newId(world);
      const made = { ...description(name, host, config), ...at, hardware: builtInDevices(id) };
      const vm = makeVirtualMachine(world, id, made, host);
      configured(folder.put(vm), specOf(config));
      resourcePool.put(vm);
      world.changes.announce();
      return vm.ref;
    },
  });
}

/** What is said of it where it is made needs no change afterwards. */
const specOf = ({ version: _, uuid: __, instanceUuid: ___, files: ____, ...spec }: DataObject): DataObject => spec;

const VMX = /^\[([^\]]+)\]\s*(?:([^/]+)\/[^/]*)?$/;

/** Where its files are to be: "[datastore1]" or "[datastore1] db/db.vmx"; in a folder that no other machine has. */
function homeOf(world: World, host: HostSystem, config: DataObject): { datastore?: string; directory: string } {
  const { $type: _, vmPathName = "", ...others } = (config["files"] ?? {}) as { $type?: string; vmPathName?: string };
  const [other] = Object.keys(others);
  if (other) throw new Fault("NotSupported", `The embedded vCenter takes no files.${other}`);
  const [, datastore, directory] = VMX.exec(vmPathName) ?? [];
  if (vmPathName !== "" && datastore === undefined)
    throw new Fault("InvalidDatastorePath", `"${vmPathName}" is no path on a datastore`, { datastorePath: vmPathName });
  if (datastore !== undefined && !host.datastores.some(({ name }) => name === datastore))
    throw new Fault("InvalidDatastore", `${host.name} has no datastore "${datastore}"`, { name: datastore });
  const home = datastore ?? host.datastores[0]?.name;
  return { datastore: home, directory: freeDirectory(world, home, directory ?? (config["name"] as string)) };
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
