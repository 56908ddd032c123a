/** What vCenter tells of what has happened. The notation is explained in parse-schema.ts. */
export const eventTypes = `
Event
  key:int chainId:int createdTime:dateTime userName:string datacenter:DatacenterEventArgument?
  computeResource:ComputeResourceEventArgument? host:HostEventArgument? vm:VmEventArgument?
  ds:DatastoreEventArgument?@4.0 net:NetworkEventArgument?@4.0 dvs:DvsEventArgument?@4.0
  fullFormattedMessage:string? changeTag:string?@4.0
VmEvent : Event
  template:boolean
VmReconfiguredEvent : VmEvent
  configSpec:VirtualMachineConfigSpec configChanges:ChangesInfoEventArgument?@6.5
ChangesInfoEventArgument @6.5
  modified:string? added:string? deleted:string?
VmMessageErrorEvent : VmEvent @4.0
  message:string
VmMessageWarningEvent : VmEvent @4.0
  message:string
EventArgument
EntityEventArgument : EventArgument
  name:string
DatacenterEventArgument : EntityEventArgument
  datacenter:&Datacenter
ComputeResourceEventArgument : EntityEventArgument
  computeResource:&ComputeResource
HostEventArgument : EntityEventArgument
  host:&HostSystem
VmEventArgument : EntityEventArgument
  vm:&VirtualMachine
EventFilterSpec
  entity:EventFilterSpecByEntity? time:EventFilterSpecByTime? userName:EventFilterSpecByUsername? eventChainId:int?
  alarm:&Alarm? scheduledTask:&ScheduledTask? disableFullMessage:boolean? category:string[]? tag:string[]?@4.0
  eventTypeId:string[]?@4.0 maxCount:int?@6.5
EventFilterSpecByEntity
  entity:&ManagedEntity recursion:EventFilterSpecRecursionOption
enum EventFilterSpecRecursionOption
  self children all
EventFilterSpecByTime
  beginTime:dateTime? endTime:dateTime?
EventFilterSpecByUsername
  systemUser:boolean userList:string[]?
EventDescription
  category:ElementDescription[] eventInfo:EventDescriptionEventDetail[]
EventDescriptionEventDetail
  key:string description:string?@4.0 category:string formatOnDatacenter:string formatOnComputeResource:string
  formatOnHost:string formatOnVm:string fullFormat:string
managed EventManager
  description:EventDescription latestEvent:Event? maxCollector:int
  QueryEvents(filter:EventFilterSpec) Event[]?
`;
