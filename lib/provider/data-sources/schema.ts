import type { Attribute, Schema } from "../../tfplugin6/schema";

const computed = (type: "string" | "number" | "bool", description: string): Attribute => ({
  type,
  computed: true,
  description,
});

export const hostPciDevicesSchema: Schema = {
  version: 0,
  description: "The PCI devices of a host that match every filter, in address order, and who uses them.",
  attributes: {
    host_id: {
      type: "string",
      required: true,
      description: "The host: its managed object id (`host-12`) or its name in vCenter's inventory.",
    },
    class_id: {
      type: "string",
      optional: true,
      description: "PCI class, four hex digits, or `any`. Default `0108`: NVMe.",
    },
    vendor_id: { type: "string", optional: true, description: "PCI vendor id, four hex digits such as `8086`." },
    device_id: { type: "string", optional: true, description: "PCI device id, four hex digits such as `0a54`." },
    name_regex: {
      type: "string",
      optional: true,
      description:
        "A regular expression (JavaScript's) that the vendor's and the device's name, with a space between " +
        "them, have to match somewhere.",
    },
    passthrough_enabled: {
      type: "bool",
      optional: true,
      description: "Only devices whose passthrough is enabled, or only those where it isn't.",
    },
    available_to: {
      type: "string",
      optional: true,
      description:
        "Only devices that no virtual machine has, or that this one has: its BIOS UUID, instance UUID or " +
        "managed object id. A list made so stays the same once the devices are attached.",
    },
    devices: {
      nested: {
        nesting: "list",
        attributes: {
          address: computed("string", "PCI address on the host, `0000:3b:00.0`."),
          class_id: computed("string", "PCI class, four hex digits."),
          vendor_id: computed("string", "PCI vendor id, four hex digits."),
          device_id: computed("string", "PCI device id, four hex digits."),
          subsystem_vendor_id: computed("string", "Vendor id of the subsystem, four hex digits."),
          subsystem_device_id: computed("string", "Device id of the subsystem, four hex digits."),
          vendor_name: computed("string", "The vendor's name."),
          name: computed("string", "The device's name."),
          physical_slot: computed("number", "The slot's number, where the host tells it (from 9.0 on)."),
          slot_description: computed("string", "The slot's inscription, where the host tells it (from 9.0 on)."),
          passthrough_capable: computed("bool", "Whether it can be passed through; null where the host doesn't tell."),
          passthrough_enabled: computed("bool", "Whether passthrough is enabled."),
          passthrough_active: computed(
            "bool",
            "Whether passthrough is in force; if it is only enabled, a restart of the host is due.",
          ),
          virtual_machine_id: computed(
            "string",
            "Managed object id of the virtual machine that has it; null where none has.",
          ),
          virtual_machine_name: computed("string", "Name of the virtual machine that has it; null where none has."),
        },
      },
      computed: true,
      description: "All devices that match, in address order.",
    },
    addresses: {
      type: { list: "string" },
      computed: true,
      description: "The addresses of `devices`, in the same order.",
    },
  },
};

export const readinessSchema: Schema = {
  version: 0,
  description:
    "Whether a virtual machine and its host are ready for hot plug of NVMe passthrough devices, rule by rule. " +
    "Reads only; what is not ready is no error.",
  attributes: {
    virtual_machine_id: {
      type: "string",
      required: true,
      description: "The virtual machine: its BIOS UUID, its instance UUID or its managed object id (`vm-42`).",
    },
    checks: {
      nested: {
        nesting: "list",
        attributes: {
          rule: computed("string", "The rule's number, such as `M5`."),
          status: computed("string", "`ok`, `failed`, or `by_hand` where no API tells."),
          sentence: computed("string", "What is the matter."),
          remedy: computed("string", "The way out, or how to check by hand; null where nothing is to be done."),
        },
      },
      computed: true,
      description: "Every rule that can be judged from outside, in the order of the rules' numbers.",
    },
    ready: {
      type: "bool",
      computed: true,
      description: "Whether no rule failed. What is to be checked by hand doesn't count.",
    },
  },
};
