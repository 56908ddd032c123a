import type { Attribute, Schema } from "../../tfplugin6/schema";

const duration = (what: string, fallback: string): Attribute => ({
  type: "string",
  optional: true,
  description: `${what}, as a duration such as \`"30m"\` or \`"1h30m"\`. Default \`"${fallback}"\`.`,
});

/** The defaults that the descriptions below name. */
export const DEFAULT_TIMEOUTS = { create: "60m", update: "60m", delete: "60m", operation: "10m" } as const;

const computed = (type: "string" | "number" | "bool", description: string): Attribute => ({
  type,
  computed: true,
  description,
});

export const passthroughDevicesSchema: Schema = {
  version: 0,
  description:
    "All NVMe passthrough devices of one virtual machine. Devices are added and removed one a " +
    "`ReconfigVM_Task` call, hot while the virtual machine runs and cold while it is off, and each call is " +
    "verified before the next. One resource owns one virtual machine; passthrough devices that aren't NVMe are " +
    "never touched.",
  attributes: {
    virtual_machine_id: {
      type: "string",
      required: true,
      description:
        "The virtual machine: its BIOS UUID (what `vsphere_virtual_machine.id` is), its instance UUID or its " +
        "managed object id (`vm-42`). Another name of the same virtual machine is an update without a call; " +
        "another virtual machine is a replacement.",
    },
    devices: {
      type: { set: "string" },
      required: true,
      description:
        "The host's PCI addresses of the devices that the virtual machine is to have, such as `0000:3b:00.0`; " +
        "at most 32. An empty set means none: every NVMe passthrough device is removed.",
    },
    host_id: {
      type: "string",
      optional: true,
      computed: true,
      description:
        "The host whose addresses these are: its managed object id (`host-12`) or its name. Default: the host " +
        "that the virtual machine is on when the devices are first attached. A virtual machine on another host " +
        "is an error before any call.",
    },
    order: {
      type: "string",
      optional: true,
      description:
        "Which calls come first when a change both adds and removes: `remove_first` or `add_first` (an error " +
        "if the virtual machine would pass 32 devices on the way). Default `remove_first`.",
    },
    wait_for_device: {
      type: "string",
      optional: true,
      description:
        "How long an apply waits for a declared device that the host doesn't show yet, as a duration such as " +
        '`"10m"`; all other steps are made first. Default: not at all.',
    },
    allow_device_change: {
      type: "bool",
      optional: true,
      description:
        "Accept another model of drive at an address that was attached before, and the same addresses on " +
        "another host. Drives of one model can't be told apart. Default false.",
    },
    timeouts: {
      nested: {
        nesting: "single",
        attributes: {
          create: duration(
            "Limit of the whole change when the resource is created; no call is begun after it",
            DEFAULT_TIMEOUTS.create,
          ),
          update: duration(
            "Limit of the whole change when the resource is updated; no call is begun after it",
            DEFAULT_TIMEOUTS.update,
          ),
          delete: duration(
            "Limit of the whole change when the resource is destroyed; no call is begun after it",
            DEFAULT_TIMEOUTS.delete,
          ),
          operation: duration(
            "Limit of one call; a task that outlasts it may still be running and is named",
            DEFAULT_TIMEOUTS.operation,
          ),
        },
      },
      optional: true,
      description: "Limits of the waiting. A change that meets one ends with an error and the true state.",
    },
    attached: {
      nested: {
        nesting: "map",
        attributes: {
          key: computed("number", "The device's key on the virtual machine."),
          label: computed("string", "The device's label on the virtual machine, such as `PCI device 0`."),
          vendor_id: computed("string", "PCI vendor id, four hex digits such as `144d`."),
          device_id: computed("string", "PCI device id, four hex digits such as `a824`."),
          name: computed("string", "The device's name as the host tells it."),
          guest_address: computed(
            "string",
            "The device's PCI address inside the guest, where the guest was asked; it may differ from the host's.",
          ),
          confirmed: computed("bool", "Whether the guest itself was seen to have the device."),
        },
      },
      computed: true,
      description: "The NVMe passthrough devices that the virtual machine has, by the host's PCI address.",
    },
    steps: {
      type: { list: "string" },
      computed: true,
      description:
        "The calls that a plan stands for, in order: `remove 0000:3b:00.0`, `add 0000:5e:00.0`. An apply may " +
        "find one already true and skip it; it never makes a call that isn't here.",
    },
  },
};
