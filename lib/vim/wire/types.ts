import type { Received, Sent } from "./schema";

/**
 * The types of vim25 that this client sends and reads, with the fields that it needs of them: order, type, optionality
 * and first version as in VMware's schema, since vCenter takes elements in the schema's order only.
 */
export const vim25Types = {
  // Service and session
  AboutInfo: {
    name: "string",
    fullName: "string",
    vendor: "string",
    version: "string",
    build: "string",
    apiType: "string",
    apiVersion: "string",
    instanceUuid: "string?",
  },
  ServiceContent: {
    rootFolder: "ManagedObjectReference",
    propertyCollector: "ManagedObjectReference",
    about: "AboutInfo",
    sessionManager: "ManagedObjectReference?",
    authorizationManager: "ManagedObjectReference?",
    eventManager: "ManagedObjectReference?",
    taskManager: "ManagedObjectReference?",
    searchIndex: "ManagedObjectReference?",
  },
  UserSession: { key: "string", userName: "string" },

  // Property collector
  PropertyFilterSpec: {
    propSet: "PropertySpec[]",
    objectSet: "ObjectSpec[]",
    reportMissingObjectsInResults: "boolean?",
  },
  PropertySpec: { type: "string", all: "boolean?", pathSet: "string[]?" },
  ObjectSpec: { obj: "ManagedObjectReference", skip: "boolean?", selectSet: "SelectionSpec[]?" },
  SelectionSpec: { name: "string?" },
  TraversalSpec: {
    $extends: "SelectionSpec",
    type: "string",
    path: "string",
    skip: "boolean?",
    selectSet: "SelectionSpec[]?",
  },
  RetrieveOptions: { maxObjects: "int?" },
  RetrieveResult: { token: "string?", objects: "ObjectContent[]" },
  ObjectContent: { obj: "ManagedObjectReference", propSet: "DynamicProperty[]?", missingSet: "MissingProperty[]?" },
  DynamicProperty: { name: "string", val: "anyType" },
  MissingProperty: { path: "string", fault: "LocalizedMethodFault" },
  WaitOptions: { maxWaitSeconds: "int?", maxObjectUpdates: "int?" },
  UpdateSet: { version: "string", filterSet: "PropertyFilterUpdate[]?", truncated: "boolean?" },
  PropertyFilterUpdate: { filter: "ManagedObjectReference", objectSet: "ObjectUpdate[]?" },
  ObjectUpdate: {
    kind: "string",
    obj: "ManagedObjectReference",
    changeSet: "PropertyChange[]?",
    missingSet: "MissingProperty[]?",
  },
  PropertyChange: { name: "string", op: "string", val: "anyType?" },

  // Tasks
  TaskFilterSpec: { userName: "TaskFilterSpecByUsername?", state: "string[]?" },
  TaskFilterSpecByUsername: { systemUser: "boolean", userList: "string[]?" },
  TaskInfo: { task: "ManagedObjectReference", state: "string", error: "LocalizedMethodFault?" },

  // Faults
  MethodFault: {},
  LocalizedMethodFault: { fault: "MethodFault", localizedMessage: "string?" },

  // Privileges
  EntityPrivilege: { entity: "ManagedObjectReference", privAvailability: "PrivilegeAvailability[]" },
  PrivilegeAvailability: { privId: "string", isGranted: "boolean" },

  // Events
  EventFilterSpec: {
    entity: "EventFilterSpecByEntity?",
    time: "EventFilterSpecByTime?",
    disableFullMessage: "boolean?",
    eventTypeId: "string[]?",
    maxCount: "int?",
  },
  EventFilterSpecByEntity: { entity: "ManagedObjectReference", recursion: "string" },
  EventFilterSpecByTime: { beginTime: "dateTime?" },
  Event: { key: "int", createdTime: "dateTime", vm: "VmEventArgument?" },
  VmEventArgument: { name: "string", vm: "ManagedObjectReference" },
  VmEvent: { $extends: "Event" },
  VmReconfiguredEvent: {
    $extends: "VmEvent",
    configSpec: "VirtualMachineConfigSpec",
    configChanges: "ChangesInfoEventArgument?",
  },
  ChangesInfoEventArgument: { deleted: "string?" },
  VmMessageWarningEvent: { $extends: "VmEvent", message: "string" },
  VmMessageErrorEvent: { $extends: "VmEvent", message: "string" },

  // Virtual machine
  Description: { label: "string", summary: "string" },
  VirtualDevice: { key: "int", deviceInfo: "Description?", backing: "VirtualDeviceBackingInfo?" },
  VirtualPCIPassthrough: { $extends: "VirtualDevice" },
  VirtualDeviceBackingInfo: {},
  VirtualPCIPassthroughDeviceBackingInfo: {
    $extends: "VirtualDeviceBackingInfo",
    deviceName: "string",
    id: "string",
    deviceId: "string",
    systemId: "string",
    vendorId: "short",
  },
  VirtualDeviceFileBackingInfo: { $extends: "VirtualDeviceBackingInfo", fileName: "string" },
  VirtualDiskRawDiskMappingVer1BackingInfo: {
    $extends: "VirtualDeviceFileBackingInfo",
    lunUuid: "string?",
    deviceName: "string?",
    compatibilityMode: "string?",
  },
  VirtualDeviceConfigSpec: { operation: "string?", device: "VirtualDevice" },
  VirtualMachineConfigSpec: {
    changeVersion: "string?",
    deviceChange: "VirtualDeviceConfigSpec[]?",
    memoryReservationLockedToMax: "boolean?",
    motherboardLayout: "string? since 8.0.0.1",
    fixedPassthruHotPlugEnabled: "boolean? since 8.0.1.0",
  },
  ConfigTarget: { pciPassthrough: "VirtualMachinePciPassthroughInfo[]?" },
  VirtualMachinePciPassthroughInfo: { pciDevice: "HostPciDevice", systemId: "string" },

  EnvironmentBrowserConfigOptionQuerySpec: { key: "string?", host: "ManagedObjectReference?", guestId: "string[]?" },
  VirtualMachineConfigOption: { guestOSDescriptor: "GuestOsDescriptor[]" },
  GuestOsDescriptor: { id: "string", fullName: "string", supportsHotPlugPCI: "boolean since 6.0" },

  // Host
  HostPciDevice: {
    id: "string",
    classId: "short",
    physicalSlot: "int? since 9.0.0.0",
    slotDescription: "string? since 9.0.0.0",
    vendorId: "short",
    subVendorId: "short",
    vendorName: "string",
    deviceId: "short",
    subDeviceId: "short",
    deviceName: "string",
  },
  HostPciPassthruInfo: {
    id: "string",
    dependentDevice: "string",
    passthruEnabled: "boolean",
    passthruCapable: "boolean",
    passthruActive: "boolean",
  },
  HostPciPassthruConfig: { id: "string", passthruEnabled: "boolean", applyNow: "boolean? since 7.0" },

  // What a host stores on
  HostHostBusAdapter: { key: "string?", device: "string", model: "string", pci: "string?" },
  ScsiLun: { key: "string?", uuid: "string", canonicalName: "string?", displayName: "string?" },
  HostScsiDisk: {
    $extends: "ScsiLun",
    localDisk: "boolean? since 6.0",
    vsanDiskInfo: "VsanHostVsanDiskInfo?",
    usedByMemoryTiering: "boolean? since 8.0.3.0",
  },
  VsanHostVsanDiskInfo: { vsanUuid: "string" },
  HostMultipathInfoLogicalUnit: { lun: "string", path: "HostMultipathInfoPath[]" },
  HostMultipathInfoPath: { adapter: "string" },
  HostScsiTopologyInterface: { adapter: "string", target: "HostScsiTopologyTarget[]?" },
  HostScsiTopologyTarget: { lun: "HostScsiTopologyLun[]?" },
  HostScsiTopologyLun: { scsiLun: "string" },
  HostNvmeTopologyInterface: { adapter: "string since 7.0", connectedController: "HostNvmeController[]? since 7.0" },
  HostNvmeController: { attachedNamespace: "HostNvmeNamespace[]? since 7.0" },
  HostNvmeNamespace: { name: "string since 7.0" },
  HostFileSystemMountInfo: { mountInfo: "HostMountInfo", volume: "HostFileSystemVolume" },
  HostMountInfo: { path: "string?" },
  HostFileSystemVolume: { type: "string", name: "string" },
  HostVmfsVolume: { $extends: "HostFileSystemVolume", extent: "HostScsiDiskPartition[]" },
  HostVffsVolume: { $extends: "HostFileSystemVolume", extent: "HostScsiDiskPartition[]" },
  HostScsiDiskPartition: { diskName: "string", partition: "int" },
  HostDiagnosticPartition: { id: "HostScsiDiskPartition" },
  HostCacheConfigurationInfo: { key: "ManagedObjectReference", swapSize: "long" },
  OptionValue: { key: "string", value: "anyType?" },
  VsanHostDiskMapping: { ssd: "HostScsiDisk", nonSsd: "HostScsiDisk[]" },

  // esxcli over SOAP; these three are not in the public schema
  ReflectManagedMethodExecuterSoapArgument: { name: "string", val: "string" },
  ReflectManagedMethodExecuterSoapFault: { faultMsg: "string", faultDetail: "string?" },
  ReflectManagedMethodExecuterSoapResult: { response: "string?", fault: "ReflectManagedMethodExecuterSoapFault?" },
} as const;

export type Vim25Types = typeof vim25Types;
type TypeName = keyof Vim25Types;
/** A type as it is sent. */
export type ToVim<N extends TypeName> = Sent<Vim25Types, N>;
/** A type as it arrives. */
export type FromVim<N extends TypeName> = Received<Vim25Types, N>;
