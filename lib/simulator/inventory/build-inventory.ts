import type { World } from "../core/world";
import { ComputeResource } from "../objects/compute-resource/compute-resource";
import { Datacenter } from "../objects/datacenter/datacenter";
import { Datastore } from "../objects/datacenter/datastore";
import { Folder } from "../objects/datacenter/folder";
import { Network } from "../objects/datacenter/network";
import { type HostedVirtualMachine, HostSystem } from "../objects/host/host-system";
import { makeHost } from "../objects/host/make-host";
import { refs } from "../objects/managed-object";
import { PbmProfileManager, PbmServiceInstance } from "../objects/pbm/storage-policies";
import { AuthorizationManager } from "../objects/service/authorization-manager";
import { OptionManager } from "../objects/service/option-manager";
import { SearchIndex } from "../objects/service/search-index";
import { ServiceInstance } from "../objects/service/service-instance";
import { ViewManager } from "../objects/service/view-manager";
import { TaskManager } from "../objects/task/task-manager";
import { createOperations } from "../objects/virtual-machine/create-virtual-machine";
import { makeVirtualMachine } from "../objects/virtual-machine/make-virtual-machine";
import type { Inventory, InventoryDatastore, InventoryHost, InventoryVirtualMachine } from "./inventory";

/** Fills an empty world with the service's managers and the inventory's objects. */
export function buildInventory(world: World, inventory: Inventory): void {
  world.tasks = world.add(new TaskManager(world));
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
    root.put(world.add(new Datacenter(world, inventory.datacenter ?? "DC0"))),
    inventory,
  ).build();
}

/** A folder of virtual machines: more can be made in it. */
const withCreate = (folder: Folder): Folder => folder.offer({ operations: createOperations(folder) });

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
    private readonly datacenter: Datacenter,
    private readonly inventory: Inventory,
  ) {
    const { hosts, networks = [{ name: "VM Network" }] } = inventory;
    this.use([...hosts, ...hosts.flatMap(({ datastores = [] }) => datastores), ...networks]);
    this.networks = networks.map(({ name, id }) => this.network(name, id));
  }

  build(): void {
    withCreate(this.datacenter.vmFolder);
    const hosts = this.inventory.hosts.map((description) => this.host(description));
    // Hosts come and go with the inventory alone, virtual machines at any time: what belongs to hosts is numbered
    // without regard to them.
    const { folders = [], virtualMachines = [] } = this.inventory;
    this.use([...folders, ...virtualMachines]);
    for (const { path, id } of folders) this.folder(path, id);
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
    const compute = new ComputeResource(this.world, number, cluster ?? name, cluster !== undefined);
    if (cluster !== undefined) this.clusters.set(cluster, compute);
    return this.datacenter.hostFolder.put(this.world.add(compute));
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
  }

  /** The folder of a path, made where it isn't there. */
  private folder(path: string, id?: string): Folder {
    const names = path.split("/").filter(Boolean);
    const name = names.pop();
    if (name === undefined) return this.datacenter.vmFolder;
    const parent = this.folder(names.join("/"));
    const known = parent.entries.find((entry) => entry instanceof Folder && entry.name === name) as Folder | undefined;
    return (
      known ??
      parent.put(
        withCreate(
          this.world.add(
            new Folder(this.world, id ?? this.id("group").replace("-", "-v"), name, ["Folder", "VirtualMachine"]),
          ),
        ),
      )
    );
  }
}
