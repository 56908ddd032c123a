import type { World } from "../../core/world";
import type { DataObject } from "../../value";
import type { HostGroup } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";

const usage: DataObject = {
  reservationUsed: 0,
  reservationUsedForVm: 0,
  unreservedForPool: 0,
  unreservedForVm: 0,
  overallUsage: 0,
  maxUsage: 0,
};
const runtime: DataObject = { memory: usage, cpu: usage, overallStatus: "green" };
const unlimited: DataObject = {
  reservation: 0,
  expandableReservation: true,
  limit: -1,
  shares: { shares: 4000, level: "normal" },
};
const allocation: DataObject = { cpuAllocation: unlimited, memoryAllocation: unlimited };

/** The root pool of a compute resource. */
export class ResourcePool extends ManagedEntity {
  constructor(
    world: World,
    id: string,
    readonly compute: HostGroup,
  ) {
    super(world, "ResourcePool", id, "Resources");
    this.parent = compute;
    this.offer({
      properties: {
        owner: () => compute.ref,
        resourcePool: () => [],
        vm: () => refs(compute.hosts.flatMap(({ virtualMachines }) => virtualMachines.filter((vm) => !vm.template))),
        runtime: () => runtime,
        summary: () => ({ name: this.name, config: allocation, runtime }),
        config: () => ({ entity: this.ref, ...allocation }),
      },
    });
  }
}
