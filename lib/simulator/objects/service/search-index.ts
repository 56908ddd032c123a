import type { Arguments, Operations } from "../../core/operation";
import type { World } from "../../core/world";
import type { Reference } from "../../value";
import { HostSystem } from "../host/host-system";
import { ManagedEntity, plainName } from "../managed-entity";
import { ManagedObject, refs } from "../managed-object";
import { VirtualMachine } from "../virtual-machine/virtual-machine";

/** Finds objects of the inventory by what names them. */
export class SearchIndex extends ManagedObject {
  constructor(
    world: World,
    private readonly root: ManagedEntity,
  ) {
    super(world, "SearchIndex", "SearchIndex");
  }

  override readonly operations: Operations = {
    FindByUuid: { run: (args) => this.byUuid(args)[0] },
    FindAllByUuid: { run: (args) => this.byUuid(args) },
    FindByInventoryPath: { run: ({ inventoryPath }) => this.byPath(inventoryPath as string)?.ref },
    FindChild: {
      run: ({ entity, name }) => {
        const parent = this.world.get(entity as Reference);
        return parent instanceof ManagedEntity ? parent.children.find((child) => child.name === name)?.ref : undefined;
      },
    },
    FindByDnsName: { run: (args) => this.byDnsName(args)[0] },
    FindAllByDnsName: { run: (args) => this.byDnsName(args) },
    FindByIp: { run: () => undefined },
    FindAllByIp: { run: () => [] },
  };

  private byUuid({ uuid, vmSearch, instanceUuid }: Arguments): Reference[] {
    const wanted = (uuid as string).toLowerCase();
    if (vmSearch !== true) return refs(this.world.all(HostSystem).filter((host) => host.uuid.toLowerCase() === wanted));
    return refs(
      this.world
        .all(VirtualMachine)
        .filter((vm) => (instanceUuid === true ? vm.instanceUuid : vm.uuid).toLowerCase() === wanted),
    );
  }

  private byPath(path: string): ManagedEntity | undefined {
    const names = path.split("/").filter(Boolean).map(plainName);
    return names.reduce<ManagedEntity | undefined>(
      (entity, name) => entity?.children.find((child) => child.name === name),
      this.root,
    );
  }

  private byDnsName({ dnsName, vmSearch }: Arguments): Reference[] {
    return refs(vmSearch === true ? [] : this.world.all(HostSystem).filter((host) => host.name === dnsName));
  }
}
