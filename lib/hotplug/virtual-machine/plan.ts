import type { PowerCyclePolicy, VirtualMachineFacts } from "../facts";
import type { RuleId } from "../rules/violation";

/** What is still to be set on a virtual machine so that hot plug works on it. */
export interface VirtualMachinePlan {
  /** M2: all guest memory reserved and locked. */
  lockMemory: boolean;
  /** M3: the hardware version to upgrade to. */
  upgradeTo?: number;
  /** M4: the motherboard layout acpiHostBridges. */
  setMotherboardLayout: boolean;
  /** M5: fixedPassthruHotPlugEnabled. */
  setHotPlug: boolean;
}

/** The rules that a preparation makes true; all others have to hold before it begins. */
export const PREPARED_RULES: readonly RuleId[] = ["M2", "M3", "M4", "M5"];

/** The virtual hardware that each ESXi release brought. https://knowledge.broadcom.com/external/article/315655 */
const HOST_VERSION_OF: Record<number, string> = { 20: "8.0.0", 21: "8.0.2", 22: "9.0.0" };

/** The oldest host that runs a hardware version; undefined for one that isn't known here. */
export function hostVersionFor(hardwareVersion: number): string | undefined {
  return HOST_VERSION_OF[hardwareVersion];
}

/** What vCenter doesn't show as set counts as not set. A newer hardware version is fine and never lowered. */
export function planVirtualMachine(
  vm: VirtualMachineFacts,
  { hardwareVersion }: { hardwareVersion: number },
): VirtualMachinePlan {
  return {
    lockMemory: vm.memoryReservationLockedToMax !== true,
    ...((vm.hardwareVersion ?? 0) < hardwareVersion && { upgradeTo: hardwareVersion }),
    setMotherboardLayout: vm.motherboardLayout !== "acpiHostBridges",
    setHotPlug: vm.fixedPassthruHotPlugEnabled !== true,
  };
}

export function needsPowerOff({ upgradeTo, setMotherboardLayout, setHotPlug }: VirtualMachinePlan): boolean {
  return upgradeTo !== undefined || setMotherboardLayout || setHotPlug;
}

export function isPrepared(preparation: VirtualMachinePlan): boolean {
  return !preparation.lockMemory && !needsPowerOff(preparation);
}

/** The one place that decides whether a running virtual machine may go down. */
export function mayPowerCycle(policy: PowerCyclePolicy, { creating }: { creating: boolean }): boolean {
  return policy === "if_needed" || (policy === "on_create" && creating);
}

/** Each thing that will be set, as a person reads it. */
export function describeVirtualMachinePlan(vm: VirtualMachineFacts, preparation: VirtualMachinePlan): string[] {
  const { lockMemory, upgradeTo, setMotherboardLayout, setHotPlug } = preparation;
  return [
    ...(lockMemory ? ["all guest memory reserved and locked (M2)"] : []),
    ...(upgradeTo === undefined
      ? []
      : [`hardware version ${vm.hardwareVersion ?? "unknown"} upgraded to ${upgradeTo} (M3)`]),
    ...(setMotherboardLayout
      ? [`motherboard layout ${vm.motherboardLayout ?? "unknown"} changed to acpiHostBridges (M4)`]
      : []),
    ...(setHotPlug ? ["hot plug of passthrough devices switched on (M5)"] : []),
  ];
}
