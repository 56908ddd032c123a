/** Names an object that vCenter manages: its type (`VirtualMachine`) and its managed object id (`vm-42`). */
export interface ManagedObjectReference {
  type: string;
  value: string;
}

/** Each object once. */
export function distinct(references: readonly ManagedObjectReference[]): ManagedObjectReference[] {
  return [...new Map(references.map((reference) => [reference.value, reference])).values()];
}
