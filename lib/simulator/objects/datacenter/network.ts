import type { World } from "../../core/world";
import type { Reference } from "../../value";
import { ManagedEntity } from "../managed-entity";

interface NetworkContent {
  readonly hosts: () => Reference[];
  readonly virtualMachines: () => Reference[];
}

export class Network extends ManagedEntity {
  constructor(world: World, id: string, name: string, content: NetworkContent) {
    super(world, "Network", id, name);
    this.offer({
      properties: {
        summary: () => ({ network: this.ref, name: this.name, accessible: true, ipPoolName: "" }),
        host: content.hosts,
        vm: content.virtualMachines,
      },
    });
  }
}
