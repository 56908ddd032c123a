/** Where virtual machines and their copies go. The notation is explained in parse-schema.ts. */
export const virtualMachinePlacementTypes = `
VirtualMachineRelocateSpec
  service:ServiceLocator?@6.0 folder:&Folder?@6.0 datastore:&Datastore? diskMoveType:string?@4.0
  pool:&ResourcePool? host:&HostSystem? disk:VirtualMachineRelocateSpecDiskLocator[]?
  transform:VirtualMachineRelocateTransformation? deviceChange:VirtualDeviceConfigSpec[]?@5.5
  profile:VirtualMachineProfileSpec[]?@5.5 cryptoSpec:CryptoSpec?@7.0.0.0
VirtualMachineRelocateSpecDiskLocator
  diskId:int datastore:&Datastore diskMoveType:string?@4.0 diskBackingInfo:VirtualDeviceBackingInfo?@5.0
  profile:VirtualMachineProfileSpec[]?@5.5 backing:VirtualMachineRelocateSpecDiskLocatorBackingSpec?@7.0.0.0
  filterSpec:VirtualMachineBaseIndependentFilterSpec[]?@7.0.2.1
enum VirtualMachineRelocateTransformation
  flat sparse
VirtualMachineCloneSpec
  location:VirtualMachineRelocateSpec template:boolean config:VirtualMachineConfigSpec?
  customization:CustomizationSpec? powerOn:boolean snapshot:&VirtualMachineSnapshot?@4.0 memory:boolean?@5.5
  tpmProvisionPolicy:string?@8.0.0.1
`;
