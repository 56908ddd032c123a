import type { World } from "../../core/world";
import { ManagedEntity } from "../managed-entity";

export class Network extends ManagedEntity {
  constructor(world: World, id: string, name: string) {
    super(world, "Network", id, name);
    this.offer({
      properties: {
        summary: () => ({ network: this.ref, name: this.name, accessible: true, ipPoolName: "" }),
        host: () => [],
        vm: () => [],
      },
    });
  }
}
