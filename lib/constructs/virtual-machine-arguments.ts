import { type TerraformResource, type TerraformResourceLifecycle, Token } from "cdktf";
import type { VirtualMachineConfig } from "@cdktf/provider-vsphere/lib/virtual-machine";
import type { VirtualMachineFacts } from "../hotplug/facts";
import { checkRules } from "../hotplug/rules/rules";
import { MINIMUM_HARDWARE_VERSION } from "../hotplug/rules/virtual-machine";
import type { Violation } from "../hotplug/rules/violation";
import { known } from "./known";

const NAMES = [
  "name",
  "firmware",
  "hardwareVersion",
  "numCpus",
  "memory",
  "memoryReservation",
  "memoryReservationLockedToMax",
  "cpuHotAddEnabled",
  "cpuHotRemoveEnabled",
  "memoryHotAddEnabled",
  "vvtdEnabled",
  "nestedHvEnabled",
  "extraConfig",
  "hostSystemId",
  "pciDeviceId",
] as const;

/** The arguments of `vsphere_virtual_machine` that hot plug has something to say about. */
export type VirtualMachineArguments = Partial<Pick<VirtualMachineConfig, (typeof NAMES)[number]>>;

/** What vmware/vsphere takes where these arguments are left out. */
export const VSPHERE_DEFAULTS = { firmware: "bios", memory: 1024, memoryReservation: 0 } as const;

/** The argument by which vmware/vsphere would take off every passthrough device that it doesn't list itself. */
const PCI_DEVICE_ID = "pci_device_id";

/** The arguments of a `vsphere_virtual_machine` that the stack has, whichever bindings it was made with. */
export function argumentsOf(resource: TerraformResource): VirtualMachineArguments {
  const inputs = resource as unknown as Readonly<Record<string, unknown>>;
  return Object.fromEntries(NAMES.map((name) => [name, inputs[`${name}Input`]]));
}

/** The rules that these arguments break; tokens break none. */
export function brokenByArguments(given: VirtualMachineArguments, title: string): Violation[] {
  const violations = checkRules({ virtualMachine: factsOf(given, title) });
  return violations.map((violation) => ({ ...violation, remedy: REMEDIES[violation.rule] ?? violation.remedy }));
}

/** Where the way out is an argument of the same construct, and the rule's own words name a resource. */
const REMEDIES: Partial<Record<Violation["rule"], string>> = {
  M2: "Set memoryReservation to the value of memory, and leave memoryReservationLockedToMax out or true.",
  M3: `Set hardwareVersion to ${MINIMUM_HARDWARE_VERSION} or later.`,
};

function factsOf(given: VirtualMachineArguments, title: string): VirtualMachineFacts {
  return {
    title,
    firmware: known(given.firmware ?? VSPHERE_DEFAULTS.firmware),
    hardwareVersion: known(given.hardwareVersion),
    numCpus: known(given.numCpus),
    memoryReservationLockedToMax: isLocked(given),
    cpuHotAddEnabled: known(given.cpuHotAddEnabled) === true,
    cpuHotRemoveEnabled: known(given.cpuHotRemoveEnabled) === true,
    memoryHotAddEnabled: known(given.memoryHotAddEnabled) === true,
    vvtdEnabled: known(given.vvtdEnabled) === true,
    nestedHVEnabled: known(given.nestedHvEnabled) === true,
    // A virtual machine's file describes a dynamic device by the models it may be; the key's name is assumed.
    dynamicPassthroughDevices: Object.keys(known(given.extraConfig) ?? {}).filter((key) =>
      /^pciPassthru\d+\.allowedDevices$/i.test(key),
    ),
  };
}

/** vmware/vsphere locks the memory only where the reservation equals it, and undoes our lock otherwise. */
function isLocked({
  memory = VSPHERE_DEFAULTS.memory,
  memoryReservation = VSPHERE_DEFAULTS.memoryReservation,
  memoryReservationLockedToMax,
}: VirtualMachineArguments): boolean | undefined {
  if (known(memoryReservationLockedToMax) === false) return false;
  if (memory === memoryReservation) return true;
  return known(memory) === undefined || known(memoryReservation) === undefined ? undefined : false;
}

/** A lifecycle under which vmware/vsphere leaves the passthrough devices of the virtual machine alone. */
export function leavingDevicesAlone(lifecycle: TerraformResourceLifecycle = {}): TerraformResourceLifecycle {
  return leavesDevicesAlone(lifecycle)
    ? lifecycle
    : { ...lifecycle, ignoreChanges: [...ignored(lifecycle), PCI_DEVICE_ID] };
}

export function leavesDevicesAlone(lifecycle: TerraformResourceLifecycle = {}): boolean {
  return (
    lifecycle.ignoreChanges === "all" ||
    Token.isUnresolved(lifecycle.ignoreChanges) ||
    ignored(lifecycle).includes(PCI_DEVICE_ID)
  );
}

function ignored({ ignoreChanges }: TerraformResourceLifecycle): string[] {
  return Array.isArray(ignoreChanges) ? ignoreChanges : [];
}
