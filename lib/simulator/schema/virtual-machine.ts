/** Virtual machines: configuration, runtime and guest. The notation is explained in parse-schema.ts. */
export const virtualMachineTypes = `
enum VirtualMachineRecordReplayState
  recording replaying inactive
ToolsConfigInfoToolsLastInstallInfo @5.0
  counter:int fault:LocalizedMethodFault?
VirtualMachineConfigSpec
  changeVersion:string? name:string? version:string? createDate:dateTime?@6.7 uuid:string? instanceUuid:string?@4.0
  npivNodeWorldWideName:long[]? npivPortWorldWideName:long[]? npivWorldWideNameType:string?
  npivDesiredNodeWwns:short?@4.0 npivDesiredPortWwns:short?@4.0 npivTemporaryDisabled:boolean?@4.0
  npivOnNonRdmDisks:boolean?@4.0 npivWorldWideNameOp:string? locationId:string? guestId:string?
  alternateGuestName:string? annotation:string? files:VirtualMachineFileInfo? tools:ToolsConfigInfo?
  flags:VirtualMachineFlagInfo? consolePreferences:VirtualMachineConsolePreferences?
  powerOpInfo:VirtualMachineDefaultPowerOpInfo? rebootPowerOff:boolean?@8.0.0.1 numCPUs:int?
  vcpuConfig:VirtualMachineVcpuConfig[]?@7.0.0.0 numCoresPerSocket:int?@5.0 memoryMB:long?
  memoryHotAddEnabled:boolean?@2.5u2server cpuHotAddEnabled:boolean?@2.5u2server
  cpuHotRemoveEnabled:boolean?@2.5u2server virtualICH7MPresent:boolean?@5.0 virtualSMCPresent:boolean?@5.0
  deviceChange:VirtualDeviceConfigSpec[]? cpuAllocation:ResourceAllocationInfo?
  memoryAllocation:ResourceAllocationInfo? latencySensitivity:LatencySensitivity?@5.1
  cpuAffinity:VirtualMachineAffinityInfo? memoryAffinity:VirtualMachineAffinityInfo?
  networkShaper:VirtualMachineNetworkShaperInfo? cpuFeatureMask:VirtualMachineCpuIdInfoSpec[]?
  extraConfig:OptionValue[]? swapPlacement:string? bootOptions:VirtualMachineBootOptions?
  vAppConfig:VmConfigSpec?@4.0 ftInfo:FaultToleranceConfigInfo?@4.0 repConfig:ReplicationConfigSpec?@6.0
  vAppConfigRemoved:boolean?@4.0 vAssertsEnabled:boolean?@4.0 changeTrackingEnabled:boolean?@4.0
  firmware:string?@5.0 maxMksConnections:int?@5.0 guestAutoLockEnabled:boolean?@5.0 managedBy:ManagedByInfo?@5.0
  memoryReservationLockedToMax:boolean?@5.0 nestedHVEnabled:boolean?@5.1 vPMCEnabled:boolean?@5.1
  scheduledHardwareUpgradeInfo:ScheduledHardwareUpgradeInfo?@5.1 vmProfile:VirtualMachineProfileSpec[]?@5.5
  messageBusTunnelEnabled:boolean?@6.0 crypto:CryptoSpec?@6.5 migrateEncryption:string?@6.5
  sgxInfo:VirtualMachineSgxInfo?@7.0.0.0 ftEncryptionMode:string?@7.0.2.0
  guestMonitoringModeInfo:VirtualMachineGuestMonitoringModeInfo?@7.0.0.0 sevEnabled:boolean?@7.0.1.0
  virtualNuma:VirtualMachineVirtualNuma?@8.0.0.1 motherboardLayout:string?@8.0.0.1
  pmemFailoverEnabled:boolean?@7.0.2.0 vmxStatsCollectionEnabled:boolean?@7.0.3.1
  vmOpNotificationToAppEnabled:boolean?@7.0.3.0 vmOpNotificationTimeout:long?@8.0.0.1
  deviceSwap:VirtualMachineVirtualDeviceSwap?@8.0.0.1 simultaneousThreads:int?@8.0.0.1
  pmem:VirtualMachineVirtualPMem?@7.0.3.0 deviceGroups:VirtualMachineVirtualDeviceGroups?@8.0.0.1
  fixedPassthruHotPlugEnabled:boolean?@8.0.1.0 metroFtEnabled:boolean?@8.0.3.0 metroFtHostGroup:string?@8.0.3.0
  tdxEnabled:boolean?@9.0.0.0 sevSnpEnabled:boolean?@9.0.0.0
VirtualMachineConfigInfo
  changeVersion:string modified:dateTime name:string guestFullName:string version:string uuid:string
  createDate:dateTime?@6.7 instanceUuid:string?@4.0 npivNodeWorldWideName:long[]? npivPortWorldWideName:long[]?
  npivWorldWideNameType:string? npivDesiredNodeWwns:short?@4.0 npivDesiredPortWwns:short?@4.0
  npivTemporaryDisabled:boolean?@4.0 npivOnNonRdmDisks:boolean?@4.0 locationId:string? template:boolean
  guestId:string alternateGuestName:string annotation:string? files:VirtualMachineFileInfo tools:ToolsConfigInfo?
  flags:VirtualMachineFlagInfo consolePreferences:VirtualMachineConsolePreferences?
  defaultPowerOps:VirtualMachineDefaultPowerOpInfo rebootPowerOff:boolean?@8.0.0.1 hardware:VirtualHardware
  vcpuConfig:VirtualMachineVcpuConfig[]?@7.0.0.0 cpuAllocation:ResourceAllocationInfo?
  memoryAllocation:ResourceAllocationInfo? latencySensitivity:LatencySensitivity?@5.1
  memoryHotAddEnabled:boolean?@2.5u2server cpuHotAddEnabled:boolean?@2.5u2server
  cpuHotRemoveEnabled:boolean?@2.5u2server hotPlugMemoryLimit:long?@2.5u2server
  hotPlugMemoryIncrementSize:long?@2.5u2server cpuAffinity:VirtualMachineAffinityInfo?
  memoryAffinity:VirtualMachineAffinityInfo? networkShaper:VirtualMachineNetworkShaperInfo?
  extraConfig:OptionValue[]? cpuFeatureMask:HostCpuIdInfo[]?
  datastoreUrl:VirtualMachineConfigInfoDatastoreUrlPair[]? swapPlacement:string?
  bootOptions:VirtualMachineBootOptions? ftInfo:FaultToleranceConfigInfo?@4.0 repConfig:ReplicationConfigSpec?@6.0
  vAppConfig:VmConfigInfo?@4.0 vAssertsEnabled:boolean?@4.0 changeTrackingEnabled:boolean?@4.0 firmware:string?@5.0
  maxMksConnections:int?@5.0 guestAutoLockEnabled:boolean?@5.0 managedBy:ManagedByInfo?@5.0
  memoryReservationLockedToMax:boolean?@5.0 initialOverhead:VirtualMachineConfigInfoOverheadInfo?@5.0
  nestedHVEnabled:boolean?@5.1 vPMCEnabled:boolean?@5.1
  scheduledHardwareUpgradeInfo:ScheduledHardwareUpgradeInfo?@5.1 forkConfigInfo:VirtualMachineForkConfigInfo?@6.0
  vFlashCacheReservation:long?@5.5 vmxConfigChecksum:base64Binary?@6.0 messageBusTunnelEnabled:boolean?@6.0
  vmStorageObjectId:string?@6.0 swapStorageObjectId:string?@6.0 keyId:CryptoKeyId?@6.5
  guestIntegrityInfo:VirtualMachineGuestIntegrityInfo?@6.5 migrateEncryption:string?@6.5
  sgxInfo:VirtualMachineSgxInfo?@7.0.0.0 contentLibItemInfo:VirtualMachineContentLibraryItemInfo?@7.0.0.0
  ftEncryptionMode:string?@7.0.2.0 guestMonitoringModeInfo:VirtualMachineGuestMonitoringModeInfo?@7.0.0.0
  sevEnabled:boolean?@7.0.1.0 numaInfo:VirtualMachineVirtualNumaInfo?@8.0.0.1 pmemFailoverEnabled:boolean?@7.0.2.0
  vmxStatsCollectionEnabled:boolean?@7.0.3.1 vmOpNotificationToAppEnabled:boolean?@7.0.3.0
  vmOpNotificationTimeout:long?@8.0.0.1 deviceSwap:VirtualMachineVirtualDeviceSwap?@8.0.0.1
  pmem:VirtualMachineVirtualPMem?@7.0.3.0 deviceGroups:VirtualMachineVirtualDeviceGroups?@8.0.0.1
  fixedPassthruHotPlugEnabled:boolean?@8.0.1.0 metroFtEnabled:boolean?@8.0.3.0
  vmxRuntimeConfig:OptionValue[]?@9.0.0.0 metroFtHostGroup:string?@8.0.3.0 tdxEnabled:boolean?@9.0.0.0
  sevSnpEnabled:boolean?@9.0.0.0
VirtualMachineFileInfo
  vmPathName:string? snapshotDirectory:string? suspendDirectory:string? logDirectory:string?
  ftMetadataDirectory:string?@6.0
ToolsConfigInfo
  toolsVersion:int? toolsInstallType:string?@6.5 afterPowerOn:boolean? afterResume:boolean?
  beforeGuestStandby:boolean? beforeGuestShutdown:boolean? beforeGuestReboot:boolean? toolsUpgradePolicy:string?
  pendingCustomization:string? customizationKeyId:CryptoKeyId?@6.5 syncTimeWithHostAllowed:boolean?@7.0.1.0
  syncTimeWithHost:boolean? lastInstallInfo:ToolsConfigInfoToolsLastInstallInfo?@5.0
VirtualMachineFlagInfo
  disableAcceleration:boolean? enableLogging:boolean? useToe:boolean? runWithDebugInfo:boolean? monitorType:string?
  htSharing:string? snapshotDisabled:boolean? snapshotLocked:boolean? diskUuidEnabled:boolean?
  virtualMmuUsage:string? virtualExecUsage:string?@4.0 snapshotPowerOffBehavior:string?
  recordReplayEnabled:boolean?@4.0 faultToleranceType:string?@6.0 cbrcCacheEnabled:boolean?@6.5
  vvtdEnabled:boolean?@6.7 vbsEnabled:boolean?@6.7
VirtualMachineConsolePreferences
  powerOnWhenOpened:boolean? enterFullScreenOnPowerOn:boolean? closeOnPowerOffOrSuspend:boolean?
VirtualMachineDefaultPowerOpInfo
  powerOffType:string? suspendType:string? resetType:string? defaultPowerOffType:string? defaultSuspendType:string?
  defaultResetType:string? standbyAction:string?
VirtualMachineAffinityInfo
  affinitySet:int[]?
enum ArrayUpdateOperation
  add remove edit
ArrayUpdateSpec
  operation:ArrayUpdateOperation removeKey:anyType?
VirtualMachineCpuIdInfoSpec : ArrayUpdateSpec
  info:HostCpuIdInfo?
HostCpuIdInfo
  level:int vendor:string? eax:string? ebx:string? ecx:string? edx:string?
VirtualMachineBootOptions
  bootDelay:long? enterBIOSSetup:boolean? efiSecureBootEnabled:boolean?@6.5 bootRetryEnabled:boolean?@4.1
  bootRetryDelay:long?@4.1 bootOrder:VirtualMachineBootOptionsBootableDevice[]?@5.0 networkBootProtocol:string?@6.0
VirtualMachineBootOptionsBootableDevice @5.0
ManagedByInfo @5.0
  extensionKey:string type:string
ScheduledHardwareUpgradeInfo @5.1
  upgradePolicy:string? versionKey:string? scheduledHardwareUpgradeStatus:string? fault:LocalizedMethodFault?
LatencySensitivity @5.1
  level:LatencySensitivitySensitivityLevel sensitivity:int?
enum LatencySensitivitySensitivityLevel
  low normal medium high custom
VirtualMachineConfigInfoDatastoreUrlPair
  name:string url:string
VirtualHardware
  numCPU:int numCoresPerSocket:int?@5.0 autoCoresPerSocket:boolean?@8.0.0.1 memoryMB:int
  virtualICH7MPresent:boolean?@5.0 virtualSMCPresent:boolean?@5.0 device:VirtualDevice[]?
  motherboardLayout:string?@8.0.0.1 simultaneousThreads:int?@8.0.0.1
VirtualMachineCapability
  snapshotOperationsSupported:boolean multipleSnapshotsSupported:boolean snapshotConfigSupported:boolean
  poweredOffSnapshotsSupported:boolean memorySnapshotsSupported:boolean revertToSnapshotSupported:boolean
  quiescedSnapshotsSupported:boolean disableSnapshotsSupported:boolean lockSnapshotsSupported:boolean
  consolePreferencesSupported:boolean cpuFeatureMaskSupported:boolean s1AcpiManagementSupported:boolean
  settingScreenResolutionSupported:boolean toolsAutoUpdateSupported:boolean vmNpivWwnSupported:boolean
  npivWwnOnNonRdmVmSupported:boolean vmNpivWwnDisableSupported:boolean@4.0 vmNpivWwnUpdateSupported:boolean@4.0
  swapPlacementSupported:boolean toolsSyncTimeSupported:boolean virtualMmuUsageSupported:boolean
  diskSharesSupported:boolean bootOptionsSupported:boolean bootRetryOptionsSupported:boolean@4.1
  settingVideoRamSizeSupported:boolean settingDisplayTopologySupported:boolean@2.5u2server
  recordReplaySupported:boolean@4.0 changeTrackingSupported:boolean@4.0 multipleCoresPerSocketSupported:boolean@5.0
  hostBasedReplicationSupported:boolean@5.0 guestAutoLockSupported:boolean@5.0
  memoryReservationLockSupported:boolean@5.0 featureRequirementSupported:boolean@5.1
  poweredOnMonitorTypeChangeSupported:boolean@5.1 seSparseDiskSupported:boolean@5.1 nestedHVSupported:boolean@5.1
  vPMCSupported:boolean@5.1 secureBootSupported:boolean?@6.5 perVmEvcSupported:boolean?@6.7
  virtualMmuUsageIgnored:boolean?@6.7 virtualExecUsageIgnored:boolean?@6.7
  diskOnlySnapshotOnSuspendedVMSupported:boolean?@6.7 suspendToMemorySupported:boolean?@7.0.2.0
  toolsSyncTimeAllowSupported:boolean?@7.0.1.0 sevSupported:boolean?@7.0.1.0 pmemFailoverSupported:boolean?@7.0.2.0
  requireSgxAttestationSupported:boolean?@8.0.0.1 changeModeDisksSupported:boolean?@8.0.0.1
  vendorDeviceGroupSupported:boolean?@8.0.1.0 sevSnpSupported:boolean?@9.0.0.0 tdxSupported:boolean?@9.0.0.0
VirtualMachineRuntimeInfo
  device:VirtualMachineDeviceRuntimeInfo[]?@4.1 host:&HostSystem? connectionState:VirtualMachineConnectionState
  powerState:VirtualMachinePowerState vmFailoverInProgress:boolean?@7.0.2.0
  faultToleranceState:VirtualMachineFaultToleranceState@4.0
  dasVmProtection:VirtualMachineRuntimeInfoDasProtectionState?@5.0 toolsInstallerMounted:boolean
  suspendTime:dateTime? bootTime:dateTime? suspendInterval:long? question:VirtualMachineQuestionInfo?
  memoryOverhead:long? maxCpuUsage:int? maxMemoryUsage:int? numMksConnections:int
  recordReplayState:VirtualMachineRecordReplayState@4.0 cleanPowerOff:boolean?@4.0 needSecondaryReason:string?@4.0
  onlineStandby:boolean@5.1 minRequiredEVCModeKey:string?@4.1 consolidationNeeded:boolean@5.0
  offlineFeatureRequirement:VirtualMachineFeatureRequirement[]?@5.1
  featureRequirement:VirtualMachineFeatureRequirement[]?@5.1 featureMask:HostFeatureMask[]?@5.1
  vFlashCacheAllocation:long?@5.5 paused:boolean?@6.0 snapshotInBackground:boolean?@6.0
  quiescedForkParent:boolean?@6.0 instantCloneFrozen:boolean?@6.7 cryptoState:string?@6.7
  suspendedToMemory:boolean?@7.0.2.0 opNotificationTimeout:long?@8.0.0.1 iommuActive:boolean?@8.0.1.0
enum VirtualMachineConnectionState
  connected disconnected orphaned inaccessible invalid
enum VirtualMachineMovePriority
  lowPriority highPriority defaultPriority
enum VirtualMachinePowerState
  poweredOff poweredOn suspended
enum VirtualMachineFaultToleranceState
  notConfigured disabled enabled needSecondary starting running
VirtualMachineDeviceRuntimeInfo @4.1
  runtimeState:VirtualMachineDeviceRuntimeInfoDeviceRuntimeState key:int
VirtualMachineDeviceRuntimeInfoDeviceRuntimeState @4.1
VirtualMachineSummary
  vm:&VirtualMachine? runtime:VirtualMachineRuntimeInfo guest:VirtualMachineGuestSummary?
  config:VirtualMachineConfigSummary storage:VirtualMachineStorageSummary?@4.0 quickStats:VirtualMachineQuickStats
  overallStatus:ManagedEntityStatus customValue:CustomFieldValue[]?
VirtualMachineConfigSummary
  name:string template:boolean vmPathName:string memorySizeMB:int? cpuReservation:int? memoryReservation:int?
  numCpu:int? numEthernetCards:int? numVirtualDisks:int? uuid:string? instanceUuid:string?@4.0 guestId:string?
  guestFullName:string? annotation:string? product:VAppProductInfo?@4.0 installBootRequired:boolean?@4.0
  ftInfo:FaultToleranceConfigInfo?@4.0 managedBy:ManagedByInfo?@5.0 tpmPresent:boolean?@6.7
  numVmiopBackings:int?@6.7 hwVersion:string?@6.9.1
VirtualMachineGuestSummary
  guestId:string? guestFullName:string? toolsStatus:VirtualMachineToolsStatus? toolsVersionStatus:string?@4.0
  toolsVersionStatus2:string?@5.0 toolsRunningStatus:string?@4.0 hostName:string? ipAddress:string?
  hwVersion:string?@6.9.1
VirtualMachineQuickStats
  overallCpuUsage:int? overallCpuDemand:int?@4.0 overallCpuReadiness:int?@7.0.0.0 guestMemoryUsage:int?
  hostMemoryUsage:int? guestHeartbeatStatus:ManagedEntityStatus distributedCpuEntitlement:int?
  distributedMemoryEntitlement:int? staticCpuEntitlement:int?@4.0 staticMemoryEntitlement:int?@4.0
  grantedMemory:int?@7.0.0.0 privateMemory:int?@4.0 sharedMemory:int?@4.0 swappedMemory:int?@4.0
  balloonedMemory:int?@4.0 consumedOverheadMemory:int?@4.0 ftLogBandwidth:int?@4.0 ftSecondaryLatency:int?@4.0
  ftLatencyStatus:ManagedEntityStatus?@4.0 compressedMemory:long?@4.1 uptimeSeconds:int?@4.1
  ssdSwappedMemory:long?@5.0 activeMemory:int?@7.0.3.0
  memoryTierStats:VirtualMachineQuickStatsMemoryTierStats[]?@7.0.3.0
VirtualMachineStorageSummary @4.0
  committed:long uncommitted:long unshared:long timestamp:dateTime
GuestInfo
  toolsStatus:VirtualMachineToolsStatus? toolsVersionStatus:string?@4.0 toolsVersionStatus2:string?@5.0
  toolsRunningStatus:string?@4.0 toolsVersion:string? toolsInstallType:string?@6.5 guestId:string?
  guestFamily:string? guestFullName:string? guestDetailedData:string?@8.0.2.0 hostName:string? ipAddress:string?
  net:GuestNicInfo[]? ipStack:GuestStackInfo[]?@4.1 disk:GuestDiskInfo[]? screen:GuestScreenInfo? guestState:string
  appHeartbeatStatus:string?@4.1 guestKernelCrashed:boolean?@6.0 appState:string?@5.5
  guestOperationsReady:boolean?@5.0 interactiveGuestOperationsReady:boolean?@5.0
  guestStateChangeSupported:boolean?@6.0 generationInfo:GuestInfoNamespaceGenerationInfo[]?@5.1
  hwVersion:string?@6.9.1 customizationInfo:GuestInfoCustomizationInfo?@7.0.2.0
enum VirtualMachineToolsStatus
  toolsNotInstalled toolsNotRunning toolsOld toolsOk
VirtualMachineSnapshotInfo
  currentSnapshot:&VirtualMachineSnapshot? rootSnapshotList:VirtualMachineSnapshotTree[]
VirtualMachineSnapshotTree
  snapshot:&VirtualMachineSnapshot vm:&VirtualMachine name:string description:string id:int@4.0 createTime:dateTime
  state:VirtualMachinePowerState quiesced:boolean backupManifest:string?@2.5u2server
  childSnapshotList:VirtualMachineSnapshotTree[]? replaySupported:boolean?@4.0
VirtualMachineFileLayout
  configFile:string[]? logFile:string[]? disk:VirtualMachineFileLayoutDiskLayout[]?
  snapshot:VirtualMachineFileLayoutSnapshotLayout[]? swapFile:string?
VirtualMachineFileLayoutEx @4.0
  file:VirtualMachineFileLayoutExFileInfo[]? disk:VirtualMachineFileLayoutExDiskLayout[]?
  snapshot:VirtualMachineFileLayoutExSnapshotLayout[]? timestamp:dateTime
VirtualMachineFileLayoutExFileInfo @4.0
  key:int name:string type:string size:long uniqueSize:long?@5.1 backingObjectId:string?@6.0
  accessible:boolean?@6.0
VirtualMachineStorageInfo @4.0
  perDatastoreUsage:VirtualMachineUsageOnDatastore[]? timestamp:dateTime
VirtualMachineUsageOnDatastore @4.0
  datastore:&Datastore committed:long uncommitted:long unshared:long
VirtualMachineMessage
  id:string argument:anyType[]? text:string?@4.0
VirtualMachineQuestionInfo
  id:string text:string choice:ChoiceOption message:VirtualMachineMessage[]?
VirtualMachineVirtualNumaInfo @8.0.0.1
  coresPerNumaNode:int? autoCoresPerNumaNode:boolean? vnumaOnCpuHotaddExposed:boolean?
VirtualMachineVirtualNuma @8.0.0.1
  coresPerNumaNode:int? exposeVnumaOnCpuHotadd:boolean?
VirtualMachineSgxInfo @7.0.0.0
  epcSize:long flcMode:string? lePubKeyHash:string? requireAttestation:boolean?@8.0.0.1
VirtualMachineMemoryReservationInfo
  virtualMachineMin:long virtualMachineMax:long virtualMachineReserved:long allocationPolicy:string
VirtualMachineNetworkShaperInfo
  enabled:boolean? peakBps:long? averageBps:long? burstSize:long?
ReplicationConfigSpec @5.0
  generation:long vmReplicationId:string destination:string port:int rpo:long quiesceGuestEnabled:boolean
  paused:boolean oppUpdatesEnabled:boolean netCompressionEnabled:boolean?@6.0 netEncryptionEnabled:boolean?@6.7
  encryptionDestination:string?@6.7 encryptionPort:int?@6.7 remoteCertificateThumbprint:string?@6.7
  dataSetsReplicationEnabled:boolean?@8.0.0.0 disk:ReplicationInfoDiskSettings[]?
managed VirtualMachine : ManagedEntity
  capability:VirtualMachineCapability config:VirtualMachineConfigInfo? layout:VirtualMachineFileLayout?
  layoutEx:VirtualMachineFileLayoutEx?@4.0 storage:VirtualMachineStorageInfo?@4.0
  environmentBrowser:&EnvironmentBrowser resourcePool:&ResourcePool? parentVApp:&ManagedEntity?@4.1
  resourceConfig:ResourceConfigSpec? runtime:VirtualMachineRuntimeInfo guest:GuestInfo?
  summary:VirtualMachineSummary datastore:&Datastore[]? network:&Network[]? snapshot:VirtualMachineSnapshotInfo?
  rootSnapshot:&VirtualMachineSnapshot[]?@4.1 guestHeartbeatStatus:ManagedEntityStatus
  CreateSnapshot_Task(name:string description:string? memory:boolean quiesce:boolean) &Task
    ! TaskInProgress SnapshotFault VmConfigFault FileFault InvalidName InvalidState
  RemoveAllSnapshots_Task(consolidate:boolean?@5.0 spec:SnapshotSelectionSpec?@8.0.3.0) &Task
    ! TaskInProgress InvalidState SnapshotFault
  ReconfigVM_Task(spec:VirtualMachineConfigSpec) &Task
    ! TaskInProgress VmConfigFault ConcurrentAccess FileFault InvalidName DuplicateName InvalidState
    InsufficientResourcesFault InvalidDatastore
  UpgradeVM_Task(version:string?) &Task ! InvalidState TaskInProgress AlreadyUpgraded NoDiskFound
  PowerOnVM_Task(host:&HostSystem?) &Task
    ! TaskInProgress InvalidState InsufficientResourcesFault VmConfigFault FileFault
  PowerOffVM_Task() &Task ! TaskInProgress InvalidState
  SuspendVM_Task() &Task ! TaskInProgress InvalidState
  ResetVM_Task() &Task ! TaskInProgress InvalidState
  ShutdownGuest() void ! ToolsUnavailable TaskInProgress InvalidState
  RebootGuest() void ! ToolsUnavailable TaskInProgress InvalidState
  StandbyGuest() void ! ToolsUnavailable TaskInProgress InvalidState
  MigrateVM_Task(pool:&ResourcePool? host:&HostSystem? priority:VirtualMachineMovePriority
    state:VirtualMachinePowerState?) &Task
    ! MigrationFault FileFault Timedout InsufficientResourcesFault InvalidState VmConfigFault
  RelocateVM_Task(spec:VirtualMachineRelocateSpec priority:VirtualMachineMovePriority?@4.0) &Task
    ! InvalidState InvalidDatastore MigrationFault VmConfigFault FileFault Timedout InsufficientResourcesFault
  CloneVM_Task(folder:&Folder name:string spec:VirtualMachineCloneSpec) &Task
    ! InvalidState InvalidDatastore TaskInProgress VmConfigFault FileFault MigrationFault InsufficientResourcesFault
  MarkAsTemplate() void ! InvalidState VmConfigFault FileFault
  MarkAsVirtualMachine(pool:&ResourcePool host:&HostSystem?) void
    ! InvalidState InvalidDatastore VmConfigFault FileFault
  UnregisterVM() void ! TaskInProgress InvalidPowerState
managed VirtualMachineSnapshot : ExtensibleManagedObject
  config:VirtualMachineConfigInfo childSnapshot:&VirtualMachineSnapshot[]?@4.1 vm:&VirtualMachine@6.0
  RemoveSnapshot_Task(removeChildren:boolean consolidate:boolean?@5.0) &Task ! TaskInProgress
managed EnvironmentBrowser
  datastoreBrowser:&HostDatastoreBrowser?
  QueryConfigOptionDescriptor() VirtualMachineConfigOptionDescriptor[]?
  QueryConfigOption(key:string? host:&HostSystem?) VirtualMachineConfigOption?
  QueryConfigOptionEx(spec:EnvironmentBrowserConfigOptionQuerySpec?) VirtualMachineConfigOption?@6.0
  QueryConfigTarget(host:&HostSystem?) ConfigTarget?
`;
