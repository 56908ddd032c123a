/**
 * What a host stores on: adapters, disks, volumes, vSAN, boot and coredump. The notation is explained in
 * parse-schema.ts.
 */
export const hostStorageTypes = `
HostFileSystemVolume
  type:string name:string capacity:long
HostScsiDiskPartition
  diskName:string partition:int
HostFileSystemVolumeInfo
  volumeTypeList:string[]? mountInfo:HostFileSystemMountInfo[]?
HostFileSystemMountInfo
  mountInfo:HostMountInfo volume:HostFileSystemVolume vStorageSupport:string?@4.1
HostStorageDeviceInfo
  hostBusAdapter:HostHostBusAdapter[]? scsiLun:ScsiLun[]? scsiTopology:HostScsiTopology?
  nvmeTopology:HostNvmeTopology?@7.0.0.0 multipathInfo:HostMultipathInfo?
  plugStoreTopology:HostPlugStoreTopology?@4.0 softwareInternetScsiEnabled:boolean
HostPcieHba : HostHostBusAdapter @7.0.0.0
HostBlockHba : HostHostBusAdapter
HostInternetScsiHba : HostHostBusAdapter
  isSoftwareBased:boolean canBeDisabled:boolean?@5.0
  networkBindingSupport:HostInternetScsiHbaNetworkBindingSupportType?@5.0
  discoveryCapabilities:HostInternetScsiHbaDiscoveryCapabilities
  discoveryProperties:HostInternetScsiHbaDiscoveryProperties
  authenticationCapabilities:HostInternetScsiHbaAuthenticationCapabilities
  authenticationProperties:HostInternetScsiHbaAuthenticationProperties
  digestCapabilities:HostInternetScsiHbaDigestCapabilities?@4.0
  digestProperties:HostInternetScsiHbaDigestProperties?@4.0 ipCapabilities:HostInternetScsiHbaIPCapabilities
  ipProperties:HostInternetScsiHbaIPProperties supportedAdvancedOptions:OptionDef[]?@4.0
  advancedOptions:HostInternetScsiHbaParamValue[]?@4.0 iScsiName:string iScsiAlias:string?
  configuredSendTarget:HostInternetScsiHbaSendTarget[]? configuredStaticTarget:HostInternetScsiHbaStaticTarget[]?
  maxSpeedMb:int? currentSpeedMb:int?
HostFibreChannelHba : HostHostBusAdapter
  portWorldWideName:long nodeWorldWideName:long portType:FibreChannelPortType speed:long
HostDevice
  deviceName:string deviceType:string
ScsiLun : HostDevice
  key:string? uuid:string descriptor:ScsiLunDescriptor[]?@4.0 canonicalName:string? displayName:string?@4.0
  lunType:string vendor:string? model:string? revision:string? scsiLevel:int? serialNumber:string?
  durableName:ScsiLunDurableName? alternateName:ScsiLunDurableName[]? standardInquiry:byte[]? queueDepth:int?
  operationalState:string[] capabilities:ScsiLunCapabilities?@4.0 vStorageSupport:string?@4.1
  protocolEndpoint:boolean?@6.0 perenniallyReserved:boolean?@6.7.2 clusteredVmdkSupported:boolean?@7.0.0.0
  applicationProtocol:string?@8.0.1.0 dispersedNs:boolean?@8.0.1.0 deviceReservation:string?@8.0.3.0
HostScsiDisk : ScsiLun
  capacity:HostDiskDimensionsLba devicePath:string ssd:boolean?@5.0 localDisk:boolean?@6.0
  physicalLocation:string[]?@6.0 emulatedDIXDIFEnabled:boolean?@6.0 vsanDiskInfo:VsanHostVsanDiskInfo?@6.0
  scsiDiskType:string?@6.5 usedByMemoryTiering:boolean?@8.0.3.0
VsanHostVsanDiskInfo @6.0
  vsanUuid:string formatVersion:int
ScsiLunDurableName
  namespace:string namespaceId:byte data:byte[]?
HostDiskDimensionsLba
  blockSize:int block:long
HostScsiTopology
  adapter:HostScsiTopologyInterface[]?
HostScsiTopologyInterface
  key:string adapter:string target:HostScsiTopologyTarget[]?
HostScsiTopologyTarget
  key:string target:int lun:HostScsiTopologyLun[]? transport:HostTargetTransport?
HostScsiTopologyLun
  key:string lun:int scsiLun:string
HostTargetTransport
HostPcieTargetTransport : HostTargetTransport @7.0.0.0
HostNvmeTopology @7.0.0.0
  adapter:HostNvmeTopologyInterface[]?
HostNvmeTopologyInterface @7.0.0.0
  key:string adapter:string connectedController:HostNvmeController[]?
HostNvmeController @7.0.0.0
  key:string controllerNumber:int subnqn:string name:string associatedAdapter:string transportType:string
  fusedOperationSupported:boolean numberOfQueues:int queueSize:int attachedNamespace:HostNvmeNamespace[]?
  vendorId:string? model:string? serialNumber:string? firmwareVersion:string?
HostNvmeNamespace @7.0.0.0
  key:string name:string id:int blockSize:int capacityInBlocks:long
HostVffsVolume : HostFileSystemVolume @5.5
  majorVersion:int version:string uuid:string extent:HostScsiDiskPartition[]
HostVmfsVolume : HostFileSystemVolume
  blockSizeMb:int blockSize:int?@6.5 unmapGranularity:int?@6.5 unmapPriority:string?@6.5
  unmapBandwidthSpec:VmfsUnmapBandwidthSpec?@6.7 maxBlocks:int majorVersion:int version:string uuid:string
  extent:HostScsiDiskPartition[] vmfsUpgradable:boolean forceMountedInfo:HostForceMountedInfo?@4.0 ssd:boolean?@5.0
  local:boolean?@5.5 scsiDiskType:string?@6.5
HostCacheConfigurationInfo @5.0
  key:&Datastore swapSize:long
HostDiagnosticPartition
  storageType:string diagnosticType:string slots:int id:HostScsiDiskPartition
HostVFlashManagerVFlashConfigInfo @5.5
  vFlashResourceConfigInfo:HostVFlashManagerVFlashResourceConfigInfo?
  vFlashCacheConfigInfo:HostVFlashManagerVFlashCacheConfigInfo?
HostVFlashManagerVFlashResourceConfigInfo @5.5
  vffs:HostVffsVolume? capacity:long
VsanHostConfigInfo @5.5
  enabled:boolean? hostSystem:&HostSystem? clusterInfo:VsanHostConfigInfoClusterInfo?
  storageInfo:VsanHostConfigInfoStorageInfo? networkInfo:VsanHostConfigInfoNetworkInfo?
  faultDomainInfo:VsanHostFaultDomainInfo?@6.0 vsanEsaEnabled:boolean?@8.0.0.1
VsanHostConfigInfoStorageInfo @5.5
  autoClaimStorage:boolean? diskMapping:VsanHostDiskMapping[]? diskMapInfo:VsanHostDiskMapInfo[]?@6.0
  checksumEnabled:boolean?@6.0
VsanHostDiskMapping @5.5
  ssd:HostScsiDisk nonSsd:HostScsiDisk[]
VsanHostDiskMapInfo @6.0
  mapping:VsanHostDiskMapping mounted:boolean
HostMultipathInfo
  lun:HostMultipathInfoLogicalUnit[]?
HostMultipathInfoLogicalUnit
  key:string id:string lun:string path:HostMultipathInfoPath[] policy:HostMultipathInfoLogicalUnitPolicy
  storageArrayTypePolicy:HostMultipathInfoLogicalUnitStorageArrayTypePolicy?@4.0
HostMultipathInfoPath
  key:string name:string pathState:string state:string?@4.0 isWorkingPath:boolean?@4.0 adapter:string lun:string
  transport:HostTargetTransport?
HostBootDevice
  key:string description:string
HostBootDeviceInfo
  bootDevices:HostBootDevice[]? currentBootDeviceKey:string?
managed HostStorageSystem : ExtensibleManagedObject
  storageDeviceInfo:HostStorageDeviceInfo? fileSystemVolumeInfo:HostFileSystemVolumeInfo systemFile:string[]?@4.1
  multipathStateInfo:HostMultipathStateInfo?@4.0
  RescanAllHba() void ! HostConfigFault
  RefreshStorageSystem() void
managed HostVsanSystem @5.5
  config:VsanHostConfigInfo
  QueryDisksForVsan(canonicalName:string[]?) VsanHostDiskResult[]?@5.5
managed HostDiagnosticSystem
  activePartition:HostDiagnosticPartition?
managed HostBootDeviceSystem
  QueryBootDevices() HostBootDeviceInfo?
  UpdateBootDevice(key:string) void
`;
