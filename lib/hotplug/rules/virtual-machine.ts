import { printable } from "../../printable";
import type { Rules } from "./rule";

export const MINIMUM_HARDWARE_VERSION = 20;

const LAYOUT = "acpiHostBridges";
const SETTINGS = "a hotplug_virtual_machine_settings resource does";
const ONLY_ON_CREATION = ' "on_create" allows that only while the resource is being created.';

/** The virtual machine: whether it is one that runs or can, and its settings. */
export const VIRTUAL_MACHINE_RULES = {
  N7: {
    about: "virtualMachine",
    holds: "The virtual machine is no template, isn't suspended and has no snapshot",
    isKnown: ({ virtualMachine: vm }) =>
      vm?.template !== undefined && vm.powerState !== undefined && vm.hasSnapshot !== undefined,
    broken: {
      virtualMachine: [
        ({ title, template }) =>
          template === true && {
            summary: `${title} is a template`,
            why: "Only a virtual machine takes passthrough devices; a template has no place on a host.",
            remedy: "Convert it to a virtual machine, or name another one.",
            weight: "fixed",
          },
        ({ title, powerState }) =>
          powerState === "suspended" && {
            summary: `Virtual machine ${title} is suspended`,
            why:
              "A virtual machine with passthrough devices can't be suspended and resumed, and a suspended one takes " +
              "no device.",
            remedy: "Power it on, or off, then plan again.",
            weight: "fixed",
          },
        ({ title, hasSnapshot }) =>
          hasSnapshot === true && {
            summary: `Virtual machine ${title} has a snapshot`,
            why: "VMDirectPath I/O rules snapshots out.",
            remedy: "Delete the virtual machine's snapshots.",
            weight: "changeable",
          },
      ],
    },
  },
  M1: {
    about: "virtualMachine",
    holds: "The firmware is EFI",
    isKnown: ({ virtualMachine: vm }) => vm?.firmware !== undefined,
    broken: {
      virtualMachine: ({ title, firmware = "efi" }) =>
        firmware !== "efi" && {
          summary: `Virtual machine ${title} has ${printable(firmware)} firmware, and hot plug needs efi`,
          why:
            "Hot plug needs the ACPI motherboard layout, which doesn't start on BIOS firmware, and an installed " +
            "guest doesn't start after a switch.",
          remedy: 'Install the guest anew on a virtual machine with EFI firmware (firmware = "efi").',
          weight: "fixed",
        },
    },
  },
  M2: {
    about: "virtualMachine",
    holds: "All guest memory is reserved and locked",
    isKnown: ({ virtualMachine: vm }) => vm?.memoryReservationLockedToMax !== undefined,
    broken: {
      virtualMachine: ({ title, memoryReservationLockedToMax }) =>
        memoryReservationLockedToMax === false && {
          summary: `Virtual machine ${title} doesn't have all its memory reserved`,
          why: "A device writes into the guest's memory by itself, so all of it has to be reserved and locked.",
          remedy: `Set memoryReservationLockedToMax ("Reserve all guest memory (All locked)"); ${SETTINGS}.`,
          weight: "changeable",
        },
    },
  },
  M3: {
    about: "virtualMachine",
    holds: `The hardware version is ${MINIMUM_HARDWARE_VERSION} or later`,
    isKnown: ({ virtualMachine: vm }) => vm?.hardwareVersion !== undefined,
    broken: {
      virtualMachine: [
        ({ title, hardwareVersion = MINIMUM_HARDWARE_VERSION }) =>
          hardwareVersion < MINIMUM_HARDWARE_VERSION && {
            summary:
              `Virtual machine ${title} has hardware version ${hardwareVersion}, and hot plug needs ` +
              `${MINIMUM_HARDWARE_VERSION}`,
            why:
              `Hot plug came with compatibility vmx-${MINIMUM_HARDWARE_VERSION}; an upgrade needs the virtual ` +
              "machine powered off.",
            remedy: `Upgrade its compatibility to vmx-${MINIMUM_HARDWARE_VERSION} or later; ${SETTINGS}.`,
            weight: "changeable",
          },
        ({ title, upgradeBeyondHost: beyond }) =>
          beyond && {
            summary:
              `Virtual machine ${title} can't have hardware version ${beyond.hardwareVersion} on host ` +
              `${beyond.host}, which is ESXi ${printable(beyond.hostVersion)}`,
            why: `Hardware version ${beyond.hardwareVersion} came with ESXi ${beyond.neededHostVersion}.`,
            remedy: "Lower hardware_version, or move the virtual machine to a newer host.",
            weight: "changeable",
          },
      ],
    },
  },
  M4: {
    about: "virtualMachine",
    holds: `The motherboard layout is ${LAYOUT}`,
    isKnown: ({ virtualMachine: vm }) => vm?.motherboardLayout !== undefined,
    broken: {
      virtualMachine: ({ title, motherboardLayout = LAYOUT }) =>
        motherboardLayout !== LAYOUT && {
          summary: `Virtual machine ${title} has motherboard layout ${motherboardLayout}, and hot plug needs ${LAYOUT}`,
          why: "Only the ACPI layout has PCI slots for devices that come later.",
          remedy: `Set motherboardLayout to ${LAYOUT} while it is powered off; ${SETTINGS}.`,
          weight: "changeable",
        },
    },
  },
  M5: {
    about: "virtualMachine",
    holds: "Hot plug of passthrough devices is switched on",
    isKnown: ({ virtualMachine: vm }) => vm?.fixedPassthruHotPlugEnabled !== undefined,
    proviso: ({ virtualMachine: vm }) =>
      vm?.powerState === "poweredOff"
        ? "the virtual machine is off, so that this is in force from its next power-on, and what keeps it from " +
          "starting shows itself only then"
        : undefined,
    broken: {
      virtualMachine: ({ title, fixedPassthruHotPlugEnabled, powerState }) =>
        fixedPassthruHotPlugEnabled === false && {
          summary: `Virtual machine ${title} has hot plug of passthrough devices switched off`,
          ...(powerState === "poweredOff"
            ? {
                why:
                  "fixedPassthruHotPlugEnabled is not set. Devices can be attached now, while it is off, but not " +
                  "once it runs.",
                weight: "advice",
              }
            : {
                why:
                  "fixedPassthruHotPlugEnabled was not set when it was powered on; it is set while the virtual " +
                  "machine is off and holds from the next power-on.",
                weight: "changeable",
              }),
          remedy: `Set fixedPassthruHotPlugEnabled while it is powered off; ${SETTINGS}.`,
        },
    },
  },
  M7: {
    about: "change",
    broken: {
      virtualMachine: ({ title, powerCycleDeniedBy: policy }) =>
        policy !== undefined && {
          summary: `Virtual machine ${title} needs a power cycle, and power_cycle = "${policy}" doesn't allow one`,
          why:
            "The hardware version, the motherboard layout and hot plug of passthrough devices can be set only while " +
            "it is powered off.",
          remedy:
            'Power it off yourself and apply again, or set power_cycle = "if_needed": the guest is then shut down ' +
            `and powered on once.${policy === "on_create" ? ONLY_ON_CREATION : ""}`,
          weight: "changeable",
        },
    },
  },
} satisfies Rules;
