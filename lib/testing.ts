/** For tests of stacks: a vCenter inside the test's own process, or in one beside it. */
export type { Assumptions } from "./simulator/assumptions";
export type { CallLogEntry, CallLogTask } from "./simulator/call-log";
export type { Timings } from "./simulator/core/timings";
export { EmbeddedVcenter, type EmbeddedVcenterOptions } from "./simulator/embedded-vcenter";
export type { FaultEffect, FaultInjection, FaultTrigger, InjectedFault } from "./simulator/fault-injection";
export { defaultInventory } from "./simulator/inventory/default-inventory";
export type {
  Inventory,
  InventoryDevice,
  InventoryHost,
  InventoryUser,
  InventoryVirtualMachine,
} from "./simulator/inventory/inventory";
export { startVcenter, type VcenterProcess } from "./simulator/start-vcenter";
