import { inventoryDevice } from "../core/host-device";
import type { World } from "../core/world";
import { ComputeResource } from "../objects/compute-resource/compute-resource";
import type { ResourcePool } from "../objects/compute-resource/resource-pool";
import { Folder } from "../objects/datacenter/folder";
import { HostSystem } from "../objects/host/host-system";
import { escapedName, type ManagedEntity } from "../objects/managed-entity";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import {
  type Inventory,
  type InventoryDatastore,
  type InventoryHost,
  type InventoryResourcePool,
  type InventoryTagCategory,
  type InventoryVirtualMachine,
  KEPT_SERIES,
} from "./inventory";

/** The way back: what is there now, as an inventory to go on from. `origin`: the one that the world was built from. */
export function currentInventory(world: World, origin: Inventory): Inventory {
  const hosts = world.all(HostSystem);
  return {
    vcenter: origin.vcenter,
    datacenter: origin.datacenter,
    networks: origin.networks,
    hosts: hosts.map(currentHost),
    folders: world
      .all(Folder)
      .map((folder) => ({ path: folderPath(folder), id: folder.ref.id }))
      .filter(({ path }) => path !== "")
      .sort((one, other) => depth(one.path) - depth(other.path)),
    clusters: origin.clusters,
    resourcePools: world.all(ComputeResource).flatMap(({ pool }) => poolsBelow(pool)),
    virtualMachines: hosts.flatMap((host) => onHost(host).map(currentVirtualMachine)),
    tagCategories: world.tagging.categories.map((category) => ({
      ...category,
      cardinality: category.cardinality as InventoryTagCategory["cardinality"],
      tags: world.tagging
        .tagsOf(category)
        .map(({ id, name, description, objects }) => ({ id, name, description, attachedTo: [...objects] })),
    })),
    roles: origin.roles,
    users: origin.users,
    numbers: Object.fromEntries(KEPT_SERIES.map((series) => [series, world.numbered(series)])),
  };
}

const currentHost = (host: HostSystem): InventoryHost => ({
  ...host.description,
  id: host.ref.id,
  connectionState: host.connectionState,
  maintenanceMode: host.inMaintenanceMode,
  maxIntrCookies: host.maxIntrCookies,
  enablePCIEHotplug: host.enablePCIEHotplug,
  bootTime: host.bootTime.toISOString(),
  restarting: host.restarting,
  devices: host.devices.map(inventoryDevice),
  datastores: host.datastores.map(({ name, ref, looseDisks }) => ({
    ...host.description.datastores?.find((one) => one.name === name),
    name,
    id: ref.id,
    disks: currentDisks(looseDisks),
  })),
});

const currentDisks = (disks: ReadonlyMap<string, number>): InventoryDatastore["disks"] =>
  disks.size === 0
    ? undefined
    : [...disks].map(([file, capacityKiB]) => ({ path: file.replace(/^\[[^\]]*\] /, ""), capacityKiB }));

/** A host knows its virtual machines as little as it can. */
const onHost = ({ virtualMachines }: HostSystem): VirtualMachine[] =>
  virtualMachines.filter((vm) => vm instanceof VirtualMachine);

function currentVirtualMachine(vm: VirtualMachine): InventoryVirtualMachine {
  const { description, settings } = vm;
  const { extraConfig, firmware, motherboardLayout, kept, ...rest } = settings;
  return {
    ...description,
    ...rest,
    firmware: firmware as InventoryVirtualMachine["firmware"],
    motherboardLayout: motherboardLayout as InventoryVirtualMachine["motherboardLayout"],
    extraConfig: [...extraConfig].map(([key, value]) => ({ key, value })),
    id: vm.ref.id,
    name: vm.name,
    host: vm.host.ref.id,
    folder: folderPath(vm.parent) || undefined,
    resourcePool: poolOf(vm),
    directory: vm.directory,
    uuid: vm.uuid,
    instanceUuid: vm.instanceUuid,
    powerState: vm.powerState,
    hardwareVersion: vm.hardwareVersion,
    template: vm.template,
    snapshot: undefined,
    snapshots: vm.snapshots.map(({ ref, name, description: text, created }) => ({
      id: ref.id,
      name,
      description: text,
      created: created.toISOString(),
    })),
    dynamicDevice: undefined,
    devices: vm.attached,
    hardware: vm.hardware,
    config: Object.keys(kept).length === 0 ? undefined : kept,
    datastore: vm.home?.name,
    lastDevice: vm.lastDevice,
    guestRequest: vm.guestRequest,
    bootTime: vm.bootTime?.toISOString(),
    modified: vm.modified.toISOString(),
    changeVersion: vm.changeVersion,
  };
}

/** Parents before what is in them. */
const poolsBelow = (pool: ResourcePool): InventoryResourcePool[] =>
  pool.pools.flatMap((child) => [
    { id: child.ref.id, name: child.name, parent: pool.isRoot ? pool.compute.name : pool.ref.id, ...child.allocations },
    ...poolsBelow(child),
  ]);

const depth = (path: string): number => path.split("/").length;

function poolOf(vm: VirtualMachine): string | undefined {
  const pool = vm.host.compute.poolOf(vm);
  return pool === vm.host.compute.pool ? undefined : pool.ref.id;
}

/** "team/databases"; empty for the datacenter's own folders and what is above them. */
function folderPath(entity?: ManagedEntity): string {
  if (!(entity instanceof Folder) || !(entity.parent instanceof Folder)) return "";
  return [folderPath(entity.parent), escapedName(entity.name)].filter(Boolean).join("/");
}
