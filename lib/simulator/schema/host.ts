/** Hosts: hardware, runtime, passthrough. The notation is explained in parse-schema.ts. */
export const hostTypes = `
HostServiceTicket
  host:string? port:int? sslThumbprint:string? sslCertificate:string?@9.0.0.0 service:string serviceVersion:string
  sessionId:string
HostConnectInfo
  serverIp:string? inDasCluster:boolean?@5.0 host:HostListSummary vm:VirtualMachineSummary[]?
  vimAccountNameRequired:boolean? clusterSupported:boolean? network:HostConnectInfoNetworkInfo[]?
  datastore:HostDatastoreConnectInfo[]? license:HostLicenseConnectInfo?@4.0 capability:HostCapability?@6.0
HostCapability
  recursiveResourcePoolsSupported:boolean cpuMemoryResourceConfigurationSupported:boolean rebootSupported:boolean
  shutdownSupported:boolean vmotionSupported:boolean standbySupported:boolean ipmiSupported:boolean?@4.0
  maxSupportedVMs:int? maxRunningVMs:int? maxSupportedVcpus:int? maxRegisteredVMs:int?@5.1
  datastorePrincipalSupported:boolean sanSupported:boolean nfsSupported:boolean iscsiSupported:boolean
  vlanTaggingSupported:boolean nicTeamingSupported:boolean highGuestMemSupported:boolean
  maintenanceModeSupported:boolean suspendedRelocateSupported:boolean restrictedSnapshotRelocateSupported:boolean
  perVmSwapFiles:boolean localSwapDatastoreSupported:boolean unsharedSwapVMotionSupported:boolean
  backgroundSnapshotsSupported:boolean preAssignedPCIUnitNumbersSupported:boolean screenshotSupported:boolean
  scaledScreenshotSupported:boolean storageVMotionSupported:boolean@4.0
  vmotionWithStorageVMotionSupported:boolean@4.0 vmotionAcrossNetworkSupported:boolean?@5.5
  maxNumDisksSVMotion:int?@6.0 maxVirtualDiskDescVersionSupported:int?@8.0.1.0 hbrNicSelectionSupported:boolean@5.1
  vrNfcNicSelectionSupported:boolean@6.0 recordReplaySupported:boolean@4.0 ftSupported:boolean@4.0
  replayUnsupportedReason:string?@4.0 replayCompatibilityIssues:string[]?@4.1 smpFtSupported:boolean@6.0
  ftCompatibilityIssues:string[]?@4.1 smpFtCompatibilityIssues:string[]?@6.0 maxVcpusPerFtVm:int?@6.0
  loginBySSLThumbprintSupported:boolean?@4.0 cloneFromSnapshotSupported:boolean@4.0
  deltaDiskBackingsSupported:boolean@4.0 perVMNetworkTrafficShapingSupported:boolean@2.5u2server
  tpmSupported:boolean@4.0 tpmVersion:string?@6.7 txtEnabled:boolean?@6.7 supportedCpuFeature:HostCpuIdInfo[]?@4.0
  virtualExecUsageSupported:boolean@4.0 storageIORMSupported:boolean@4.1 vmDirectPathGen2Supported:boolean?@4.1
  vmDirectPathGen2UnsupportedReason:string[]?@4.1 vmDirectPathGen2UnsupportedReasonExtended:string?@4.1
  supportedVmfsMajorVersion:int[]?@5.0 vStorageCapable:boolean@4.1 snapshotRelayoutSupported:boolean@5.0
  firewallIpRulesSupported:boolean?@5.0 servicePackageInfoSupported:boolean?@5.0 maxHostRunningVms:int?@5.0
  maxHostSupportedVcpus:int?@5.0 vmfsDatastoreMountCapable:boolean@5.0
  eightPlusHostVmfsSharedAccessSupported:boolean@5.1 nestedHVSupported:boolean@5.1 vPMCSupported:boolean@5.1
  interVMCommunicationThroughVMCISupported:boolean@5.1 scheduledHardwareUpgradeSupported:boolean?@5.1
  featureCapabilitiesSupported:boolean@5.1 latencySensitivitySupported:boolean@5.1
  storagePolicySupported:boolean?@5.5 accel3dSupported:boolean@5.1 reliableMemoryAware:boolean?@5.5
  multipleNetworkStackInstanceSupported:boolean?@5.5 messageBusProxySupported:boolean?@6.0
  vsanSupported:boolean?@5.5 vFlashSupported:boolean?@5.5 hostAccessManagerSupported:boolean?@6.0
  provisioningNicSelectionSupported:boolean@6.0 nfs41Supported:boolean?@6.0 nfs41Krb5iSupported:boolean?@6.5
  turnDiskLocatorLedSupported:boolean?@6.0 virtualVolumeDatastoreSupported:boolean?@6.0
  markAsSsdSupported:boolean?@6.0 markAsLocalSupported:boolean?@6.0 smartCardAuthenticationSupported:boolean?@6.0
  pMemSupported:boolean?@6.7 pMemSnapshotSupported:boolean?@6.7 cryptoSupported:boolean?@6.5
  oneKVolumeAPIsSupported:boolean?@6.5 gatewayOnNicSupported:boolean?@6.5 upitSupported:boolean?@6.5
  cpuHwMmuSupported:boolean?@6.5 encryptedVMotionSupported:boolean?@6.5
  encryptionChangeOnAddRemoveSupported:boolean?@6.5 encryptionHotOperationSupported:boolean?@6.5
  encryptionWithSnapshotsSupported:boolean?@6.5 encryptionFaultToleranceSupported:boolean?@6.5
  encryptionMemorySaveSupported:boolean?@6.5 encryptionRDMSupported:boolean?@6.5
  encryptionVFlashSupported:boolean?@6.5 encryptionCBRCSupported:boolean?@6.5 encryptionHBRSupported:boolean?@6.5
  ftEfiSupported:boolean?@6.7 unmapMethodSupported:string?@6.7 maxMemMBPerFtVm:int?@6.7
  virtualMmuUsageIgnored:boolean?@6.7 virtualExecUsageIgnored:boolean?@6.7 vmCreateDateSupported:boolean?@6.7
  vmfs3EOLSupported:boolean?@6.7 ftVmcpSupported:boolean?@6.7 quickBootSupported:boolean?@6.7.1
  encryptedFtSupported:boolean?@7.0.2.0 assignableHardwareSupported:boolean?@7.0.0.0
  suspendToMemorySupported:boolean?@7.0.2.0 useFeatureReqsForOldHWv:boolean?@6.8.7
  markPerenniallyReservedSupported:boolean?@6.7.2 hppPspSupported:boolean?@7.0.0.0
  deviceRebindWithoutRebootSupported:boolean?@7.0.0.0 storagePolicyChangeSupported:boolean?@7.0.0.0
  precisionTimeProtocolSupported:boolean?@7.0.0.0 remoteDeviceVMotionSupported:boolean?@7.0.0.0
  maxSupportedVmMemory:int?@7.0.0.0 ahDeviceHintsSupported:boolean?@7.0.2.0 nvmeOverTcpSupported:boolean?@7.0.3.0
  nvmeStorageFabricServicesSupported:boolean?@7.0.3.0 assignHwPciConfigSupported:boolean?@7.0.2.0
  timeConfigSupported:boolean?@7.0.3.0 nvmeBatchOperationsSupported:boolean?@7.0.3.0
  pMemFailoverSupported:boolean?@7.0.2.0 hostConfigEncryptionSupported:boolean?@7.0.2.0
  maxSupportedSimultaneousThreads:int?@8.0.0.1 ptpConfigSupported:boolean?@7.0.3.0
  maxSupportedPtpPorts:int?@7.0.3.0 sgxRegistrationSupported:boolean?@8.0.0.1
  pMemIndependentSnapshotSupported:boolean?@7.0.3.0 iommuSLDirtyCapable:boolean?@8.0.0.1
  vmknicBindingSupported:boolean?@8.0.1.0 ultralowFixedUnmapSupported:boolean?@8.0.0.1
  nvmeVvolSupported:boolean?@8.0.0.0 fptHotplugSupported:boolean?@8.0.1.0 mconnectSupported:boolean?@8.0.1.0
  vsanNicMgmtSupported:boolean?@8.0.2.0 vvolNQNSupported:boolean?@8.0.2.0 stretchedSCSupported:boolean?@8.0.3.0
  vmknicBindingOnNFSv41:boolean?@8.0.3.0 vpStatusCheckSupported:boolean?@8.0.3.0 e2e4knSupported:boolean?@9.0.0.0
  vsanDedicatedVmkNicSupported:boolean?@9.0.0.0 nConnectSupported:boolean?@8.0.3.0
  userKeySupported:boolean?@8.0.3.0 ndcmSupported:boolean?@8.0.3.0 uefiSecureBoot:boolean?@8.0.3.0
  vpxdVmxGenerationSupported:boolean?@9.0.0.0 nfs41Krb5pSupported:boolean?@9.0.0.0 cimSupported:boolean?@9.0.0.0
  npivSupported:boolean?@9.0.0.0 entitlementSupported:boolean?@9.0.0.0
HostHardwareInfo
  systemInfo:HostSystemInfo cpuPowerManagementInfo:HostCpuPowerManagementInfo?@4.0 cpuInfo:HostCpuInfo
  cpuPkg:HostCpuPackage[] memorySize:long numaInfo:HostNumaInfo? smcPresent:boolean@5.0 pciDevice:HostPciDevice[]?
  dvxClasses:HostDvxClass[]?@8.0.0.1 cpuFeature:HostCpuIdInfo[]? biosInfo:HostBIOSInfo?
  reliableMemoryInfo:HostReliableMemoryInfo?@5.5 persistentMemoryInfo:HostPersistentMemoryInfo?@6.7
  sgxInfo:HostSgxInfo?@7.0.0.0 sevInfo:HostSevInfo?@7.0.1.0 memoryTieringType:string?@7.0.3.0
  memoryTierInfo:HostMemoryTierInfo[]?@7.0.3.0 tdxInfo:HostTdxInfo?@9.0.0.0
HostSystemInfo
  vendor:string model:string family:string?@9.0.0.0 uuid:string
  otherIdentifyingInfo:HostSystemIdentificationInfo[]? serialNumber:string?@6.7
  qualifiedName:HostQualifiedName[]?@7.0.3.0 vvolHostNQN:HostQualifiedName?@8.0.0.0 vvolHostId:string?@8.0.0.0
  bootCommandLine:string?@8.0.3.0
HostSystemIdentificationInfo
  identifierValue:string identifierType:ElementDescription
HostCpuInfo
  numCpuPackages:short numCpuCores:short numCpuThreads:short hz:long
HostCpuPackage
  index:short vendor:string hz:long busHz:long description:string threadId:short[] cpuFeature:HostCpuIdInfo[]?
  family:short?@8.0.3.0 model:short?@8.0.3.0 stepping:short?@8.0.3.0
HostPciDevice
  id:string classId:short bus:byte slot:byte physicalSlot:int?@9.0.0.0 slotDescription:string?@9.0.0.0
  function:byte vendorId:short subVendorId:short vendorName:string deviceId:short subDeviceId:short
  parentBridge:string?@4.0 deviceName:string deviceClassName:string?@8.0.3.0
HostBIOSInfo
  biosVersion:string? releaseDate:dateTime? vendor:string?@6.5 majorRelease:int?@6.5 minorRelease:int?@6.5
  firmwareMajorRelease:int?@6.5 firmwareMinorRelease:int?@6.5 firmwareType:string?@8.0.2.0
HostRuntimeInfo
  connectionState:HostSystemConnectionState powerState:HostSystemPowerState standbyMode:string?@4.1
  inMaintenanceMode:boolean inQuarantineMode:boolean?@6.5 bootTime:dateTime?
  healthSystemRuntime:HealthSystemRuntime? dasHostState:ClusterDasFdmHostState?@5.0
  tpmPcrValues:HostTpmDigestInfo[]?@4.0 vsanRuntimeInfo:VsanHostRuntimeInfo?@5.5
  networkRuntimeInfo:HostRuntimeInfoNetworkRuntimeInfo?@5.5
  vFlashResourceRuntimeInfo:HostVFlashManagerVFlashResourceRunTimeInfo?@5.5 hostMaxVirtualDiskCapacity:long?@5.5
  cryptoState:string?@6.5 cryptoKeyId:CryptoKeyId?@6.5 statelessNvdsMigrationReady:string?@7.0.2.0
  partialMaintenanceMode:HostPartialMaintenanceModeRuntimeInfo[]?@8.0.3.0
  stateEncryption:HostRuntimeInfoStateEncryptionInfo?@7.0.3.0
enum HostSystemConnectionState
  connected notResponding disconnected
enum HostSystemPowerState
  poweredOn poweredOff standBy unknown
HostListSummary
  host:&HostSystem? hardware:HostHardwareSummary? runtime:HostRuntimeInfo? config:HostConfigSummary
  quickStats:HostListSummaryQuickStats overallStatus:ManagedEntityStatus rebootRequired:boolean
  customValue:CustomFieldValue[]? managementServerIp:string? maxEVCModeKey:string?@4.0
  currentEVCModeKey:string?@4.0 currentEVCGraphicsModeKey:string?@7.0.1.0
  gateway:HostListSummaryGatewaySummary?@6.0 tpmAttestation:HostTpmAttestationInfo?@6.7
  trustAuthorityAttestationInfos:HostTrustAuthorityAttestationInfo[]?@7.0.1.0
HostHardwareSummary
  vendor:string model:string family:string?@9.0.0.0 uuid:string
  otherIdentifyingInfo:HostSystemIdentificationInfo[]? memorySize:long cpuModel:string cpuMhz:int numCpuPkgs:short
  numCpuCores:short numCpuThreads:short numNics:int numHBAs:int
HostListSummaryQuickStats
  overallCpuUsage:int? overallMemoryUsage:int? distributedCpuFairness:int? distributedMemoryFairness:int?
  availablePMemCapacity:int?@6.7 uptime:int?@4.1
HostConfigSummary
  name:string port:int sslThumbprint:string?@4.0 sslCertificate:string?@9.0.0.0 product:AboutInfo?
  vmotionEnabled:boolean faultToleranceEnabled:boolean@4.0 featureVersion:HostFeatureVersionInfo[]?@4.1
  agentVmDatastore:&Datastore?@5.0 agentVmNetwork:&Network?@5.0
HostConfigInfo
  host:&HostSystem product:AboutInfo deploymentInfo:HostDeploymentInfo?@6.5
  hyperThread:HostHyperThreadScheduleInfo? cpuScheduler:HostCpuSchedulerInfo?@8.0.3.0
  consoleReservation:ServiceConsoleReservationInfo? virtualMachineReservation:VirtualMachineMemoryReservationInfo?
  storageDevice:HostStorageDeviceInfo? multipathState:HostMultipathStateInfo?@4.0
  fileSystemVolume:HostFileSystemVolumeInfo? systemFile:string[]?@4.1 network:HostNetworkInfo?
  vmotion:HostVMotionInfo? virtualNicManagerInfo:HostVirtualNicManagerInfo?@4.0 capabilities:HostNetCapabilities?
  datastoreCapabilities:HostDatastoreSystemCapabilities? offloadCapabilities:HostNetOffloadCapabilities?
  service:HostServiceInfo? firewall:HostFirewallInfo? autoStart:HostAutoStartManagerConfig?
  activeDiagnosticPartition:HostDiagnosticPartition? option:OptionValue[]? optionDef:OptionDef[]?
  datastorePrincipal:string? localSwapDatastore:&Datastore?
  systemSwapConfiguration:HostSystemSwapConfiguration?@5.1 systemResources:HostSystemResourceInfo?
  dateTimeInfo:HostDateTimeInfo? flags:HostFlagInfo? adminDisabled:boolean? lockdownMode:HostLockdownMode?@6.0
  ipmi:HostIpmiInfo?@4.0 sslThumbprintInfo:HostSslThumbprintInfo?@4.0
  sslThumbprintData:HostSslThumbprintInfo[]?@5.0 authenticationData:HostAuthenticationInfo[]?@9.0.0.0
  certificate:byte[]?@5.0 pciPassthruInfo:HostPciPassthruInfo[]?@4.0
  authenticationManagerInfo:HostAuthenticationManagerInfo?@4.1 featureVersion:HostFeatureVersionInfo[]?@4.1
  powerSystemCapability:PowerSystemCapability?@4.1 powerSystemInfo:PowerSystemInfo?@4.1
  cacheConfigurationInfo:HostCacheConfigurationInfo[]?@5.0 wakeOnLanCapable:boolean?@5.0
  featureCapability:HostFeatureCapability[]?@5.1 maskedFeatureCapability:HostFeatureCapability[]?@5.1
  vFlashConfigInfo:HostVFlashManagerVFlashConfigInfo?@5.5 vsanHostConfig:VsanHostConfigInfo?@5.5
  domainList:string[]?@6.0 scriptCheckSum:base64Binary?@6.0 hostConfigCheckSum:base64Binary?@6.0
  descriptionTreeCheckSum:base64Binary?@7.0.0.0 graphicsInfo:HostGraphicsInfo[]?@5.5
  sharedPassthruGpuTypes:string[]?@6.0 graphicsConfig:HostGraphicsConfig?@6.5
  sharedGpuCapabilities:HostSharedGpuCapabilities[]?@6.7 ioFilterInfo:HostIoFilterInfo[]?@6.0
  sriovDevicePool:HostSriovDevicePoolInfo[]?@6.5 assignableHardwareBinding:HostAssignableHardwareBinding[]?@7.0.0.0
  assignableHardwareConfig:HostAssignableHardwareConfig?@7.0.0.0
HostDeploymentInfo @6.5
  bootedFromStatelessCache:boolean?
HostHostBusAdapter
  key:string? device:string bus:int status:string model:string driver:string? pci:string?
  storageProtocol:string?@7.0.0.0
HostPciPassthruInfo @4.0
  id:string dependentDevice:string passthruEnabled:boolean passthruCapable:boolean passthruActive:boolean
  hardwareLabel:string?@7.0.2.0
HostPciPassthruConfig @4.0
  id:string passthruEnabled:boolean applyNow:boolean?@7.0.0.0 hardwareLabel:string?@7.0.2.0
HostSriovInfo : HostPciPassthruInfo @5.5
  sriovEnabled:boolean sriovCapable:boolean sriovActive:boolean numVirtualFunctionRequested:int
  numVirtualFunction:int maxVirtualFunctionSupported:int
HostConfigManager
  cpuScheduler:&HostCpuSchedulerSystem? datastoreSystem:&HostDatastoreSystem? memoryManager:&HostMemorySystem?
  storageSystem:&HostStorageSystem? networkSystem:&HostNetworkSystem? vmotionSystem:&HostVMotionSystem?
  virtualNicManager:&HostVirtualNicManager?@4.0 serviceSystem:&HostServiceSystem?
  firewallSystem:&HostFirewallSystem? advancedOption:&OptionManager? diagnosticSystem:&HostDiagnosticSystem?
  autoStartManager:&HostAutoStartManager? snmpSystem:&HostSnmpSystem? dateTimeSystem:&HostDateTimeSystem?
  patchManager:&HostPatchManager? imageConfigManager:&HostImageConfigManager?@5.0
  bootDeviceSystem:&HostBootDeviceSystem? firmwareSystem:&HostFirmwareSystem?
  healthStatusSystem:&HostHealthStatusSystem? pciPassthruSystem:&HostPciPassthruSystem?@4.0
  licenseManager:&LicenseManager?@4.0 kernelModuleSystem:&HostKernelModuleSystem?@4.0
  authenticationManager:&HostAuthenticationManager?@4.1 powerSystem:&HostPowerSystem?@4.1
  cacheConfigurationManager:&HostCacheConfigurationManager?@5.0 esxAgentHostManager:&HostEsxAgentHostManager?@5.0
  iscsiManager:&IscsiManager?@5.0 vFlashManager:&HostVFlashManager?@5.5 vsanSystem:&HostVsanSystem?@5.5
  messageBusProxy:&MessageBusProxy?@6.0 userDirectory:&UserDirectory?@6.0
  accountManager:&HostLocalAccountManager?@6.0 hostAccessManager:&HostAccessManager?@6.0
  graphicsManager:&HostGraphicsManager?@5.5 vsanInternalSystem:&HostVsanInternalSystem?@5.5
  certificateManager:&HostCertificateManager?@6.0 cryptoManager:&CryptoManager?@6.5
  nvdimmSystem:&HostNvdimmSystem?@6.7 assignableHardwareManager:&HostAssignableHardwareManager?@7.0.0.0
HostMaintenanceSpec @5.5
  vsanMode:VsanHostDecommissionMode? purpose:string?@7.0.0.0
HostSystemResourceInfo
  key:string config:ResourceConfigSpec? child:HostSystemResourceInfo[]?
HostConfigChange
HostNetworkInfo
  vswitch:HostVirtualSwitch[]? proxySwitch:HostProxySwitch[]?@4.0 portgroup:HostPortGroup[]? pnic:PhysicalNic[]?
  rdmaDevice:HostRdmaDevice[]?@7.0.0.0 vnic:HostVirtualNic[]? consoleVnic:HostVirtualNic[]?
  dnsConfig:HostDnsConfig? ipRouteConfig:HostIpRouteConfig? consoleIpRouteConfig:HostIpRouteConfig?
  routeTableInfo:HostIpRouteTableInfo?@4.0 dhcp:HostDhcpService[]? nat:HostNatService[]? ipV6Enabled:boolean?@4.0
  atBootIpV6Enabled:boolean?@4.1 netStackInstance:HostNetStackInstance[]?@5.5 opaqueSwitch:HostOpaqueSwitch[]?@5.5
  opaqueNetwork:HostOpaqueNetworkInfo[]?@5.5 nsxTransportNodeId:string?@7.0.0.0
  nvdsToVdsMigrationRequired:boolean?@7.0.2.0 migrationStatus:string?@7.0.2.0
HostVirtualNic
  device:string key:string portgroup:string spec:HostVirtualNicSpec port:string? owner:string?@9.0.0.0
managed HostSystem : ManagedEntity
  runtime:HostRuntimeInfo summary:HostListSummary hardware:HostHardwareInfo? capability:HostCapability?
  licensableResource:HostLicensableResourceInfo@5.0 remediationState:HostSystemRemediationState?@6.7
  precheckRemediationResult:ApplyHostProfileConfigurationSpec?@6.7
  remediationResult:ApplyHostProfileConfigurationResult?@6.7
  complianceCheckState:HostSystemComplianceCheckState?@6.7 complianceCheckResult:ComplianceResult?@6.7
  configManager:HostConfigManager config:HostConfigInfo? vm:&VirtualMachine[]? datastore:&Datastore[]?
  network:&Network[]? datastoreBrowser:&HostDatastoreBrowser systemResources:HostSystemResourceInfo?
  answerFileValidationState:AnswerFileStatusResult?@6.7 answerFileValidationResult:AnswerFileStatusResult?@6.7
  ReconnectHost_Task(cnxSpec:HostConnectSpec? reconnectSpec:HostSystemReconnectSpec?@5.0) &Task
    ! InvalidLogin InvalidState InvalidName HostConnectFault
  DisconnectHost_Task() &Task
  EnterMaintenanceMode_Task(timeout:int evacuatePoweredOffVms:boolean? maintenanceSpec:HostMaintenanceSpec?@5.5) &Task
    ! InvalidState Timedout
  ExitMaintenanceMode_Task(timeout:int) &Task ! InvalidState Timedout
  RebootHost_Task(force:boolean) &Task ! InvalidState
  RetrieveHardwareUptime() long@4.1
  RetrieveManagedMethodExecuter() &ReflectManagedMethodExecuter?
  RetrieveDynamicTypeManager() &InternalDynamicTypeManager?
managed HostPciPassthruSystem : ExtensibleManagedObject @4.0
  pciPassthruInfo:HostPciPassthruInfo[] sriovDevicePoolInfo:HostSriovDevicePoolInfo[]?@6.5
  setCustomValue(key:string value:string) void
  Refresh() void@4.0
  UpdatePassthruConfig(config:HostPciPassthruConfig[]) void@4.0 ! HostConfigFault
`;
