import type { World } from "../../core/world";
import type { DataObject, Reference } from "../../value";
import { EnvironmentBrowser } from "./environment-browser";
import type { HostSystem } from "../host/host-system";
import { ManagedEntity, refs } from "../managed-entity";
import type { Properties } from "../managed-object";

/** The root pool of a compute resource. */
export class ResourcePool extends ManagedEntity {
  constructor(
    world: World,
    id: string,
    readonly compute: ComputeResource,
  ) {
    super(world, "ResourcePool", id, "Resources");
    this.parent = compute;
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    owner: () => this.compute.ref,
    resourcePool: () => [],
    vm: () => this.compute.hosts.flatMap((host) => refs(host.virtualMachines.filter((vm) => !vm.template))),
    runtime: () => ({ memory: usage, cpu: usage, overallStatus: "green" }),
    summary: () => ({
      name: this.name,
      config: allocation,
      runtime: { memory: usage, cpu: usage, overallStatus: "green" },
    }),
    config: () => ({ entity: this.ref, ...allocation }),
  };
}

const usage: DataObject = {
  reservationUsed: 0,
  reservationUsedForVm: 0,
  unreservedForPool: 0,
  unreservedForVm: 0,
  overallUsage: 0,
  maxUsage: 0,
};
const unlimited: DataObject = {
  reservation: 0,
  expandableReservation: true,
  limit: -1,
  shares: { shares: 4000, level: "normal" },
};
const allocation: DataObject = { cpuAllocation: unlimited, memoryAllocation: unlimited };

const CLUSTER_SETTINGS: DataObject = { dasConfig: { enabled: false }, drsConfig: { enabled: false } };

/** One host by itself, or a cluster of them. */
export class ComputeResource extends ManagedEntity {
  readonly hosts: HostSystem[] = [];
  readonly pool: ResourcePool;
  readonly environmentBrowser: EnvironmentBrowser;

  constructor(
    world: World,
    number: number,
    name: string,
    private readonly cluster: boolean,
  ) {
    super(
      world,
      cluster ? "ClusterComputeResource" : "ComputeResource",
      `domain-${cluster ? "c" : "s"}${number}`,
      name,
    );
    this.pool = world.add(new ResourcePool(world, `resgroup-${number + 1}`, this));
    this.environmentBrowser = world.add(new EnvironmentBrowser(world, `envbrowser-${number}`, this));
    if (cluster) this.properties = { ...this.properties, configuration: () => CLUSTER_SETTINGS };
  }

  override get children(): readonly ManagedEntity[] {
    return [...this.hosts, this.pool];
  }

  override readonly properties: Properties = {
    ...this.entityProperties,
    resourcePool: () => this.pool.ref,
    host: () => refs(this.hosts),
    datastore: () =>
      [
        ...new Map(this.hosts.flatMap((host) => host.datastores).map((one) => [one.ref.id, one.ref])).values(),
      ] as Reference[],
    network: () => this.hosts[0]?.properties["network"]?.() ?? [],
    environmentBrowser: () => this.environmentBrowser.ref,
    summary: () => this.summary,
    configurationEx: () =>
      this.cluster
        ? { $type: "ClusterConfigInfoEx", vmSwapPlacement: "vmDirectory", ...CLUSTER_SETTINGS }
        : { vmSwapPlacement: "vmDirectory" },
  };

  private get summary(): DataObject {
    const threads = this.hosts.reduce((sum, host) => sum + host.cpuThreads, 0);
    const memory = this.hosts.reduce((sum, host) => sum + host.memoryBytes, 0);
    return {
      $type: this.cluster ? "ClusterComputeResourceSummary" : "ComputeResourceSummary",
      totalCpu: threads * 2500,
      totalMemory: memory,
      numCpuCores: threads / 2,
      numCpuThreads: threads,
      effectiveCpu: threads * 2500,
      effectiveMemory: Math.floor(memory / 2 ** 20),
      numHosts: this.hosts.length,
      numEffectiveHosts: this.hosts.filter((host) => host.available).length,
      overallStatus: "green",
      ...(this.cluster ? { currentFailoverLevel: 0, numVmotions: 0 } : {}),
    };
  }
}
