import type { Call, Operations } from "../../core/operation";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import type { InventoryVirtualMachine } from "../../inventory/inventory";
import type { DataObject, Reference } from "../../value";
import { ResourcePool } from "../compute-resource/resource-pool";
import { Folder } from "../datacenter/folder";
import type { HostSystem } from "../host/host-system";
import { checkValues } from "./config-spec";
import { configured, freeDirectory, newId, requireFreeName } from "./new-virtual-machine";
import { withAddresses } from "./devices/assign-addresses";
import { connectedFor } from "./devices/device-list";
import { placementOf } from "./devices/placement";
import { hostFor } from "./move";
import { powerOn } from "./power";
import type { VirtualMachine } from "./virtual-machine";

type Make = (world: World, id: string, description: InventoryVirtualMachine, host: HostSystem) => VirtualMachine;

/** A copy of it, or of a template. */
export const cloneOperations = (vm: VirtualMachine, make: Make): Operations => ({
  CloneVM_Task: {
    privilege: () => [`VirtualMachine.Provisioning.${vm.template ? "DeployTemplate" : "Clone"}`],
    run: ({ folder, name, spec }, call) =>
      clone(vm, { folder: folder as Reference, name: name as string, spec: spec as DataObject, make }, call),
  },
});

interface CloneRequest {
  readonly folder: Reference;
  readonly name: string;
  readonly spec: DataObject;
  readonly make: Make;
}

function clone(vm: VirtualMachine, { folder: folderRef, name, spec, make }: CloneRequest, call: Call): Reference {
  const { world } = vm;
  vm.requireReachable();
  const folder = world.get(folderRef);
  if (!(folder instanceof Folder))
    throw new Fault("InvalidArgument", "This is no folder", { invalidProperty: "folder" });
  const other = ["snapshot", "memory", "tpmProvisionPolicy"].find(
    (field) => spec[field] !== undefined && spec[field] !== false,
  );
  if (other)
    throw new Fault("NotSupported", `The embedded vCenter takes no ${other} where a virtual machine is cloned`);
  checkValues({ name });
  const location = spec["location"] as DataObject;
  const config = { ...(spec["config"] as DataObject | undefined), name };
  if (vm.template && !location["pool"] && !location["host"] && spec["template"] !== true)
    throw new Fault("InvalidArgument", "A clone of a template needs a resource pool", {
      invalidProperty: "spec.location.pool",
    });
  requireFreeName(folder, name);
  return vm.startTask({
    descriptionId: "VirtualMachine.clone",
    call,
    durationMs: world.timings.reconfigureMs,
    work: () => {
      requireFreeName(folder, name);
      const made = folder.put(copy(vm, name, { location, make }));
      configured(made, { ...config, deviceChange: [...deviceChangesOf(location), ...deviceChangesOf(config)] });
      made.template = spec["template"] === true;
      const pool = location["pool"] ? world.get(location["pool"] as Reference) : vm.host.compute.poolOf(vm);
      if (pool instanceof ResourcePool && pool.compute === made.host.compute) pool.put(made);
      if (spec["powerOn"] === true) powerOn(made);
      world.changes.announce();
      return made.ref;
    },
  });
}

const deviceChangesOf = (spec: DataObject): DataObject[] => (spec["deviceChange"] ?? []) as DataObject[];

/** Off, with files, addresses and ids of its own; what it is set to and what is passed through is the other's. */
function copy(
  vm: VirtualMachine,
  name: string,
  { location, make }: { location: DataObject; make: Make },
): VirtualMachine {
  const { world } = vm;
  if (vm.powerState !== "poweredOff" && vm.passthroughAddresses.length > 0)
    throw new Fault("MigrationFault", `${vm.name} runs with passthrough devices and can't be cloned`);
  const host = hostFor(world, location, vm.host);
  if (!host.available) throw new Fault("InvalidHostState", `${host.name} is not available`, { host: host.ref });
  if (vm.passthroughAddresses.length > 0 && host !== vm.host)
    throw new Fault(
      "MigrationFault",
      `${vm.name} has passthrough devices of ${vm.host.name}, and ${host.name} hasn't them`,
    );
  const id = newId(world);
  const home = placementOf(vm, host, { spec: location }).home?.name;
  const directory = freeDirectory(world, home, name);
  const { hardware } = placementOf(vm, host, { spec: location, copy: { uuid: id, directory } });
  const description: InventoryVirtualMachine = {
    ...vm.description,
    name,
    host: host.name,
    folder: undefined,
    directory,
    datastore: home,
    uuid: undefined,
    instanceUuid: undefined,
    powerState: "poweredOff",
    template: false,
    snapshot: undefined,
    snapshots: undefined,
    guestRequest: undefined,
    dynamicDevice: undefined,
    ipAddress: undefined,
    changeVersion: undefined,
    modified: undefined,
    lastDevice: undefined,
    devices: vm.attached.map(({ slot: _, ...device }) => device),
    hardwareVersion: vm.hardwareVersion,
    hardware: connectedFor(false, withoutAddresses(hardware)),
  };
  const made = make(world, id, description, host);
  const { extraConfig, ...settings } = vm.settings;
  Object.assign(made.settings, settings, { name, extraConfig: new Map(extraConfig) });
  made.hotPlugAtPowerOn = settings.fixedPassthruHotPlugEnabled;
  made.hardware = withAddresses(world, made.hardware);
  return made;
}

/** An address that vCenter chose is one machine's; one that somebody chose goes along. */
const withoutAddresses = (devices: readonly DataObject[]): DataObject[] =>
  devices.map((device) =>
    "macAddress" in device && device["addressType"] !== "manual" ? { ...device, macAddress: undefined } : device,
  );
