import type { World } from "../../core/world";
import type { Reference } from "../../value";
import { ManagedEntity } from "../managed-entity";

interface DatastoreContent {
  readonly capacityBytes: number;
  /** The host that has it mounted. */
  readonly host: Reference;
  readonly virtualMachines: () => Reference[];
}

export class Datastore extends ManagedEntity {
  /** Disks that no virtual machine has, by their file, each with its capacity in KiB. */
  readonly looseDisks = new Map<string, number>();

  constructor(world: World, id: string, name: string, { capacityBytes, host, virtualMachines }: DatastoreContent) {
    super(world, "Datastore", id, name);
    const freeSpace = Math.floor(capacityBytes / 2);
    this.offer({
      properties: {
        info: () => ({ name: this.name, url: this.url, freeSpace, maxFileSize: 2 ** 46, maxMemoryFileSize: 2 ** 46 }),
        summary: () => ({
          datastore: this.ref,
          name: this.name,
          url: this.url,
          capacity: capacityBytes,
          freeSpace,
          accessible: true,
          multipleHostAccess: false,
          type: "VMFS",
          maintenanceMode: "normal",
        }),
        host: () => [
          { key: host, mountInfo: { path: this.url, accessMode: "readWrite", mounted: true, accessible: true } },
        ],
        vm: virtualMachines,
        capability: () => ({
          directoryHierarchySupported: true,
          rawDiskMappingsSupported: true,
          perFileThinProvisioningSupported: true,
          storageIORMSupported: true,
          nativeSnapshotSupported: false,
        }),
      },
    });
  }

  get url(): string {
    return `ds:///vmfs/volumes/${this.ref.id}/`;
  }
}
