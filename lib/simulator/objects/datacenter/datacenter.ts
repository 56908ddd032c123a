import type { World } from "../../core/world";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";
import { Folder } from "./folder";

export class Datacenter extends ManagedEntity {
  readonly vmFolder = this.folder("group-v4", "vm", "VirtualMachine", "VirtualApp");
  readonly hostFolder = this.folder("group-h5", "host", "ComputeResource");
  readonly datastoreFolder = this.folder("group-s6", "datastore", "Datastore", "StoragePod");
  readonly networkFolder = this.folder("group-n7", "network", "Network", "DistributedVirtualSwitch");

  constructor(world: World, name: string) {
    super(world, "Datacenter", "datacenter-3", name);
    this.offer({
      properties: {
        vmFolder: () => this.vmFolder.ref,
        hostFolder: () => this.hostFolder.ref,
        datastoreFolder: () => this.datastoreFolder.ref,
        networkFolder: () => this.networkFolder.ref,
        datastore: () => refs(this.datastoreFolder.entries),
        network: () => refs(this.networkFolder.entries),
        configuration: () => ({}),
      },
    });
  }

  /** Its own folder of a kind, by the letter in the ids of such folders. */
  folderOf(letter: string): Folder | undefined {
    return this.children.find(({ ref }) => ref.id.startsWith(`group-${letter}`));
  }

  override get children(): readonly Folder[] {
    return [this.vmFolder, this.hostFolder, this.datastoreFolder, this.networkFolder];
  }

  private folder(id: string, label: string, ...childType: string[]): Folder {
    const made = this.world.add(new Folder(this.world, id, label, ["Folder", ...childType]));
    made.parent = this;
    return made;
  }
}
