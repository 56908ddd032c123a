import type { ToVim } from "../wire/types";

// The ways from an object to others, as the property collector goes them.

type Traversal = ToVim<"TraversalSpec">;

export const virtualMachinesOfHost = traversal("HostSystem", "vm");
export const datastoresOfHost = traversal("HostSystem", "datastore");
/** From a VM to its host, and on to all VMs on that. */
export const hostOfVirtualMachine = traversal("VirtualMachine", "runtime.host", { selectSet: [virtualMachinesOfHost] });
/** From a VM to its host alone. */
export const hostAloneOfVirtualMachine = traversal("VirtualMachine", "runtime.host");
export const clusterOfHost = traversal("HostSystem", "parent");

/** The way from the root folder to all hosts, and on from each by `next`. */
export function hostsBelowFolder(next: Traversal[] = []): Traversal[] {
  const byName = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));
  return [
    traversal("Folder", "childEntity", { name: "folder", selectSet: byName("folder", "datacenter", "cluster") }),
    traversal("Datacenter", "hostFolder", { name: "datacenter", selectSet: byName("folder") }),
    traversal("ComputeResource", "host", { name: "cluster", selectSet: next }),
  ];
}

/** The way from the root folder to all VMs, whether a host has them or not. */
export function virtualMachinesBelowFolder(): Traversal[] {
  const byName = (...names: string[]): { name: string }[] => names.map((name) => ({ name }));
  return [
    traversal("Folder", "childEntity", { name: "folder", selectSet: byName("folder", "datacenter", "vapp") }),
    traversal("Datacenter", "vmFolder", { name: "datacenter", selectSet: byName("folder") }),
    traversal("VirtualApp", "vm", { name: "vapp" }),
  ];
}

function traversal(type: string, path: string, more: Pick<Traversal, "name" | "selectSet"> = {}): Traversal {
  return { $type: "TraversalSpec", type, path, skip: false, ...more };
}
