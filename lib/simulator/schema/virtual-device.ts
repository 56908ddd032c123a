/** Virtual devices and their backings. The notation is explained in parse-schema.ts. */
export const virtualDeviceTypes = `
abstract VirtualDevice
  key:int deviceInfo:Description? backing:VirtualDeviceBackingInfo? connectable:VirtualDeviceConnectInfo?
  slotInfo:VirtualDeviceBusSlotInfo?@5.1 controllerKey:int? unitNumber:int? numaNode:int?@8.0.0.1
  deviceGroupInfo:VirtualDeviceDeviceGroupInfo?@8.0.0.1
abstract VirtualDeviceBackingInfo
VirtualDeviceConnectInfo
  migrateConnect:string?@6.7 startConnected:boolean allowGuestControl:boolean connected:boolean status:string?@4.0
abstract VirtualDeviceBusSlotInfo @5.1
VirtualDevicePciBusSlotInfo : VirtualDeviceBusSlotInfo @5.1
  pciSlotNumber:int
VirtualDeviceDeviceBackingInfo : VirtualDeviceBackingInfo
  deviceName:string useAutoDetect:boolean?
VirtualDeviceFileBackingInfo : VirtualDeviceBackingInfo
  fileName:string datastore:&Datastore? backingObjectId:string?@5.5
VirtualDeviceRemoteDeviceBackingInfo : VirtualDeviceBackingInfo
  deviceName:string useAutoDetect:boolean?
VirtualDeviceConfigSpec
  operation:VirtualDeviceConfigSpecOperation? fileOperation:VirtualDeviceConfigSpecFileOperation?
  device:VirtualDevice profile:VirtualMachineProfileSpec[]?@5.5 backing:VirtualDeviceConfigSpecBackingSpec?@6.5
  filterSpec:VirtualMachineBaseIndependentFilterSpec[]?@7.0.2.1 changeMode:string?@8.0.0.1
enum VirtualDeviceConfigSpecOperation
  add remove edit
enum VirtualDeviceConfigSpecFileOperation
  create destroy replace
VirtualPCIPassthrough : VirtualDevice @4.0
VirtualPCIPassthroughDeviceBackingInfo : VirtualDeviceDeviceBackingInfo @4.0
  id:string deviceId:string systemId:string vendorId:short
VirtualPCIPassthroughPluginBackingInfo : VirtualDeviceBackingInfo @6.0
VirtualPCIPassthroughVmiopBackingInfo : VirtualPCIPassthroughPluginBackingInfo @6.0
  vgpu:string? vgpuMigrateDataSizeMB:int?@8.0.0.1 migrateSupported:boolean?@7.0.2.0
  enhancedMigrateCapability:boolean?@8.0.0.1
VirtualPCIPassthroughDynamicBackingInfo : VirtualDeviceDeviceBackingInfo @7.0.0.0
  allowedDevice:VirtualPCIPassthroughAllowedDevice[]? customLabel:string? assignedId:string?
VirtualPCIPassthroughAllowedDevice @7.0.0.0
  vendorId:int deviceId:int subVendorId:int? subDeviceId:int? revisionId:short?
VirtualController : VirtualDevice
  busNumber:int device:int[]?
VirtualPCIController : VirtualController
VirtualPS2Controller : VirtualController
VirtualIDEController : VirtualController
VirtualSIOController : VirtualController
VirtualKeyboard : VirtualDevice
VirtualPointingDevice : VirtualDevice
VirtualPointingDeviceDeviceBackingInfo : VirtualDeviceDeviceBackingInfo
  hostPointingDevice:string
VirtualMachineVMCIDevice : VirtualDevice @2.5u2server
  id:long? allowUnrestrictedCommunication:boolean? filterEnable:boolean?@6.0
  filterInfo:VirtualMachineVMCIDeviceFilterInfo?@6.0
VirtualSCSIController : VirtualController
  hotAddRemove:boolean? sharedBus:VirtualSCSISharing scsiCtlrUnitNumber:int?
enum VirtualSCSISharing
  noSharing virtualSharing physicalSharing
ParaVirtualSCSIController : VirtualSCSIController @2.5u2server
VirtualBusLogicController : VirtualSCSIController
VirtualLsiLogicController : VirtualSCSIController
VirtualLsiLogicSASController : VirtualSCSIController @2.5u2server
VirtualNVMEController : VirtualController @6.5
  sharedBus:string?@8.0.2.0
VirtualAHCIController : VirtualSATAController @5.5
VirtualSATAController : VirtualController @5.5
VirtualDisk : VirtualDevice
  capacityInKB:long capacityInBytes:long?@5.5 shares:SharesInfo? storageIOAllocation:StorageIOAllocationInfo?@4.1
  diskObjectId:string?@5.5 vFlashCacheConfigInfo:VirtualDiskVFlashCacheConfigInfo?@5.5 iofilter:string[]?@6.0
  vDiskId:ID?@6.5 vDiskVersion:int?@8.0.1.0 virtualDiskFormat:string?@9.0.0.0
  nativeUnmanagedLinkedClone:boolean?@6.7 independentFilters:VirtualMachineBaseIndependentFilterSpec[]?@7.0.2.1
  guestReadOnly:boolean?@8.0.2.0
StorageIOAllocationInfo @4.1
  limit:long? shares:SharesInfo? reservation:int?@5.5
VirtualDiskFlatVer2BackingInfo : VirtualDeviceFileBackingInfo
  diskMode:string split:boolean? writeThrough:boolean? thinProvisioned:boolean? eagerlyScrub:boolean?@4.0
  uuid:string? contentId:string?@4.0 changeId:string?@4.0 parent:VirtualDiskFlatVer2BackingInfo?@4.0
  deltaDiskFormat:string?@5.0 digestEnabled:boolean?@5.0 deltaGrainSize:int?@5.1 deltaDiskFormatVariant:string?@6.0
  sharing:string?@6.0 keyId:CryptoKeyId?@6.5
VirtualDiskRawDiskMappingVer1BackingInfo : VirtualDeviceFileBackingInfo
  lunUuid:string? deviceName:string? compatibilityMode:string? diskMode:string? uuid:string? contentId:string?@4.0
  changeId:string?@4.0 parent:VirtualDiskRawDiskMappingVer1BackingInfo?@4.0 deltaDiskFormat:string?@6.7
  deltaGrainSize:int?@6.7 sharing:string?@6.0
VirtualMachineVideoCard : VirtualDevice
  videoRamSizeInKB:long? numDisplays:int?@2.5u2server useAutoDetect:boolean?@2.5u2server
  enable3DSupport:boolean?@2.5u2server use3dRenderer:string?@5.1 graphicsMemorySizeInKB:long?@6.0
VirtualEthernetCard : VirtualDevice
  addressType:string? macAddress:string? wakeOnLanEnabled:boolean?
  resourceAllocation:VirtualEthernetCardResourceAllocation?@6.0 externalId:string?@6.0
  uptCompatibilityEnabled:boolean?@6.0 subnetId:string?@9.0.0.0
VirtualEthernetCardResourceAllocation @6.0
  reservation:long? share:SharesInfo limit:long?
VirtualPCNet32 : VirtualEthernetCard
VirtualVmxnet : VirtualEthernetCard
VirtualVmxnet2 : VirtualVmxnet
VirtualVmxnet3 : VirtualVmxnet @2.5u2server
  uptv2Enabled:boolean?@8.0.0.1 strictLatencyConfig:VirtualVmxnet3StrictLatencyConfig?@8.0.3.1
VirtualE1000 : VirtualEthernetCard
VirtualE1000e : VirtualEthernetCard @5.0
VirtualEthernetCardNetworkBackingInfo : VirtualDeviceDeviceBackingInfo
  network:&Network? inPassthroughMode:boolean?@2.5u2server
VirtualEthernetCardDistributedVirtualPortBackingInfo : VirtualDeviceBackingInfo @4.0
  port:DistributedVirtualSwitchPortConnection
DistributedVirtualSwitchPortConnection @4.0
  switchUuid:string portgroupKey:string? portKey:string? connectionCookie:int?
VirtualCdrom : VirtualDevice
VirtualCdromRemotePassthroughBackingInfo : VirtualDeviceRemoteDeviceBackingInfo
  exclusive:boolean
VirtualCdromRemoteAtapiBackingInfo : VirtualDeviceRemoteDeviceBackingInfo
VirtualCdromPassthroughBackingInfo : VirtualDeviceDeviceBackingInfo
  exclusive:boolean
VirtualCdromAtapiBackingInfo : VirtualDeviceDeviceBackingInfo
VirtualCdromIsoBackingInfo : VirtualDeviceFileBackingInfo
VirtualFloppy : VirtualDevice
VirtualFloppyImageBackingInfo : VirtualDeviceFileBackingInfo
VirtualFloppyDeviceBackingInfo : VirtualDeviceDeviceBackingInfo
VirtualFloppyRemoteDeviceBackingInfo : VirtualDeviceRemoteDeviceBackingInfo
VirtualSerialPort : VirtualDevice
  yieldOnPoll:boolean
VirtualSerialPortFileBackingInfo : VirtualDeviceFileBackingInfo
VirtualSerialPortDeviceBackingInfo : VirtualDeviceDeviceBackingInfo
VirtualDevicePipeBackingInfo : VirtualDeviceBackingInfo
  pipeName:string
VirtualSerialPortPipeBackingInfo : VirtualDevicePipeBackingInfo
  endpoint:string noRxLoss:boolean?
VirtualDeviceURIBackingInfo : VirtualDeviceBackingInfo @4.1
  serviceURI:string direction:string proxyURI:string?
VirtualSerialPortURIBackingInfo : VirtualDeviceURIBackingInfo @4.1
VirtualUSBController : VirtualController
  autoConnectDevices:boolean? ehciEnabled:boolean?
VirtualUSBXHCIController : VirtualController @5.0
  autoConnectDevices:boolean?
VirtualTPM : VirtualDevice @6.7
  endorsementKeyCertificateSigningRequest:base64Binary[]? endorsementKeyCertificate:base64Binary[]?
`;
