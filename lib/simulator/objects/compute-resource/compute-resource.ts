import type { World } from "../../core/world";
import type { DataObject } from "../../value";
import type { HostGroup, HostSystem } from "../host/host-system";
import { ManagedEntity } from "../managed-entity";
import { refs } from "../managed-object";
import { EnvironmentBrowser } from "./environment-browser";
import { makePool } from "./pool-operations";
import type { ResourcePool } from "./resource-pool";

/** What a cluster does by itself. */
interface ClusterSettings {
  /** Machines leave a host that enters maintenance mode. */
  readonly drs: boolean;
}

/** One host by itself, or a cluster of them. */
export class ComputeResource extends ManagedEntity implements HostGroup {
  readonly hosts: HostSystem[] = [];
  readonly pool: ResourcePool;
  readonly environmentBrowser: EnvironmentBrowser;

  constructor(
    world: World,
    number: number,
    name: string,
    /** None: one host by itself. */
    private readonly cluster?: ClusterSettings,
  ) {
    super(
      world,
      cluster ? "ClusterComputeResource" : "ComputeResource",
      `domain-${cluster ? "c" : "s"}${number}`,
      name,
    );
    this.pool = makePool(world, `resgroup-${number + 1}`, { compute: this });
    this.environmentBrowser = world.add(
      new EnvironmentBrowser(world, `envbrowser-${number}`, { hosts: () => this.hosts }),
    );
    this.offer({
      properties: {
        resourcePool: () => this.pool.ref,
        host: () => refs(this.hosts),
        datastore: () => refs([...new Set(this.hosts.flatMap(({ datastores }) => datastores))]),
        network: () => refs(this.hosts[0]?.networks ?? []),
        environmentBrowser: () => this.environmentBrowser.ref,
        summary: () => this.summary,
        configurationEx: () => ({
          $type: "ComputeResourceConfigInfo",
          vmSwapPlacement: "vmDirectory",
          spbmEnabled: false,
          ...(cluster && { $type: "ClusterConfigInfoEx", ...clusterConfig(cluster), ...CLUSTER_CONFIG_EX }),
        }),
        ...(cluster && {
          configuration: () => clusterConfig(cluster),
          summaryEx: () => this.summary,
        }),
      },
    });
  }

  get drs(): boolean {
    return this.cluster?.drs ?? false;
  }

  poolOf(vm: ManagedEntity): ResourcePool {
    return this.pool.holderOf(vm) ?? this.pool;
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

const clusterConfig = ({ drs }: ClusterSettings): DataObject => ({
  dasConfig: {
    enabled: false,
    vmMonitoring: "vmMonitoringDisabled",
    hostMonitoring: "enabled",
    vmComponentProtecting: "disabled",
    failoverLevel: 1,
    admissionControlEnabled: true,
    defaultVmSettings: {
      restartPriority: "medium",
      restartPriorityTimeout: 0,
      isolationResponse: "none",
      vmToolsMonitoringSettings: {
        enabled: false,
        vmMonitoring: "vmMonitoringDisabled",
        clusterSettings: true,
        failureInterval: 30,
        minUpTime: 120,
        maxFailures: 3,
        maxFailureWindow: -1,
      },
    },
    heartbeatDatastore: [],
    hBDatastoreCandidatePolicy: "allFeasibleDsWithUserPreference",
  },
  drsConfig: { enabled: drs, enableVmBehaviorOverrides: true, defaultVmBehavior: "fullyAutomated", vmotionRate: 3 },
});

const CLUSTER_CONFIG_EX: DataObject = {
  dpmConfigInfo: { enabled: false, defaultDpmBehavior: "automated", hostPowerActionRate: 3 },
  infraUpdateHaConfig: { enabled: false },
  proactiveDrsConfig: { enabled: false },
};
