import type { World } from "../core/world";
import { ComputeResource } from "../objects/compute-resource/compute-resource";
import { makePool } from "../objects/compute-resource/pool-operations";
import { ResourcePool } from "../objects/compute-resource/resource-pool";
import { Datacenter } from "../objects/datacenter/datacenter";
import { Datastore } from "../objects/datacenter/datastore";
import { Folder } from "../objects/datacenter/folder";
import { folderOperations } from "../objects/datacenter/folder-operations";
import { Network } from "../objects/datacenter/network";
import { type HostedVirtualMachine, HostSystem } from "../objects/host/host-system";
import { makeHost } from "../objects/host/make-host";
import { plainName } from "../objects/managed-entity";
import { refs } from "../objects/managed-object";
import { PbmProfileManager, PbmServiceInstance } from "../objects/pbm/storage-policies";
import { AuthorizationManager } from "../objects/service/authorization-manager";
import { EventManager } from "../objects/service/event-manager";
import { OptionManager } from "../objects/service/option-manager";
import { SearchIndex } from "../objects/service/search-index";
import { ServiceInstance } from "../objects/service/service-instance";
import { ViewManager } from "../objects/service/view-manager";
import { TaskManager } from "../objects/task/task-manager";
import { createOperations } from "../objects/virtual-machine/create-virtual-machine";
import { makeVirtualMachine } from "../objects/virtual-machine/make-virtual-machine";
import type {
  Inventory,
  InventoryDatastore,
  InventoryHost,
  InventoryResourcePool,
  InventoryVirtualMachine,
} from "./inventory";

/** Fills an empty world with the service's managers and the inventory's objects. */
export function buildInventory(world: World, inventory: Inventory): void {
  world.tasks = world.add(new TaskManager(world));
  world.events = world.add(new EventManager(world));
  const root = world.add(new Folder(world, world.root.id, "Datacenters", ["Folder", "Datacenter"]));
  for (const manager of [
    new ServiceInstance(world),
    new ViewManager(world),
    new SearchIndex(world, root),
    new AuthorizationManager(world),
    new OptionManager(world),
    new PbmServiceInstance(world),
    new PbmProfileManager(world),
  ]) {
    world.add(manager);
  }
  new InventoryBuilder(
    world,
    root,
    root.put(world.add(new Datacenter(world, inventory.datacenter ?? "DC0"))),
    inventory,
  ).build();
}

/** A folder with what clients can do to it; in one of virtual machines more can be made. */
function withOperations(folder: Folder): Folder {
  const make = (parent: Folder, id: string, name: string): Folder =>
    parent.put(withOperations(parent.world.add(new Folder(parent.world, id, name, parent.childType))));
  folder.offer({ operations: folderOperations(folder, make) });
  return folder.ref.id.startsWith("group-v") ? folder.offer({ operations: createOperations(folder) }) : folder;
}

const usersOf = (
  { virtualMachines }: HostSystem,
  uses: (vm: HostedVirtualMachine) => boolean,
): HostedVirtualMachine[] => virtualMachines.filter(uses);

class InventoryBuilder {
  private readonly clusters = new Map<string, ComputeResource>();
  private readonly used = new Set<string>();
  private readonly networks: readonly Network[];

  constructor(
    private readonly world: World,
    private readonly root: Folder,
    private readonly datacenter: Datacenter,
    private readonly inventory: Inventory,
  ) {
    const { hosts, networks = [{ name: "VM Network" }] } = inventory;
    this.use([...hosts, ...hosts.flatMap(({ datastores = [] }) => datastores), ...networks]);
    this.networks = networks.map(({ name, id }) => this.network(name, id));
  }

  build(): void {
    for (const folder of [this.root, ...this.datacenter.children]) withOperations(folder);
    const hosts = this.inventory.hosts.map((description) => this.host(description));
    // Hosts come and go with the inventory alone, virtual machines at any time: what belongs to hosts is numbered
    // without regard to them.
    const { folders = [], resourcePools = [], virtualMachines = [] } = this.inventory;
    this.use([...folders, ...resourcePools, ...virtualMachines]);
    for (const { path, id } of folders) this.folder(path, id);
    for (const description of resourcePools) this.pool(description);
    for (const description of virtualMachines) {
      const host = hosts.find((one) => one.name === description.host || one.ref.id === description.host);
      if (!host)
        throw new Error(
          `inventory: the virtual machine ${description.name} is on a host that isn't there: ${description.host}`,
        );
      this.virtualMachine(description, host);
    }
  }

  private use(objects: readonly { readonly id?: string }[]): void {
    for (const { id } of objects) if (id !== undefined) this.used.add(id);
  }

  /** The next free id of a series, by a number that no other object has. */
  private id(series: string): string {
    for (;;) {
      const number = this.world.number("object") + 99;
      if (![...this.used].some((id) => id.endsWith(`-${number}`))) return `${series}-${number}`;
    }
  }

  private compute({ name, cluster }: InventoryHost): ComputeResource {
    const known = cluster === undefined ? undefined : this.clusters.get(cluster);
    if (known) return known;
    const number = Number(this.id("domain").replace("domain-", ""));
    this.world.number("object");
    const compute = new ComputeResource(this.world, number, cluster ?? name, this.clusterSettings(cluster));
    if (cluster !== undefined) this.clusters.set(cluster, compute);
    return this.datacenter.hostFolder.put(this.world.add(compute));
  }

  private clusterSettings(name?: string): { drs: boolean } | undefined {
    const described = this.inventory.clusters?.find((cluster) => cluster.name === name);
    return name === undefined ? undefined : { drs: described?.drs ?? true };
  }

  private pool({ id, name, parent, ...allocations }: InventoryResourcePool): void {
    const compute = this.datacenter.hostFolder.entries.find((entry) => entry.name === parent);
    const within = compute instanceof ComputeResource ? compute.pool : this.poolById(parent);
    makePool(this.world, id, { compute: within.compute, parent: within, name, allocations });
  }

  private poolById(id: string): ResourcePool {
    const pool = this.world.all(ResourcePool).find(({ ref }) => ref.id === id);
    if (!pool) throw new Error(`inventory: there is no resource pool, cluster or host by itself "${id}"`);
    return pool;
  }

  private host(description: InventoryHost): HostSystem {
    const compute = this.compute(description);
    const host = makeHost(this.world, description.id ?? this.id("host"), description, compute);
    compute.hosts.push(host);
    host.networks.push(...this.networks);
    const [shortName] = host.name.split(".");
    for (const datastore of description.datastores ?? [{ name: `datastore-${shortName!}` }])
      this.datastore(host, datastore);
    for (const { usedFor } of description.devices ?? [])
      if (typeof usedFor === "object") this.datastore(host, { name: usedFor.datastore });
    return host;
  }

  private network(name: string, id = this.id("network")): Network {
    const hosts = (): HostSystem[] => this.world.all(HostSystem);
    const network: Network = new Network(this.world, id, name, {
      hosts: () => refs(hosts()),
      virtualMachines: () =>
        refs(hosts().flatMap((host) => usersOf(host, ({ networks }) => networks.includes(network)))),
    });
    return this.datacenter.networkFolder.put(this.world.add(network));
  }

  private datastore(host: HostSystem, { name, id, disks = [] }: InventoryDatastore): void {
    if (host.datastores.some((datastore) => datastore.name === name)) return;
    const datastore: Datastore = new Datastore(this.world, id ?? this.id("datastore"), name, {
      capacityBytes: 4 * 2 ** 40,
      host: host.ref,
      virtualMachines: () => refs(usersOf(host, ({ datastores }) => datastores.includes(datastore))),
    });
    for (const { path, capacityKiB } of disks) datastore.looseDisks.set(`[${name}] ${path}`, capacityKiB);
    host.datastores.push(this.datacenter.datastoreFolder.put(this.world.add(datastore)));
  }

  private virtualMachine(description: InventoryVirtualMachine, host: HostSystem): void {
    const vm = makeVirtualMachine(this.world, description.id ?? this.id("vm"), description, host);
    this.folder(description.folder ?? "").put(vm);
    if (description.resourcePool !== undefined) this.poolById(description.resourcePool).put(vm);
  }

  /** The folder of a path, made where it isn't there. Its id tells what it is to hold. */
  private folder(path: string, id = "group-v"): Folder {
    const names = path.split("/").filter(Boolean);
    const name = names.pop();
    const letter = id.charAt("group-".length);
    if (name === undefined) return this.datacenter.folderOf(letter) ?? this.root;
    const parent = this.folder(names.join("/"), `group-${letter}`);
    const known = parent.entries.find((entry) => entry instanceof Folder && entry.name === plainName(name));
    if (known) return known as Folder;
    const own = /\d$/.test(id) ? id : this.id("group").replace("-", `-${letter}`);
    return parent.put(withOperations(this.world.add(new Folder(this.world, own, plainName(name), parent.childType))));
  }
}
