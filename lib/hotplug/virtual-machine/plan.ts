import type { Facts, PowerCyclePolicy, VirtualMachineFacts } from "../facts";
import { isOlder } from "../../compare-versions";
import { checkRules } from "../rules/rules";
import type { RuleId, Violation } from "../rules/violation";
import type { VirtualMachineObservation } from "./target";

export interface WantedSettings {
  hardwareVersion: number;
  powerCycle: PowerCyclePolicy;
  /** The resource is being created, which `on_create` is about. */
  creating: boolean;
  guestShutdownTimeoutSeconds: number;
  forcePowerOff: boolean;
}

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
const PREPARED_RULES: readonly RuleId[] = ["M2", "M3", "M4", "M5"];

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

export function isPrepared(plan: VirtualMachinePlan): boolean {
  return !plan.lockMemory && !needsPowerOff(plan);
}

/** The one place that decides whether a running virtual machine may go down. */
export function mayPowerCycle(policy: PowerCyclePolicy, { creating }: { creating: boolean }): boolean {
  return policy === "if_needed" || (policy === "on_create" && creating);
}

/** Rules that stand against preparing this virtual machine at all; what the preparation itself sets is none of them. */
export function virtualMachineObstacles(observed: VirtualMachineObservation, wanted: WantedSettings): Violation[] {
  const { facts } = observed;
  const plan = planVirtualMachine(facts.virtualMachine, wanted);
  const denied =
    facts.virtualMachine.powerState === "poweredOn" && needsPowerOff(plan) && !mayPowerCycle(wanted.powerCycle, wanted);
  const beyond = upgradeBeyondHost(observed, plan);
  const asked = {
    ...facts.virtualMachine,
    ...(denied && { powerCycleDeniedBy: wanted.powerCycle }),
    // The version that it has now is what the upgrade is about, and no obstacle beside it.
    ...(beyond && { upgradeBeyondHost: beyond, hardwareVersion: undefined }),
  };
  const isPreparedHere = ({ rule, weight }: Violation): boolean =>
    weight === "advice" || (PREPARED_RULES.includes(rule) && !(rule === "M3" && beyond));
  return checkRules({ ...facts, virtualMachine: asked }).filter((violation) => !isPreparedHere(violation));
}

/** Whether hot plug is in force on what was seen, or will be at the next power-on where it is off. */
export function isReady(observed: VirtualMachineObservation, wanted: Pick<WantedSettings, "hardwareVersion">): boolean {
  return (
    isPrepared(planVirtualMachine(observed.facts.virtualMachine, wanted)) && checkRules(observed.facts).length === 0
  );
}

/** An upgrade that the host can't run would fail only after the power-off. */
function upgradeBeyondHost(
  { facts: { host } }: VirtualMachineObservation,
  { upgradeTo }: VirtualMachinePlan,
): NonNullable<Facts["virtualMachine"]>["upgradeBeyondHost"] {
  const needed = upgradeTo === undefined ? undefined : hostVersionFor(upgradeTo);
  if (needed === undefined || host?.version === undefined || !isOlder(host.version, needed)) return undefined;
  return { hardwareVersion: upgradeTo!, host: host.title, hostVersion: host.version, neededHostVersion: needed };
}
