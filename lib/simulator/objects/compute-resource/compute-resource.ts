import type { World } from "../../core/world";
import type { DataObject } from "../../value";
import type { HostGroup, HostSystem } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";
import { EnvironmentBrowser } from "./environment-browser";
import { ResourcePool } from "./resource-pool";

const CLUSTER_SETTINGS: DataObject = { dasConfig: { enabled: false }, drsConfig: { enabled: false } };

/** One host by itself, or a cluster of them. */
export class ComputeResource extends ManagedEntity implements HostGroup {
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
    this.environmentBrowser = world.add(new EnvironmentBrowser(world, `envbrowser-${number}`, this.hosts));
    this.offer({
      properties: {
        resourcePool: () => this.pool.ref,
        host: () => refs(this.hosts),
        datastore: () => refs([...new Set(this.hosts.flatMap(({ datastores }) => datastores))]),
        network: () => refs(this.hosts[0]?.networks ?? []),
        environmentBrowser: () => this.environmentBrowser.ref,
        summary: () => this.summary,
        configurationEx: () => ({
          vmSwapPlacement: "vmDirectory",
          ...(cluster && { $type: "ClusterConfigInfoEx", ...CLUSTER_SETTINGS }),
        }),
        ...(cluster && { configuration: () => CLUSTER_SETTINGS }),
      },
    });
  }

  override get children(): readonly ManagedEntity[] {
    return [...this.hosts, this.pool];
  }

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
