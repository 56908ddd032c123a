/** The service itself: sessions, tasks, privileges, options. The notation is explained in parse-schema.ts. */
export const serviceTypes = `
AboutInfo
  name:string fullName:string vendor:string version:string patchLevel:string?@7.0.2.0 build:string
  localeVersion:string? localeBuild:string? osType:string productLineId:string apiType:string apiVersion:string
  instanceUuid:string?@4.0 licenseProductName:string?@4.0 licenseProductVersion:string?@4.0
ServiceContent
  rootFolder:&Folder propertyCollector:&PropertyCollector viewManager:&ViewManager? about:AboutInfo
  setting:&OptionManager? userDirectory:&UserDirectory? sessionManager:&SessionManager?
  authorizationManager:&AuthorizationManager? serviceManager:&ServiceManager?@5.1 perfManager:&PerformanceManager?
  scheduledTaskManager:&ScheduledTaskManager? alarmManager:&AlarmManager? eventManager:&EventManager?
  taskManager:&TaskManager? extensionManager:&ExtensionManager? customizationSpecManager:&CustomizationSpecManager?
  guestCustomizationManager:&VirtualMachineGuestCustomizationManager?@6.8.7
  customFieldsManager:&CustomFieldsManager? accountManager:&HostLocalAccountManager?
  diagnosticManager:&DiagnosticManager? licenseManager:&LicenseManager? searchIndex:&SearchIndex?
  fileManager:&FileManager? datastoreNamespaceManager:&DatastoreNamespaceManager?@5.5
  virtualDiskManager:&VirtualDiskManager? virtualizationManager:&VirtualizationManager?
  snmpSystem:&HostSnmpSystem?@4.0 vmProvisioningChecker:&VirtualMachineProvisioningChecker?@4.0
  vmCompatibilityChecker:&VirtualMachineCompatibilityChecker?@4.0 ovfManager:&OvfManager?@4.0
  ipPoolManager:&IpPoolManager?@4.0 dvSwitchManager:&DistributedVirtualSwitchManager?@4.0
  hostProfileManager:&HostProfileManager?@4.0 clusterProfileManager:&ClusterProfileManager?@4.0
  complianceManager:&ProfileComplianceManager?@4.0 localizationManager:&LocalizationManager?@4.0
  storageResourceManager:&StorageResourceManager?@4.1 guestOperationsManager:&GuestOperationsManager?@5.0
  overheadMemoryManager:&OverheadMemoryManager?@6.0 certificateManager:&CertificateManager?@6.0
  ioFilterManager:&IoFilterManager?@6.0 vStorageObjectManager:&VStorageObjectManagerBase?@6.5
  hostSpecManager:&HostSpecificationManager?@6.5 cryptoManager:&CryptoManager?@6.5
  healthUpdateManager:&HealthUpdateManager?@6.5 failoverClusterConfigurator:&FailoverClusterConfigurator?@6.5
  failoverClusterManager:&FailoverClusterManager?@6.5 tenantManager:&TenantTenantManager?@6.9.1
  siteInfoManager:&SiteInfoManager?@7.0.0.0 storageQueryManager:&StorageQueryManager?@6.7.2
  directPathProfileManager:&DirectPathProfileManager?@9.0.0.0
UserSession
  key:string userName:string fullName:string loginTime:dateTime lastActiveTime:dateTime locale:string
  messageLocale:string extensionSession:boolean@5.0 ipAddress:string@5.1 userAgent:string@5.1 callCount:long@5.1
Capability
  provisioningSupported:boolean multiHostSupported:boolean userShellAccessSupported:boolean
  supportedEVCMode:EVCMode[]?@4.0 supportedEVCGraphicsMode:FeatureEVCMode[]?@7.0.1.0
  networkBackupAndRestoreSupported:boolean?@5.1 ftDrsWithoutEvcSupported:boolean?@6.7
  hciWorkflowSupported:boolean?@6.7.1 computePolicyVersion:int?@6.8.7 clusterPlacementSupported:boolean?@7.0.0.0
  lifecycleManagementSupported:boolean?@7.0.0.0 hostSeedingSupported:boolean?@7.0.2.0
  scalableSharesSupported:boolean?@7.0.0.0 hadcsSupported:boolean?@7.0.1.1 configMgmtSupported:boolean?@7.0.3.1
KeyAnyValue
  key:string value:anyType
KeyValue
  key:string value:string
Description
  label:string summary:string
ElementDescription : Description
  key:string
TypeDescription : Description
  key:string
OptionValue
  key:string value:anyType?
OptionDef : ElementDescription
  optionType:OptionType
OptionType
  valueIsReadonly:boolean?
ChoiceOption : OptionType
  choiceInfo:ElementDescription[] defaultIndex:int?
StringOption : OptionType
  defaultValue:string validCharacters:string?
BoolOption : OptionType
  supported:boolean defaultValue:boolean
IntOption : OptionType
  min:int max:int defaultValue:int
LongOption : OptionType
  min:long max:long defaultValue:long
LocalizableMessage
  key:string arg:KeyAnyValue[]? message:string?
TaskDescription
  methodInfo:ElementDescription[] state:ElementDescription[] reason:TypeDescription[]
TaskInfo
  key:string task:&Task description:LocalizableMessage?@4.0 name:string? descriptionId:string
  entity:&ManagedEntity? entityName:string? locked:&ManagedEntity[]? state:TaskInfoState cancelled:boolean
  cancelable:boolean error:LocalizedMethodFault? result:anyType? progress:int?
  progressDetails:KeyAnyValue[]?@8.0.1.0 reason:TaskReason queueTime:dateTime startTime:dateTime?
  completeTime:dateTime? eventChainId:int changeTag:string?@4.0 parentTaskKey:string?@4.0 rootTaskKey:string?@4.0
  activationId:string?@6.0
enum TaskInfoState
  queued running success error
TaskReason
TaskReasonUser : TaskReason
  userName:string
TaskReasonSystem : TaskReason
TaskFilterSpec
  entity:TaskFilterSpecByEntity? time:TaskFilterSpecByTime? userName:TaskFilterSpecByUsername?
  activationId:string[]?@6.0 state:TaskInfoState[]? alarm:&Alarm? scheduledTask:&ScheduledTask?
  eventChainId:int[]?@4.0 tag:string[]?@4.0 parentTaskKey:string[]?@4.0 rootTaskKey:string[]?@4.0
TaskFilterSpecByEntity
  entity:&ManagedEntity recursion:TaskFilterSpecRecursionOption
enum TaskFilterSpecRecursionOption
  self children all
TaskFilterSpecByUsername
  systemUser:boolean userList:string[]?
TaskFilterSpecByTime
  timeType:TaskFilterSpecTimeOption beginTime:dateTime? endTime:dateTime?
enum TaskFilterSpecTimeOption
  queuedTime startedTime completedTime
AuthorizationRole
  roleId:int system:boolean name:string info:Description privilege:string[]?
AuthorizationPrivilege
  privId:string onParent:boolean name:string privGroupName:string
Permission
  entity:&ManagedEntity? principal:string group:boolean roleId:int propagate:boolean
EntityPrivilege @5.5
  entity:&ManagedEntity privAvailability:PrivilegeAvailability[]
PrivilegeAvailability @5.5
  privId:string isGranted:boolean
UserPrivilegeResult @6.5
  entity:&ManagedEntity privileges:string[]?
AuthorizationDescription
  privilege:ElementDescription[] privilegeGroup:ElementDescription[]
enum ManagedEntityStatus
  gray green yellow red
CustomFieldValue
  key:int
CustomFieldDef
  key:int name:string type:string managedObjectType:string? fieldDefPrivileges:PrivilegePolicyDef?
  fieldInstancePrivileges:PrivilegePolicyDef?
Tag @4.0
  key:string
managed ServiceInstance
  serverClock:dateTime capability:Capability content:ServiceContent
  CurrentTime() dateTime
  RetrieveServiceContent() ServiceContent
  QueryVMotionCompatibility(vm:&VirtualMachine host:&HostSystem[] compatibility:string[]?) HostVMotionCompatibility[]?
managed SessionManager
  sessionList:UserSession[]? currentSession:UserSession? message:string? messageLocaleList:string[]?
  supportedLocaleList:string[]? defaultLocale:string
  LoginByToken(locale:string?) UserSession@5.1 ! InvalidLogin InvalidLocale
  Login(userName:string password:string locale:string?) UserSession ! InvalidLogin InvalidLocale
  Logout() void
  TerminateSession(sessionId:string[]) void ! NotFound
  SetLocale(locale:string) void ! InvalidLocale
  SessionIsActive(sessionID:string userName:string) boolean
  AcquireCloneTicket() string@2.5u2
  CloneSession(cloneTicket:string) UserSession@2.5u2 ! InvalidLogin
managed TaskManager
  recentTask:&Task[]? description:TaskDescription maxCollector:int
  CreateCollectorForTasks(filter:TaskFilterSpec) &TaskHistoryCollector ! InvalidState
managed Task : ExtensibleManagedObject
  info:TaskInfo
  CancelTask() void ! InvalidState
managed TaskHistoryCollector : HistoryCollector
  latestPage:TaskInfo[]?
  SetCollectorPageSize(maxCount:int) void
  RewindCollector() void
  ResetCollector() void
  DestroyCollector() void
  ReadNextTasks(maxCount:int) TaskInfo[]?
  ReadPreviousTasks(maxCount:int) TaskInfo[]?
managed HistoryCollector
  filter:anyType
  SetCollectorPageSize(maxCount:int) void
  RewindCollector() void
  ResetCollector() void
  DestroyCollector() void
managed AuthorizationManager
  privilegeList:AuthorizationPrivilege[]? roleList:AuthorizationRole[]? description:AuthorizationDescription
  AddAuthorizationRole(name:string privIds:string[]?) int ! AlreadyExists InvalidName
  RetrieveRolePermissions(roleId:int) Permission[]? ! NotFound
  RetrieveEntityPermissions(entity:&ManagedEntity inherited:boolean) Permission[]?
  RetrieveAllPermissions() Permission[]?
  SetEntityPermissions(entity:&ManagedEntity permission:Permission[]?) void
    ! UserNotFound NotFound AuthMinimumAdminPermission
  HasPrivilegeOnEntity(entity:&ManagedEntity sessionId:string privId:string[]?) boolean[]?@5.0
  HasPrivilegeOnEntities(entity:&ManagedEntity[] sessionId:string privId:string[]?) EntityPrivilege[]?@5.5
  HasUserPrivilegeOnEntities(entities:&ManagedObject[] userName:string privId:string[]?) EntityPrivilege[]?@6.5
  FetchUserPrivilegeOnEntities(entities:&ManagedEntity[] userName:string) UserPrivilegeResult[]?@6.5
managed OptionManager
  supportedOption:OptionDef[]? setting:OptionValue[]?
  QueryOptions(name:string?) OptionValue[]? ! InvalidName
managed SearchIndex
  FindByUuid(datacenter:&Datacenter? uuid:string vmSearch:boolean instanceUuid:boolean?@4.0) &ManagedEntity?
  FindByDatastorePath(datacenter:&Datacenter path:string) &VirtualMachine? ! InvalidDatastore
  FindByDnsName(datacenter:&Datacenter? dnsName:string vmSearch:boolean) &ManagedEntity?
  FindByIp(datacenter:&Datacenter? ip:string vmSearch:boolean) &ManagedEntity?
  FindByInventoryPath(inventoryPath:string) &ManagedEntity?
  FindChild(entity:&ManagedEntity name:string) &ManagedEntity?
  FindAllByUuid(datacenter:&Datacenter? uuid:string vmSearch:boolean instanceUuid:boolean?) &ManagedEntity[]@4.0
  FindAllByDnsName(datacenter:&Datacenter? dnsName:string vmSearch:boolean) &ManagedEntity[]@4.0
  FindAllByIp(datacenter:&Datacenter? ip:string vmSearch:boolean) &ManagedEntity[]@4.0
managed ExtensionManager
  extensionList:Extension[]?
managed CustomFieldsManager
  field:CustomFieldDef[]?
managed LicenseManager
  source:LicenseSource sourceAvailable:boolean diagnostics:LicenseDiagnostics? featureInfo:LicenseFeatureInfo[]?
  licensedEdition:string licenses:LicenseManagerLicenseInfo[]@4.0
  licenseAssignmentManager:&LicenseAssignmentManager?@4.0 evaluation:LicenseManagerEvaluationInfo@4.0
`;
