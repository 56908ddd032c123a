import type { VirtualMachineFacts } from "../facts";
import type { Violation } from "./violation";

const MAX_CPUS = 128;
export const MINIMUM_HARDWARE_VERSION = 20;

const SETTINGS = "hotplug_virtual_machine_settings";

/** A rule about a virtual machine: when it is broken, what it says. */
type Rule = (vm: VirtualMachineFacts) => Omit<Violation, "rule"> | undefined | false;

const running = (vm: VirtualMachineFacts): boolean => vm.powerState !== "poweredOff";

const RULES: [Violation["rule"], Rule][] = [
  [
    "H0",
    (vm) =>
      vm.connected === false && {
        summary:
          `Virtual machine ${vm.title} is not reachable through its host (disconnected, orphaned or ` + "inaccessible)",
        why: "What it really has can't be seen, so nothing is changed and nothing is taken for removed.",
        remedy: "Bring the virtual machine and its host back into vCenter's sight, then plan again.",
        weight: "changeable",
      },
  ],
  [
    "N7",
    (vm) =>
      vm.template === true && {
        summary: `${vm.title} is a template`,
        why: "Only a virtual machine takes passthrough devices; a template has no place on a host.",
        remedy: "Convert it to a virtual machine, or name another one.",
        weight: "fixed",
      },
  ],
  [
    "N7",
    (vm) =>
      vm.powerState === "suspended" && {
        summary: `Virtual machine ${vm.title} is suspended`,
        why:
          "A virtual machine with passthrough devices can't be suspended and resumed, and a suspended one takes " +
          "no device.",
        remedy: "Power it on, or off, then plan again.",
        weight: "fixed",
      },
  ],
  [
    "N7",
    (vm) =>
      vm.hasSnapshot === true && {
        summary: `Virtual machine ${vm.title} has a snapshot`,
        why: "VMDirectPath I/O rules snapshots out.",
        remedy: "Delete the virtual machine's snapshots.",
        weight: "changeable",
      },
  ],
  [
    "M1",
    (vm) =>
      vm.firmware !== undefined &&
      vm.firmware !== "efi" && {
        summary: `Virtual machine ${vm.title} has ${vm.firmware} firmware, and hot plug needs efi`,
        why:
          "Hot plug needs the ACPI motherboard layout, which doesn't start on BIOS firmware, and an installed " +
          "guest doesn't start after a switch.",
        remedy: 'Install the guest anew on a virtual machine with EFI firmware (firmware = "efi").',
        weight: "fixed",
      },
  ],
  [
    "M2",
    (vm) =>
      vm.memoryReservationLockedToMax === false && {
        summary: `Virtual machine ${vm.title} doesn't have all its memory reserved`,
        why: "A device writes into the guest's memory by itself, so all of it has to be reserved and locked.",
        remedy:
          `Set memoryReservationLockedToMax ("Reserve all guest memory (All locked)"); a ${SETTINGS} resource ` +
          "does.",
        weight: "changeable",
      },
  ],
  [
    "M3",
    (vm) =>
      vm.hardwareVersion !== undefined &&
      vm.hardwareVersion < MINIMUM_HARDWARE_VERSION && {
        summary:
          `Virtual machine ${vm.title} has hardware version ${vm.hardwareVersion}, and hot plug needs ` +
          `${MINIMUM_HARDWARE_VERSION}`,
        why:
          `Hot plug came with compatibility vmx-${MINIMUM_HARDWARE_VERSION}; an upgrade needs the virtual ` +
          "machine powered off.",
        remedy: `Upgrade its compatibility to vmx-${MINIMUM_HARDWARE_VERSION} or later; a ${SETTINGS} resource does.`,
        weight: "changeable",
      },
  ],
  [
    "M3",
    ({ title, upgradeBeyondHost: beyond }) =>
      beyond !== undefined && {
        summary:
          `Virtual machine ${title} can't have hardware version ${beyond.hardwareVersion} on host ` +
          `${beyond.host}, which is ESXi ${beyond.hostVersion}`,
        why: `Hardware version ${beyond.hardwareVersion} came with ESXi ${beyond.neededHostVersion}.`,
        remedy: "Lower hardware_version, or move the virtual machine to a newer host.",
        weight: "changeable",
      },
  ],
  [
    "M4",
    (vm) =>
      vm.motherboardLayout !== undefined &&
      vm.motherboardLayout !== "acpiHostBridges" && {
        summary:
          `Virtual machine ${vm.title} has motherboard layout ${vm.motherboardLayout}, and hot plug needs ` +
          "acpiHostBridges",
        why: "Only the ACPI layout has PCI slots for devices that come later.",
        remedy: `Set motherboardLayout to acpiHostBridges while it is powered off; a ${SETTINGS} resource does.`,
        weight: "changeable",
      },
  ],
  [
    "M5",
    (vm) =>
      vm.fixedPassthruHotPlugEnabled === false && {
        summary: `Virtual machine ${vm.title} has hot plug of passthrough devices switched off`,
        why: running(vm)
          ? "fixedPassthruHotPlugEnabled was not set when it was powered on; it is set while the virtual machine " +
            "is off and holds from the next power-on."
          : "fixedPassthruHotPlugEnabled is not set. Devices can be attached now, while it is off, but not once " +
            "it runs.",
        remedy: `Set fixedPassthruHotPlugEnabled while it is powered off; a ${SETTINGS} resource does.`,
        weight: running(vm) ? "changeable" : "advice",
      },
  ],
  [
    "M7",
    (vm) =>
      vm.powerCycleDeniedBy !== undefined && {
        summary:
          `Virtual machine ${vm.title} needs a power cycle, and power_cycle = "${vm.powerCycleDeniedBy}" doesn't ` +
          "allow one",
        why:
          "The hardware version, the motherboard layout and hot plug of passthrough devices can be set only " +
          "while it is powered off.",
        remedy:
          'Power it off yourself and apply again, or set power_cycle = "if_needed": the guest is then shut down ' +
          "and powered on " +
          `once.${vm.powerCycleDeniedBy === "on_create" ? ' "on_create" allows that only while the resource is being created.' : ""}`,
        weight: "changeable",
      },
  ],
  [
    "N1",
    (vm) =>
      vm.vvtdEnabled === true && {
        summary: `Virtual machine ${vm.title} exposes an IOMMU to its guest`,
        why: "A virtual IOMMU (vvtdEnabled) can't be on together with hot plug of passthrough devices.",
        remedy: "Switch it off (vvtd_enabled = false).",
        weight: "changeable",
      },
  ],
  [
    "N2",
    (vm) =>
      (vm.cpuHotAddEnabled === true || vm.cpuHotRemoveEnabled === true) && {
        summary: `Virtual machine ${vm.title} has CPU hot plug switched on`,
        why: "CPU hot plug can't be on together with hot plug of passthrough devices.",
        remedy: "Switch it off (cpu_hot_add_enabled = false, cpu_hot_remove_enabled = false).",
        weight: "changeable",
      },
  ],
  [
    "N3",
    (vm) =>
      vm.memoryHotAddEnabled === true && {
        summary: `Virtual machine ${vm.title} has memory hot plug switched on`,
        why: "Memory hot plug can't be on together with hot plug of passthrough devices.",
        remedy: "Switch it off (memory_hot_add_enabled = false).",
        weight: "changeable",
      },
  ],
  [
    "N4",
    (vm) =>
      (vm.dynamicPassthroughDevices?.length ?? 0) > 0 && {
        summary:
          `Virtual machine ${vm.title} has Dynamic DirectPath I/O devices: ` +
          `${vm.dynamicPassthroughDevices!.join(", ")}`,
        why: "Dynamic DirectPath I/O can't be used together with hot plug of passthrough devices.",
        remedy: "Take these devices off the virtual machine, or attach them as fixed passthrough devices.",
        weight: "changeable",
      },
  ],
  [
    "N5",
    (vm) =>
      vm.numCpus !== undefined &&
      vm.numCpus > MAX_CPUS && {
        summary: `Virtual machine ${vm.title} has ${vm.numCpus} virtual CPUs, and hot plug allows ${MAX_CPUS}`,
        why: `Hot plug of passthrough devices is not supported with more than ${MAX_CPUS} virtual CPUs.`,
        remedy: `Give it at most ${MAX_CPUS} (num_cpus).`,
        weight: "changeable",
      },
  ],
  [
    "G4",
    (vm) =>
      vm.guestSupportsHotPlugPci === false && {
        summary:
          `The guest operating system of virtual machine ${vm.title} doesn't support hot plug of PCI devices: ` +
          `${vm.guestId ?? "unknown"}`,
        why:
          "vSphere lists it without hot plug of PCI devices, so the guest may not see a device that comes while " +
          "it runs.",
        remedy: "Use a guest that supports hot plug and surprise removal of NVMe devices, in a current stable release.",
        weight: "advice",
      },
  ],
];

export function virtualMachineRules(vm: VirtualMachineFacts): Violation[] {
  return RULES.flatMap(([rule, check]) => {
    const broken = check(vm);
    return broken ? [{ rule, ...broken }] : [];
  });
}
