/** Faults: base types first, each with what it adds. The notation is explained in parse-schema.ts. */
export const faultTypes = `
MethodFault
  faultCause:LocalizedMethodFault? faultMessage:LocalizableMessage[]?
LocalizedMethodFault
  fault:MethodFault localizedMessage:string?
RuntimeFault : MethodFault
VimFault : MethodFault
NotAuthenticated : NoPermission
NoPermission : SecurityError
  object:&ManagedObject? privilegeId:string? missingPrivileges:NoPermissionEntityPrivileges[]?@7.0.3.2
NoPermissionEntityPrivileges @7.0.3.2
  entity:&ManagedObject privilegeIds:string[]?
SecurityError : RuntimeFault
InvalidLogin : VimFault
InvalidRequest : RuntimeFault
InvalidType : InvalidRequest
  argument:string?
ManagedObjectNotFound : RuntimeFault
  obj:&ManagedObject
MethodNotFound : InvalidRequest
  receiver:&ManagedObject method:string
NotImplemented : RuntimeFault
NotSupported : RuntimeFault
NotEnoughLicenses : RuntimeFault
HostCommunication : RuntimeFault
HostNotConnected : HostCommunication
HostNotReachable : HostCommunication
InvalidArgument : RuntimeFault
  invalidProperty:string?
InvalidName : VimFault
  name:string entity:&ManagedEntity?
NotFound : VimFault
DuplicateName : VimFault
  name:string object:&ManagedObject
InvalidProperty : MethodFault
  name:string
InvalidCollectorVersion : MethodFault
RequestCanceled : RuntimeFault
UnexpectedFault : RuntimeFault
  faultName:string fault:LocalizedMethodFault?
SystemError : RuntimeFault
  reason:string
InvalidState : VimFault
InvalidPowerState : InvalidState
  requestedState:VirtualMachinePowerState? existingState:VirtualMachinePowerState
InvalidHostState : InvalidState
  host:&HostSystem?
InvalidHostConnectionState : InvalidHostState @5.1
TaskInProgress : VimFault
  task:&Task
ConcurrentAccess : VimFault
VmConfigFault : VimFault
InvalidVmConfig : VmConfigFault
  property:string?
InvalidDeviceSpec : InvalidVmConfig
  deviceIndex:int
InvalidDeviceBacking : InvalidDeviceSpec
DeviceNotFound : InvalidDeviceSpec
DeviceNotSupported : VirtualHardwareCompatibilityIssue
  device:string reason:string?
DeviceHotPlugNotSupported : InvalidDeviceSpec @2.5u2server
DeviceControllerNotSupported : DeviceNotSupported
  controller:string
DeviceUnsupportedForVmPlatform : InvalidDeviceSpec @2.5u2server
GenericVmConfigFault : VmConfigFault
  reason:string
TooManyDevices : InvalidVmConfig
InsufficientResourcesFault : VimFault
InsufficientMemoryResourcesFault : InsufficientResourcesFault
  unreserved:long requested:long
MemoryHotPlugNotSupported : VmConfigFault @4.0
CpuHotPlugNotSupported : VmConfigFault @4.0
ToolsUnavailable : VimFault
VirtualHardwareVersionNotSupported : VirtualHardwareCompatibilityIssue
  hostName:string host:&HostSystem
VirtualHardwareCompatibilityIssue : VmConfigFault
AlreadyUpgraded : VimFault
NoDiskFound : VimFault
InvalidFolder : VimFault
  target:&ManagedEntity
InvalidDatastore : VimFault
  datastore:&Datastore? name:string?
FileFault : VimFault
  file:string
FileNotFound : FileFault
FileAlreadyExists : FileFault
HostConfigFault : VimFault
PlatformConfigFault : HostConfigFault
  text:string
ResourceInUse : VimFault
  type:string? name:string?
Timedout : VimFault
SnapshotFault : VimFault
MemorySnapshotOnIndependentDisk : SnapshotFault
InvalidDatastorePath : InvalidDatastore
  datastorePath:string
InvalidDeviceOperation : InvalidDeviceSpec
  badOp:VirtualDeviceConfigSpecOperation? badFileOp:VirtualDeviceConfigSpecFileOperation?
InvalidController : InvalidDeviceSpec
  controllerKey:int
MigrationFault : VimFault
MigrationFeatureNotSupported : MigrationFault
  atSourceHost:boolean failedHostName:string failedHost:&HostSystem
AlreadyExists : VimFault
  name:string?
QuestionPending : InvalidState @4.1
  text:string
VAppConfigFault : VimFault @4.0
NoCompatibleHost : VimFault @4.0
  host:&HostSystem[]? error:LocalizedMethodFault[]?
OutOfBounds : VimFault
  argumentName:string
RestrictedVersion : SecurityError
RestrictedByAdministrator : RuntimeFault @6.0
  details:string
`;
