import type { Rules } from "./rule";

const MAX_CPUS = 128;

/** What may not be on together with hot plug of passthrough devices. */
export const CONFLICT_RULES = {
  N1: {
    about: "virtualMachine",
    holds: "No IOMMU is exposed to the guest",
    isKnown: ({ virtualMachine: vm }) => vm?.vvtdEnabled !== undefined,
    broken: {
      virtualMachine: ({ title, vvtdEnabled }) =>
        vvtdEnabled === true && {
          summary: `Virtual machine ${title} exposes an IOMMU to its guest`,
          why: "A virtual IOMMU (vvtdEnabled) can't be on together with hot plug of passthrough devices.",
          remedy: "Switch it off (vvtd_enabled = false).",
          weight: "changeable",
        },
    },
  },
  N2: {
    about: "virtualMachine",
    holds: "CPU hot plug is off",
    isKnown: ({ virtualMachine: vm }) => vm?.cpuHotAddEnabled !== undefined && vm.cpuHotRemoveEnabled !== undefined,
    broken: {
      virtualMachine: ({ title, cpuHotAddEnabled, cpuHotRemoveEnabled }) =>
        (cpuHotAddEnabled === true || cpuHotRemoveEnabled === true) && {
          summary: `Virtual machine ${title} has CPU hot plug switched on`,
          why: "CPU hot plug can't be on together with hot plug of passthrough devices.",
          remedy: "Switch it off (cpu_hot_add_enabled = false, cpu_hot_remove_enabled = false).",
          weight: "changeable",
        },
    },
  },
  N3: {
    about: "virtualMachine",
    holds: "Memory hot plug is off",
    isKnown: ({ virtualMachine: vm }) => vm?.memoryHotAddEnabled !== undefined,
    broken: {
      virtualMachine: ({ title, memoryHotAddEnabled }) =>
        memoryHotAddEnabled === true && {
          summary: `Virtual machine ${title} has memory hot plug switched on`,
          why: "Memory hot plug can't be on together with hot plug of passthrough devices.",
          remedy: "Switch it off (memory_hot_add_enabled = false).",
          weight: "changeable",
        },
    },
  },
  N4: {
    about: "virtualMachine",
    holds: "The virtual machine has no Dynamic DirectPath I/O device",
    isKnown: ({ virtualMachine: vm }) => vm?.dynamicPassthroughDevices !== undefined,
    broken: {
      virtualMachine: ({ title, dynamicPassthroughDevices: devices = [] }) =>
        devices.length > 0 && {
          summary: `Virtual machine ${title} has Dynamic DirectPath I/O devices: ${devices.join(", ")}`,
          why: "Dynamic DirectPath I/O can't be used together with hot plug of passthrough devices.",
          remedy: "Take these devices off the virtual machine, or attach them as fixed passthrough devices.",
          weight: "changeable",
        },
    },
  },
  N5: {
    about: "virtualMachine",
    holds: `The virtual machine has at most ${MAX_CPUS} virtual CPUs`,
    isKnown: ({ virtualMachine: vm }) => vm?.numCpus !== undefined,
    broken: {
      virtualMachine: ({ title, numCpus = 0 }) =>
        numCpus > MAX_CPUS && {
          summary: `Virtual machine ${title} has ${numCpus} virtual CPUs, and hot plug allows ${MAX_CPUS}`,
          why: `Hot plug of passthrough devices is not supported with more than ${MAX_CPUS} virtual CPUs.`,
          remedy: `Give it at most ${MAX_CPUS} (num_cpus).`,
          weight: "changeable",
        },
    },
  },
  N6: {
    about: "virtualMachine",
    holds: "Posted interrupts may be off for the virtual machine",
    byHand: () =>
      "With hot plug on, interrupts of passthrough devices may not be posted to the guest directly: measure latency " +
      "if it matters. Nothing has to be changed.",
  },
  N8: {
    about: "virtualMachine",
    holds: "No hardware virtualization is exposed to the guest",
    isKnown: ({ virtualMachine: vm }) => vm?.nestedHVEnabled !== undefined,
    broken: {
      virtualMachine: ({ title, nestedHVEnabled }) =>
        nestedHVEnabled === true && {
          summary: `Virtual machine ${title} exposes hardware virtualization to its guest`,
          why:
            "Nested virtualization (nestedHVEnabled) and passthrough devices exclude each other on one virtual " +
            "machine, by design of ESXi (Broadcom KB 437651).",
          remedy: "Switch it off (nested_hv_enabled = false).",
          weight: "changeable",
        },
    },
  },
} satisfies Rules;
