import type { World } from "../../core/world";
import type { Reference, Value } from "../../value";
import { ManagedEntity, refs } from "../managed-entity";
import type { Operations, Properties } from "../managed-object";

/** A folder of one kind of objects; the root folder holds the datacenter. */
export class Folder extends ManagedEntity {
  readonly entries: ManagedEntity[] = [];

  constructor(
    world: World,
    id: string,
    name: string,
    private readonly childType: readonly string[],
  ) {
    super(world, "Folder", id, name);
  }

  override get children(): readonly ManagedEntity[] {
    return this.entries;
  }

  put<T extends ManagedEntity>(entity: T): T {
    entity.parent = this;
    this.entries.push(entity);
    return entity;
  }

  take(entity: ManagedEntity): void {
    this.entries.splice(this.entries.indexOf(entity), 1);
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    childType: () => this.childType,
    childEntity: () => refs(this.entries),
  };

  override operations: Operations = {};
}

export class Datacenter extends ManagedEntity {
  readonly vmFolder: Folder;
  readonly hostFolder: Folder;
  readonly datastoreFolder: Folder;
  readonly networkFolder: Folder;

  constructor(world: World, name: string) {
    super(world, "Datacenter", "datacenter-3", name);
    const folder = (id: string, label: string, ...childType: string[]): Folder => {
      const made = world.add(new Folder(world, id, label, ["Folder", ...childType]));
      made.parent = this;
      return made;
    };
    this.vmFolder = folder("group-v4", "vm", "VirtualMachine", "VirtualApp");
    this.hostFolder = folder("group-h5", "host", "ComputeResource");
    this.datastoreFolder = folder("group-s6", "datastore", "Datastore", "StoragePod");
    this.networkFolder = folder("group-n7", "network", "Network", "DistributedVirtualSwitch");
  }

  override get children(): readonly ManagedEntity[] {
    return [this.vmFolder, this.hostFolder, this.datastoreFolder, this.networkFolder];
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    vmFolder: () => this.vmFolder.ref,
    hostFolder: () => this.hostFolder.ref,
    datastoreFolder: () => this.datastoreFolder.ref,
    networkFolder: () => this.networkFolder.ref,
    datastore: () => refs(this.datastoreFolder.entries),
    network: () => refs(this.networkFolder.entries),
    configuration: () => ({}),
  };
}

export class Network extends ManagedEntity {
  constructor(world: World, id: string, name: string) {
    super(world, "Network", id, name);
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    summary: () => ({ network: this.ref, name: this.name, accessible: true, ipPoolName: "" }),
    host: () => [],
    vm: () => [],
  };
}

export interface DatastoreContent {
  readonly capacityBytes: number;
  /** The hosts that have it mounted. */
  readonly hosts: () => Reference[];
  readonly virtualMachines: () => Reference[];
}

export class Datastore extends ManagedEntity {
  constructor(
    world: World,
    id: string,
    name: string,
    private readonly content: DatastoreContent,
  ) {
    super(world, "Datastore", id, name);
  }

  get url(): string {
    return `ds:///vmfs/volumes/${this.ref.id}/`;
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    info: () => ({
      name: this.name,
      url: this.url,
      freeSpace: this.free,
      maxFileSize: 2 ** 46,
      maxMemoryFileSize: 2 ** 46,
    }),
    summary: () => ({
      datastore: this.ref,
      name: this.name,
      url: this.url,
      capacity: this.content.capacityBytes,
      freeSpace: this.free,
      accessible: true,
      multipleHostAccess: false,
      type: "VMFS",
      maintenanceMode: "normal",
    }),
    host: (): Value =>
      this.content.hosts().map((key) => ({
        key,
        mountInfo: { path: this.url, accessMode: "readWrite", mounted: true, accessible: true },
      })),
    vm: () => this.content.virtualMachines(),
    capability: () => ({
      directoryHierarchySupported: true,
      rawDiskMappingsSupported: true,
      perFileThinProvisioningSupported: true,
      storageIORMSupported: true,
      nativeSnapshotSupported: false,
    }),
  };

  private get free(): number {
    return Math.floor(this.content.capacityBytes / 2);
  }
}
