/** What a compute resource offers to a virtual machine. The notation is explained in parse-schema.ts. */
export const environmentBrowserTypes = `
ConfigTarget
  numCpus:int numCpuCores:int numNumaNodes:int maxCpusPerHost:int?@7.0.0.0 smcPresent:boolean@5.0
  datastore:VirtualMachineDatastoreInfo[]? network:VirtualMachineNetworkInfo[]?
  opaqueNetwork:OpaqueNetworkTargetInfo[]?@5.5 distributedVirtualPortgroup:DistributedVirtualPortgroupInfo[]?@4.0
  distributedVirtualSwitch:DistributedVirtualSwitchInfo[]?@4.0 subnetInfo:SubnetInfo[]?@9.0.0.0
  cdRom:VirtualMachineCdromInfo[]? serial:VirtualMachineSerialInfo[]? parallel:VirtualMachineParallelInfo[]?
  sound:VirtualMachineSoundInfo[]? usb:VirtualMachineUsbInfo[]? floppy:VirtualMachineFloppyInfo[]?
  legacyNetworkInfo:VirtualMachineLegacyNetworkSwitchInfo[]? scsiPassthrough:VirtualMachineScsiPassthroughInfo[]?
  scsiDisk:VirtualMachineScsiDiskDeviceInfo[]? ideDisk:VirtualMachineIdeDiskDeviceInfo[]? maxMemMBOptimalPerf:int
  supportedMaxMemMB:int?@7.0.0.0 resourcePool:ResourcePoolRuntimeInfo? autoVmotion:boolean?
  pciPassthrough:VirtualMachinePciPassthroughInfo[]?@4.0 sriov:VirtualMachineSriovInfo[]?@5.5
  vFlashModule:VirtualMachineVFlashModuleInfo[]?@5.5
  sharedGpuPassthroughTypes:VirtualMachinePciSharedGpuPassthroughInfo[]?@6.0
  availablePersistentMemoryReservationMB:long?@6.7
  dynamicPassthrough:VirtualMachineDynamicPassthroughInfo[]?@7.0.0.0
  sgxTargetInfo:VirtualMachineSgxTargetInfo?@7.0.0.0 precisionClockInfo:VirtualMachinePrecisionClockInfo[]?@7.0.0.0
  sevSupported:boolean?@7.0.1.0 vgpuDeviceInfo:VirtualMachineVgpuDeviceInfo[]?@7.0.3.0
  vgpuProfileInfo:VirtualMachineVgpuProfileInfo[]?@7.0.3.0
  vendorDeviceGroupInfo:VirtualMachineVendorDeviceGroupInfo[]?@8.0.0.1 maxSimultaneousThreads:int?@8.0.0.1
  dvxClassInfo:VirtualMachineDvxClassInfo[]?@8.0.0.1 sevSnpSupported:boolean?@9.0.0.0 tdxSupported:boolean?@9.0.0.0
VirtualMachineTargetInfo
  name:string configurationTag:string[]?
VirtualMachineNetworkInfo : VirtualMachineTargetInfo
  network:NetworkSummary vswitch:string?@6.5
VirtualMachineDatastoreInfo : VirtualMachineTargetInfo
  datastore:DatastoreSummary capability:DatastoreCapability maxFileSize:long maxVirtualDiskCapacity:long?@5.5
  maxPhysicalRDMFileSize:long?@6.0 maxVirtualRDMFileSize:long?@6.0 mode:string vStorageSupport:string?@5.0
  supportedVDiskFormats:string[]?@9.0.0.0
VirtualMachinePciPassthroughInfo : VirtualMachineTargetInfo @4.0
  pciDevice:HostPciDevice systemId:string
VirtualMachineDynamicPassthroughInfo : VirtualMachineTargetInfo @7.0.0.0
  vendorName:string deviceName:string customLabel:string? vendorId:int deviceId:int
VirtualMachineVendorDeviceGroupInfo : VirtualMachineTargetInfo @8.0.0.1
  deviceGroupName:string deviceGroupDescription:string?
  componentDeviceInfo:VirtualMachineVendorDeviceGroupInfoComponentDeviceInfo[]?
EnvironmentBrowserConfigOptionQuerySpec @6.0
  key:string? host:&HostSystem? guestId:string[]?
VirtualMachineConfigOption
  version:string description:string guestOSDescriptor:GuestOsDescriptor[] guestOSDefaultIndex:int
  hardwareOptions:VirtualHardwareOption capabilities:VirtualMachineCapability datastore:DatastoreOption
  defaultDevice:VirtualDevice[]? supportedMonitorType:string[] supportedOvfEnvironmentTransport:string[]?@4.0
  supportedOvfInstallTransport:string[]?@4.0 propertyRelations:VirtualMachinePropertyRelation[]?@6.7
GuestOsDescriptor
  id:string family:string fullName:string supportedMaxCPUs:int numSupportedPhysicalSockets:int@5.0
  numSupportedCoresPerSocket:int@5.0 supportedMinMemMB:int supportedMaxMemMB:int recommendedMemMB:int
  recommendedColorDepth:int supportedDiskControllerList:string[] recommendedSCSIController:string?
  recommendedDiskController:string supportedNumDisks:int recommendedDiskSizeMB:int
  recommendedCdromController:string@5.5 supportedEthernetCard:string[] recommendedEthernetCard:string?
  supportsSlaveDisk:boolean? cpuFeatureMask:HostCpuIdInfo[]? smcRequired:boolean@5.0 supportsWakeOnLan:boolean
  supportsVMI:boolean@2.5u2server supportsMemoryHotAdd:boolean@2.5u2server supportsCpuHotAdd:boolean@2.5u2server
  supportsCpuHotRemove:boolean@2.5u2server supportedFirmware:string[]@5.0 recommendedFirmware:string@5.0
  supportedUSBControllerList:string[]?@5.0 recommendedUSBController:string?@5.0 supports3D:boolean@5.0
  recommended3D:boolean@5.1 smcRecommended:boolean@5.0 ich7mRecommended:boolean@5.0 usbRecommended:boolean@5.0
  supportLevel:string@5.0 supportedForCreate:boolean@5.0 vRAMSizeInKB:IntOption@5.0
  numSupportedFloppyDevices:int@6.0 wakeOnLanEthernetCard:string[]?@6.0 supportsPvscsiControllerForBoot:boolean@6.0
  diskUuidEnabled:boolean@6.0 supportsHotPlugPCI:boolean@6.0 supportsSecureBoot:boolean?@6.5
  defaultSecureBoot:boolean?@6.5 persistentMemorySupported:boolean?@6.7 supportedMinPersistentMemoryMB:long?@6.7
  supportedMaxPersistentMemoryMB:long?@6.7 recommendedPersistentMemoryMB:long?@6.7
  persistentMemoryHotAddSupported:boolean?@6.7 persistentMemoryHotRemoveSupported:boolean?@6.7
  persistentMemoryColdGrowthSupported:boolean?@6.7 persistentMemoryColdGrowthGranularityMB:long?@6.7
  persistentMemoryHotGrowthSupported:boolean?@6.7 persistentMemoryHotGrowthGranularityMB:long?@6.7
  numRecommendedPhysicalSockets:int?@6.7 numRecommendedCoresPerSocket:int?@6.7 vvtdSupported:BoolOption?@6.7
  vbsSupported:BoolOption?@6.7 vsgxSupported:BoolOption?@7.0.0.0 vsgxRemoteAttestationSupported:boolean?@8.0.0.1
  supportsTPM20:boolean?@6.7 recommendedTPM20:boolean?@8.0.0.1 vwdtSupported:boolean?@7.0.0.0
VirtualHardwareOption
  hwVersion:int virtualDeviceOption:VirtualDeviceOption[] deviceListReadonly:boolean numCPU:int[]
  numCoresPerSocket:IntOption@5.0 autoCoresPerSocket:BoolOption?@8.0.0.1 numCpuReadonly:boolean memoryMB:LongOption
  numPCIControllers:IntOption numIDEControllers:IntOption numUSBControllers:IntOption
  numUSBXHCIControllers:IntOption@5.0 numSIOControllers:IntOption numPS2Controllers:IntOption
  licensingLimit:string[]? numSupportedWwnPorts:IntOption?@4.0 numSupportedWwnNodes:IntOption?@4.0
  resourceConfigOption:ResourceConfigOption@4.1 numNVDIMMControllers:IntOption?@6.7 numTPMDevices:IntOption?@6.7
  numWDTDevices:IntOption?@7.0.0.0 numPrecisionClockDevices:IntOption?@7.0.0.0 epcMemoryMB:LongOption?@7.0.0.0
  acpiHostBridgesFirmware:string[]?@8.0.0.1 numCpuSimultaneousThreads:IntOption?@8.0.0.1
  numNumaNodes:IntOption?@8.0.0.1 numDeviceGroups:IntOption?@8.0.0.1 deviceGroupTypes:string[]?@8.0.0.1
VirtualMachineConfigOptionDescriptor
  key:string description:string? host:&HostSystem[]? createSupported:boolean@2.5u2server
  defaultConfigOption:boolean@2.5u2server runSupported:boolean@5.1 upgradeSupported:boolean@5.1
DatastoreOption
  unsupportedVolumes:VirtualMachineDatastoreVolumeOption[]?
ResourceConfigOption @4.1
  cpuAllocationOption:ResourceAllocationOption memoryAllocationOption:ResourceAllocationOption
SharesOption @4.1
  sharesOption:IntOption defaultLevel:SharesLevel
ResourceAllocationOption @4.1
  sharesOption:SharesOption
VirtualMachineVendorDeviceGroupInfoComponentDeviceInfo @8.0.0.1
  type:string vendorName:string deviceName:string isConfigurable:boolean device:VirtualDevice
`;
