import { ORDERS } from "../../hotplug/devices/plan";
import type { Schema } from "../../tfplugin6/schema";
import { computed, optional, required } from "../attributes/attribute";
import { names, oneOf, pciAddresses } from "../attributes/checks";
import { durationAttribute, timeoutsAttribute, type Limits } from "../attributes/durations";
import { guestAttribute } from "./guest-attribute";

const limit = (what: string, fallback: string): Limits[string] => ({
  description: `${what}, as a duration such as \`"30m"\` or \`"1h30m"\`.`,
  default: fallback,
});

/** What the resource's `timeouts` limit. */
export const LIMITS = {
  create: limit("Limit of the whole change when the resource is created; no call is begun after it", "60m"),
  update: limit("Limit of the whole change when the resource is updated; no call is begun after it", "60m"),
  delete: limit("Limit of the whole change when the resource is destroyed; no call is begun after it", "60m"),
  operation: limit("Limit of one call; a task that outlasts it may still be running and is named", "10m"),
} as const;

export const passthroughDevicesSchema: Schema = {
  version: 0,
  description:
    "All NVMe passthrough devices of one virtual machine. Devices are added and removed one a " +
    "`ReconfigVM_Task` call, hot while the virtual machine runs and cold while it is off, and each call is " +
    "verified before the next. One resource owns one virtual machine; passthrough devices that aren't NVMe are " +
    "never touched. A `vsphere_virtual_machine` beside it needs `lifecycle { ignore_changes = [pci_device_id] }`: it " +
    "would power the virtual machine off and take every device off otherwise.",
  attributes: {
    virtual_machine_id: required(
      "string",
      "The virtual machine: its BIOS UUID (what `vsphere_virtual_machine.id` is), its instance UUID or its " +
        "managed object id (`vm-42`). Another name of the same virtual machine is an update without a call; " +
        "another virtual machine is a replacement.",
      names("object"),
    ),
    devices: required(
      { set: "string" },
      "The host's PCI addresses of the devices that the virtual machine is to have, such as `0000:3b:00.0`; " +
        "at most 32. An empty set means none: every NVMe passthrough device is removed.",
      pciAddresses({ limited: true }),
    ),
    host_id: {
      ...optional(
        "string",
        "The host whose addresses these are: its managed object id (`host-12`) or its name. Default: the host " +
          "that the virtual machine is on when the devices are first attached. A virtual machine on another host " +
          "is an error before any call.",
        names("object"),
      ),
      computed: true,
    },
    order: optional(
      "string",
      "Which calls come first when a change both adds and removes: `remove_first` or `add_first` (an error " +
        "if the virtual machine would pass 32 devices on the way). Default `remove_first`.",
      oneOf(ORDERS, "It says which calls come first when a change both adds and removes."),
    ),
    wait_for_device: durationAttribute(
      "How long an apply waits for a declared device that the host doesn't show yet, as a duration such as " +
        '`"10m"`; all other steps are made first. Default: not at all.',
    ),
    allow_device_change: optional(
      "bool",
      "Accept another model of drive at an address that was attached before, and the same addresses on " +
        "another host. Drives of one model can't be told apart. Default false.",
    ),
    guest: guestAttribute,
    timeouts: timeoutsAttribute(LIMITS),
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
            "The device's PCI address inside the guest; it may differ from the host's. Null where the guest was not " +
              "asked, or has twins that it can't tell apart.",
          ),
          confirmed: computed("bool", "Whether the guest itself shows the device. Null where nobody asked the guest."),
          serial_number: computed("string", "The drive's serial number, as the guest tells it. Null as above."),
          model: computed("string", "The drive's model, as the guest tells it. Null as above."),
          block_devices: computed(
            { list: "string" },
            "The disks that the drive is in the guest, such as `/dev/nvme2n1`. Null as above.",
          ),
        },
      },
      computed: true,
      description: "The NVMe passthrough devices that the virtual machine has, by the host's PCI address.",
    },
    steps: computed(
      { list: "string" },
      "The calls that a plan stands for, in order: `remove 0000:3b:00.0`, `add 0000:5e:00.0`. An apply may " +
        "find one already true and skip it; it never makes a call that isn't here.",
    ),
  },
};
