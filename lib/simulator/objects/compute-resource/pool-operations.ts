import type { Operations } from "../../core/operation";
import type { World } from "../../core/world";
import { Fault } from "../../fault";
import { type DataObject, listOf, Reference } from "../../value";
import { HostSystem } from "../host/host-system";
import { freeName } from "../managed-entity";
import { type Allocations, allocationsOf } from "./allocation";
import { ResourcePool } from "./resource-pool";

/** A resource pool in the world, with all that clients can do to it. */
export function makePool(
  world: World,
  id: string,
  content: ConstructorParameters<typeof ResourcePool>[2],
): ResourcePool {
  const pool = world.add(new ResourcePool(world, id, content));
  content.parent?.pools.push(pool);
  return pool.offer({ operations: poolOperations(pool) });
}

const poolOperations = (pool: ResourcePool): Operations => ({
  CreateResourcePool: {
    privilege: "Resource.CreatePool",
    run: ({ name, spec }) => {
      const made = makePool(pool.world, newId(pool.world), {
        compute: pool.compute,
        parent: pool,
        name: freeName(name as string, pool.pools),
        allocations: allocationsIn(spec as DataObject),
      });
      pool.world.changes.announce();
      return made.ref;
    },
  },
  UpdateConfig: {
    privilege: "Resource.EditPool",
    run: ({ name, config }) => {
      if (name !== undefined) rename(pool, name as string);
      if (config) pool.allocations = allocationsOf(allocationsIn(config as DataObject), pool.allocations);
      pool.world.changes.announce();
    },
  },
  MoveIntoResourcePool: {
    privilege: "Resource.AssignVMToPool",
    run: ({ list }) => {
      for (const ref of listOf(list) as Reference[]) moveInto(pool, ref);
    },
  },
  DestroyChildren: {
    privilege: "Resource.DeletePool",
    run: () => {
      for (const child of [...pool.pools]) destroyBelow(child);
    },
  },
  Destroy_Task: {
    privilege: "Resource.DeletePool",
    run: (_args, call) => {
      requireOwn(pool);
      return pool.world.tasks.start({
        descriptionId: "ResourcePool.destroy",
        entity: pool,
        call,
        durationMs: pool.world.timings.reconfigureMs,
        work: () => destroy(pool),
      });
    },
  },
  Rename_Task: {
    privilege: "Resource.RenamePool",
    run: ({ newName }, call) =>
      pool.world.tasks.start({
        descriptionId: "ResourcePool.rename",
        entity: pool,
        call,
        durationMs: pool.world.timings.reconfigureMs,
        work: () => rename(pool, newName as string),
      }),
  },
});

const allocationsIn = ({ cpuAllocation, memoryAllocation }: DataObject): Partial<Allocations> => ({
  cpuAllocation: cpuAllocation as DataObject | undefined,
  memoryAllocation: memoryAllocation as DataObject | undefined,
});

/** The root pool is its compute resource's: it can't be renamed or taken away. */
function requireOwn(pool: ResourcePool): void {
  if (pool.isRoot) throw new Fault("NotSupported", "This is the root pool of its compute resource");
}

const parentOf = (pool: ResourcePool): ResourcePool => pool.parent as ResourcePool;

function rename(pool: ResourcePool, name: string): void {
  requireOwn(pool);
  const others = parentOf(pool).pools.filter((other) => other !== pool);
  pool.name = freeName(name, others);
  pool.world.changes.announce();
}

function leave(pool: ResourcePool): void {
  const { pools } = parentOf(pool);
  pools.splice(pools.indexOf(pool), 1);
}

/** What is in it goes to its parent. */
function destroy(pool: ResourcePool): void {
  const parent = parentOf(pool);
  leave(pool);
  for (const child of pool.pools) {
    child.parent = parent;
    parent.pools.push(child);
  }
  for (const vm of [...pool.members]) parent.put(vm);
  pool.discard();
}

function destroyBelow(pool: ResourcePool): void {
  for (const child of [...pool.pools]) destroyBelow(child);
  destroy(pool);
}

function moveInto(pool: ResourcePool, ref: Reference): void {
  const moved = pool.world.get(ref);
  if (moved instanceof ResourcePool) return movePool(pool, moved);
  const vm = pool.compute.hosts.flatMap(({ virtualMachines }) => virtualMachines).find((one) => one === moved);
  if (!vm || moved instanceof HostSystem)
    throw new Fault("InvalidArgument", `${ref.id} is no machine or pool of ${pool.compute.name}`, {
      invalidProperty: "list",
    });
  pool.put(vm);
}

function movePool(to: ResourcePool, moved: ResourcePool): void {
  requireOwn(moved);
  for (let above: unknown = to; above instanceof ResourcePool; above = above.parent)
    if (above === moved)
      throw new Fault("InvalidArgument", "A pool can't be moved into itself", { invalidProperty: "list" });
  if (moved.compute !== to.compute)
    throw new Fault("InvalidArgument", "The pool is another compute resource's", { invalidProperty: "list" });
  if (moved.parent === to) return;
  freeName(moved.name, to.pools);
  leave(moved);
  moved.parent = to;
  to.pools.push(moved);
  to.world.changes.announce();
}

function newId(world: World): string {
  const id = `resgroup-${1000 + world.number("pool")}`;
  return world.find(new Reference("ResourcePool", id)) ? newId(world) : id;
}
