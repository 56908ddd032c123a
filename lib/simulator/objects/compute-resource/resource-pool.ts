import type { World } from "../../core/world";
import type { DataObject } from "../../value";
import type { HostGroup } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";
import { type Allocations, allocationsOf } from "./allocation";

const usage: DataObject = {
  reservationUsed: 0,
  reservationUsedForVm: 0,
  unreservedForPool: 0,
  unreservedForVm: 0,
  overallUsage: 0,
  maxUsage: 0,
};
const runtime: DataObject = { memory: usage, cpu: usage, overallStatus: "green" };

interface ResourcePoolContent {
  readonly compute: HostGroup;
  /** Undefined for the root pool of its compute resource. */
  readonly parent?: ResourcePool;
  readonly name?: string;
  readonly allocations?: Partial<Allocations>;
}

/** A share of a compute resource. */
export class ResourcePool extends ManagedEntity {
  readonly compute: HostGroup;
  readonly pools: ResourcePool[] = [];
  /** The machines that were put here; the root pool has all that are nowhere else. */
  readonly members = new Set<ManagedEntity>();
  allocations: Allocations;

  constructor(world: World, id: string, { compute, parent, name = "Resources", allocations }: ResourcePoolContent) {
    super(world, "ResourcePool", id, name);
    this.compute = compute;
    this.parent = parent ?? compute;
    this.allocations = allocationsOf(allocations);
    const vms = () => compute.hosts.flatMap(({ virtualMachines }) => virtualMachines.filter((vm) => !vm.template));
    this.offer({
      properties: {
        owner: () => compute.ref,
        resourcePool: () => refs(this.pools),
        vm: () => refs(vms().filter((vm) => compute.poolOf(vm) === this)),
        runtime: () => runtime,
        summary: () => ({ $type: "ResourcePoolSummary", name: this.name, config: this.config, runtime }),
        config: () => this.config,
        childConfiguration: () => this.pools.map(({ config }) => config),
      },
    });
  }

  override get children(): readonly ManagedEntity[] {
    return this.pools;
  }

  get isRoot(): boolean {
    return this.parent === this.compute;
  }

  private get config(): DataObject {
    return { entity: this.ref, ...this.allocations };
  }

  /** The pool that a machine was put into, here or below. */
  holderOf(vm: ManagedEntity): ResourcePool | undefined {
    if (this.members.has(vm)) return this;
    for (const pool of this.pools) {
      const holder = pool.holderOf(vm);
      if (holder) return holder;
    }
    return undefined;
  }

  put(vm: ManagedEntity): void {
    for (const pool of this.world.all(ResourcePool)) pool.members.delete(vm);
    if (!this.isRoot) this.members.add(vm);
    this.world.changes.announce();
  }
}
