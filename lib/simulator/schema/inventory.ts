/**
 * Datacenters, folders, compute resources, pools, datastores and networks. The notation is explained in
 * parse-schema.ts.
 */
export const inventoryTypes = `
DatacenterConfigInfo @5.1
  defaultHardwareVersionKey:string? maximumHardwareVersionKey:string?@7.0.2.0
ComputeResourceSummary
  totalCpu:int totalMemory:long numCpuCores:short numCpuThreads:short effectiveCpu:int effectiveMemory:long
  numHosts:int numEffectiveHosts:int overallStatus:ManagedEntityStatus
ClusterComputeResourceSummary : ComputeResourceSummary
  currentFailoverLevel:int admissionControlInfo:ClusterDasAdmissionControlInfo?@4.0 numVmotions:int
  targetBalance:int?@4.0 currentBalance:int?@4.0 drsScore:int?@7.0.0.0 numVmsPerDrsScoreBucket:int[]?@7.0.0.0
  usageSummary:ClusterUsageSummary?@6.0 currentEVCModeKey:string?@4.0 currentEVCGraphicsModeKey:string?@7.0.1.0
  dasData:ClusterDasData?@5.0 clusterMaintenanceModeStatus:string?@7.0.0.2 vcsHealthStatus:string?@7.0.1.1
  vcsSlots:ClusterComputeResourceVcsSlots[]?@7.0.1.1
ComputeResourceConfigInfo
  vmSwapPlacement:string spbmEnabled:boolean?@5.0 defaultHardwareVersionKey:string?@5.1
  maximumHardwareVersionKey:string?@7.0.2.0
ClusterConfigInfoEx : ComputeResourceConfigInfo
  systemVMsConfig:ClusterSystemVMsConfigInfo?@7.0.3.0 dasConfig:ClusterDasConfigInfo
  dasVmConfig:ClusterDasVmConfigInfo[]? drsConfig:ClusterDrsConfigInfo drsVmConfig:ClusterDrsVmConfigInfo[]?
  rule:ClusterRuleInfo[]? orchestration:ClusterOrchestrationInfo?@6.5
  vmOrchestration:ClusterVmOrchestrationInfo[]?@6.5 dpmConfigInfo:ClusterDpmConfigInfo?
  dpmHostConfig:ClusterDpmHostConfigInfo[]? vsanConfigInfo:VsanClusterConfigInfo?@5.5
  vsanHostConfig:VsanHostConfigInfo[]?@5.5 group:ClusterGroupInfo[]?@4.1
  infraUpdateHaConfig:ClusterInfraUpdateHaConfigInfo?@6.5 proactiveDrsConfig:ClusterProactiveDrsConfigInfo?@6.5
  cryptoConfig:ClusterCryptoConfigInfo?@7.0.0.0 vsanCoreConfig:VsanClusterCoreConfig?@9.0.0.0
ClusterConfigInfo
  dasConfig:ClusterDasConfigInfo dasVmConfig:ClusterDasVmConfigInfo[]? drsConfig:ClusterDrsConfigInfo
  drsVmConfig:ClusterDrsVmConfigInfo[]? rule:ClusterRuleInfo[]?
ClusterDasVmSettings @2.5
  restartPriority:string? restartPriorityTimeout:int?@6.5 isolationResponse:string?
  vmToolsMonitoringSettings:ClusterVmToolsMonitoringSettings?@4.0
ClusterVmToolsMonitoringSettings @4.0
  enabled:boolean? vmMonitoring:string?@4.1 clusterSettings:boolean? failureInterval:int? minUpTime:int?
  maxFailures:int? maxFailureWindow:int?
ClusterDpmConfigInfo @2.5
  enabled:boolean? defaultDpmBehavior:DpmBehavior? hostPowerActionRate:int?@4.0 option:OptionValue[]?
enum DpmBehavior
  manual automated
ClusterInfraUpdateHaConfigInfo @6.5
  enabled:boolean? behavior:string? moderateRemediation:string? severeRemediation:string? providers:string[]?
ClusterProactiveDrsConfigInfo @6.5
  enabled:boolean?
ClusterDasConfigInfo
  enabled:boolean? vmMonitoring:string?@4.0 hostMonitoring:string?@4.0 vmComponentProtecting:string?@6.0
  failoverLevel:int? admissionControlPolicy:ClusterDasAdmissionControlPolicy?@4.0 admissionControlEnabled:boolean?
  defaultVmSettings:ClusterDasVmSettings? option:OptionValue[]? heartbeatDatastore:&Datastore[]?@5.0
  hBDatastoreCandidatePolicy:string?@5.0
ClusterDrsConfigInfo
  enabled:boolean? enableVmBehaviorOverrides:boolean?@4.0 defaultVmBehavior:DrsBehavior? vmotionRate:int?
  scaleDescendantsShares:string?@7.0.0.0 option:OptionValue[]?
enum DrsBehavior
  manual partiallyAutomated fullyAutomated
ResourcePoolSummary
  name:string config:ResourceConfigSpec runtime:ResourcePoolRuntimeInfo quickStats:ResourcePoolQuickStats?@4.0
  configuredMemoryMB:int?@4.0
ResourcePoolRuntimeInfo
  memory:ResourcePoolResourceUsage cpu:ResourcePoolResourceUsage overallStatus:ManagedEntityStatus
  sharesScalable:string?@7.0.0.0
ResourcePoolResourceUsage
  reservationUsed:long reservationUsedForVm:long unreservedForPool:long unreservedForVm:long overallUsage:long
  maxUsage:long
ResourceConfigSpec
  entity:&ManagedEntity? changeVersion:string? lastModified:dateTime? cpuAllocation:ResourceAllocationInfo
  memoryAllocation:ResourceAllocationInfo scaleDescendantsShares:string?@7.0.0.0
ResourceAllocationInfo
  reservation:long? expandableReservation:boolean? limit:long? shares:SharesInfo? overheadLimit:long?
SharesInfo
  shares:int level:SharesLevel
enum SharesLevel
  low normal high custom
DatastoreSummary
  datastore:&Datastore? name:string url:string capacity:long freeSpace:long uncommitted:long?@4.0
  accessible:boolean multipleHostAccess:boolean? type:string maintenanceMode:string?@5.0
DatastoreInfo
  name:string url:string freeSpace:long maxFileSize:long maxVirtualDiskCapacity:long?@5.5
  maxMemoryFileSize:long@6.0 timestamp:dateTime?@4.0 containerId:string?@5.5 aliasOf:string?@6.7.1
  supportedVDiskFormats:string[]?@9.0.0.0 logicalSectorSize:int?@9.0.0.0 physicalSectorSize:int?@9.0.0.0
DatastoreCapability
  directoryHierarchySupported:boolean rawDiskMappingsSupported:boolean perFileThinProvisioningSupported:boolean
  storageIORMSupported:boolean@4.1 nativeSnapshotSupported:boolean@5.1
  topLevelDirectoryCreateSupported:boolean?@5.5 seSparseSupported:boolean?@5.5 vmfsSparseSupported:boolean?@6.5
  vsanSparseSupported:boolean?@6.5 upitSupported:boolean?@6.5 vmdkExpandSupported:boolean?@6.7
  clusteredVmdkSupported:boolean?@7.0.0.0
NetworkSummary
  network:&Network? name:string accessible:boolean ipPoolName:string@4.0 ipPoolId:int?@5.1
DatastoreHostMount
  key:&HostSystem mountInfo:HostMountInfo
HostMountInfo
  path:string? accessMode:string mounted:boolean?@5.0 accessible:boolean? inaccessibleReason:string?@5.1
  vmknicName:string?@8.0.1.0 vmknicActive:boolean?@8.0.1.0 mountFailedReason:string?@8.0.0.1
  numTcpConnections:int?@8.0.1.0
managed ManagedEntity : ExtensibleManagedObject
  parent:&ManagedEntity? customValue:CustomFieldValue[]? overallStatus:ManagedEntityStatus
  configStatus:ManagedEntityStatus configIssue:Event[]? effectiveRole:int[]? permission:Permission[]? name:string
  disabledMethod:string[]? recentTask:&Task[]? declaredAlarmState:AlarmState[]? triggeredAlarmState:AlarmState[]?
  alarmActionsEnabled:boolean?@4.0 tag:Tag[]?@4.0
  Reload() void
  Rename_Task(newName:string) &Task ! DuplicateName InvalidName
  Destroy_Task() &Task ! VimFault
managed ExtensibleManagedObject
  value:CustomFieldValue[]? availableField:CustomFieldDef[]?
managed Folder : ManagedEntity
  childType:string[]? childEntity:&ManagedEntity[]? namespace:string?@7.0.0.0
  externallyManagedFolderInfo:FolderExternallyManagedFolderInfo?@9.0.0.0
  CreateFolder(name:string) &Folder ! DuplicateName InvalidName
  CreateVM_Task(config:VirtualMachineConfigSpec pool:&ResourcePool host:&HostSystem?) &Task
    ! VmConfigFault FileFault OutOfBounds DuplicateName InvalidName InvalidDatastore InsufficientResourcesFault
    AlreadyExists InvalidState
  MoveIntoFolder_Task(list:&ManagedEntity[]) &Task ! DuplicateName InvalidFolder InvalidState
managed Datacenter : ManagedEntity
  vmFolder:&Folder hostFolder:&Folder datastoreFolder:&Folder@4.0 networkFolder:&Folder@4.0 datastore:&Datastore[]?
  network:&Network[]? configuration:DatacenterConfigInfo@5.1
managed ComputeResource : ManagedEntity
  resourcePool:&ResourcePool? host:&HostSystem[]? datastore:&Datastore[]? network:&Network[]?
  summary:ComputeResourceSummary environmentBrowser:&EnvironmentBrowser? configurationEx:ComputeResourceConfigInfo
  lifecycleManaged:boolean?@6.9.1 configManagerEnabled:boolean?@8.0.0.0 networkBootMode:string?@9.0.0.0
managed ClusterComputeResource : ComputeResource
  configuration:ClusterConfigInfo recommendation:ClusterRecommendation[]?
  drsRecommendation:ClusterDrsRecommendation[]? summaryEx:ClusterComputeResourceSummary@7.0.1.1
  hciConfig:ClusterComputeResourceHCIConfigInfo?@6.7.1 migrationHistory:ClusterDrsMigration[]?
  actionHistory:ClusterActionHistory[]? drsFault:ClusterDrsFaults[]?@4.0
managed ResourcePool : ManagedEntity
  summary:ResourcePoolSummary runtime:ResourcePoolRuntimeInfo owner:&ComputeResource resourcePool:&ResourcePool[]?
  vm:&VirtualMachine[]? config:ResourceConfigSpec namespace:string?@7.0.0.0
  childConfiguration:ResourceConfigSpec[]?
  UpdateConfig(name:string? config:ResourceConfigSpec?) void
    ! InvalidName DuplicateName ConcurrentAccess InsufficientResourcesFault
  MoveIntoResourcePool(list:&ManagedEntity[]) void ! DuplicateName InsufficientResourcesFault
  UpdateChildResourceConfiguration(spec:ResourceConfigSpec[]) void ! InvalidState InsufficientResourcesFault
  CreateResourcePool(name:string spec:ResourceConfigSpec) &ResourcePool
    ! InvalidName DuplicateName InsufficientResourcesFault
  DestroyChildren() void
managed Datastore : ManagedEntity
  info:DatastoreInfo summary:DatastoreSummary host:DatastoreHostMount[]? vm:&VirtualMachine[]?
  browser:&HostDatastoreBrowser capability:DatastoreCapability iormConfiguration:StorageIORMInfo?@4.1
managed Network : ManagedEntity
  summary:NetworkSummary host:&HostSystem[]? vm:&VirtualMachine[]?
managed VirtualApp : ResourcePool @4.0
  parentFolder:&Folder? datastore:&Datastore[]? network:&Network[]? vAppConfig:VAppConfigInfo?
  parentVApp:&ManagedEntity?@4.1 childLink:VirtualAppLinkInfo[]?@4.1
managed StoragePod : Folder @5.0
  summary:StoragePodSummary? podStorageDrsEntry:PodStorageDrsEntry?
managed DistributedVirtualSwitch : ManagedEntity @4.0
  uuid:string capability:DVSCapability summary:DVSSummary config:DVSConfigInfo
  networkResourcePool:DVSNetworkResourcePool[]?@4.1 portgroup:&DistributedVirtualPortgroup[]?
  runtime:DVSRuntimeInfo?@5.1
managed VmwareDistributedVirtualSwitch : DistributedVirtualSwitch @4.0
managed DistributedVirtualPortgroup : Network @4.0
  key:string config:DVPortgroupConfigInfo portKeys:string[]?
managed OpaqueNetwork : Network @5.5
  capability:OpaqueNetworkCapability?@6.5 extraConfig:OptionValue[]?@6.5
`;
