/** Names an object that vCenter manages: its type (`VirtualMachine`) and its managed object id (`vm-42`). */
export interface ManagedObjectReference {
  type: string;
  value: string;
}

export function sameReference(one: ManagedObjectReference, other: ManagedObjectReference): boolean {
  return one.type === other.type && one.value === other.value;
}
