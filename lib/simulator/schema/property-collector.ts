/**
 * Reading properties and waiting for changes, with the views that select objects. The notation is explained in
 * parse-schema.ts.
 */
export const propertyCollectorTypes = `
PropertyFilterSpec
  propSet:PropertySpec[] objectSet:ObjectSpec[] reportMissingObjectsInResults:boolean?
PropertySpec
  type:string all:boolean? pathSet:string[]?
ObjectSpec
  obj:&ManagedObject skip:boolean? selectSet:SelectionSpec[]?
SelectionSpec
  name:string?
TraversalSpec : SelectionSpec
  type:string path:string skip:boolean? selectSet:SelectionSpec[]?
RetrieveOptions
  maxObjects:int?
RetrieveResult
  token:string? objects:ObjectContent[]
ObjectContent
  obj:&ManagedObject propSet:DynamicProperty[]? missingSet:MissingProperty[]?
DynamicProperty
  name:string val:anyType
MissingProperty
  path:string fault:LocalizedMethodFault
WaitOptions
  maxWaitSeconds:int? maxObjectUpdates:int?
UpdateSet
  version:string filterSet:PropertyFilterUpdate[]? truncated:boolean?
PropertyFilterUpdate
  filter:&PropertyFilter objectSet:ObjectUpdate[]? missingSet:MissingObject[]?
ObjectUpdate
  kind:ObjectUpdateKind obj:&ManagedObject changeSet:PropertyChange[]? missingSet:MissingProperty[]?
enum ObjectUpdateKind
  modify enter leave
MissingObject
  obj:&ManagedObject fault:LocalizedMethodFault
PropertyChange
  name:string op:PropertyChangeOp val:anyType?
enum PropertyChangeOp
  add remove assign indirectRemove
managed PropertyCollector
  filter:&PropertyFilter[]?
  CreateFilter(spec:PropertyFilterSpec partialUpdates:boolean) &PropertyFilter ! InvalidProperty
  RetrieveProperties(specSet:PropertyFilterSpec[]) ObjectContent[]? ! InvalidProperty
  CheckForUpdates(version:string?) UpdateSet? ! InvalidCollectorVersion
  WaitForUpdates(version:string?) UpdateSet ! InvalidCollectorVersion
  CancelWaitForUpdates() void
  WaitForUpdatesEx(version:string? options:WaitOptions?) UpdateSet? ! InvalidCollectorVersion
  RetrievePropertiesEx(specSet:PropertyFilterSpec[] options:RetrieveOptions) RetrieveResult? ! InvalidProperty
  ContinueRetrievePropertiesEx(token:string) RetrieveResult ! InvalidProperty
  CancelRetrievePropertiesEx(token:string) void ! InvalidProperty
  CreatePropertyCollector() &PropertyCollector
  DestroyPropertyCollector() void
managed PropertyFilter
  spec:PropertyFilterSpec partialUpdates:boolean
  DestroyPropertyFilter() void
managed View
  DestroyView() void
managed ManagedObjectView : View
  view:&ManagedObject[]?
  DestroyView() void
managed ContainerView : ManagedObjectView
  container:&ManagedEntity type:string[]? recursive:boolean
  DestroyView() void
managed ListView : ManagedObjectView
  DestroyView() void
  ModifyListView(add:&ManagedObject[]? remove:&ManagedObject[]?) &ManagedObject[]?
  ResetListView(obj:&ManagedObject[]?) &ManagedObject[]?
  ResetListViewFromView(view:&View) void
managed InventoryView : ManagedObjectView
  DestroyView() void
  OpenInventoryViewFolder(entity:&ManagedEntity[]) &ManagedEntity[]?
  CloseInventoryViewFolder(entity:&ManagedEntity[]) &ManagedEntity[]?
managed ViewManager
  viewList:&View[]?
  CreateInventoryView() &InventoryView
  CreateContainerView(container:&ManagedEntity type:string[]? recursive:boolean) &ContainerView
  CreateListView(obj:&ManagedObject[]?) &ListView
  CreateListViewFromView(view:&View) &ListView
`;
