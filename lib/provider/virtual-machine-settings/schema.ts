import { POWER_CYCLE_POLICIES } from "../../hotplug/facts";
import { MINIMUM_HARDWARE_VERSION } from "../../hotplug/rules/virtual-machine";
import { cite } from "../../hotplug/rules/violation";
import type { Schema } from "../../tfplugin6/schema";
import { computed, optional, required } from "../attributes/attribute";
import { atLeast, names, oneOf } from "../attributes/checks";
import { durationAttribute } from "../attributes/durations";

export const DEFAULT_GUEST_SHUTDOWN_TIMEOUT = "5m";

export const virtualMachineSettingsSchema: Schema = {
  version: 0,
  description:
    "What a virtual machine needs for hot plug of NVMe passthrough devices: all memory reserved and locked, " +
    "hardware version 20 or later, the ACPI motherboard layout, and hot plug switched on. Sets these and " +
    "nothing else, with at most one power cycle, and none where nothing is to be set. A virtual machine that " +
    "is off stays off. Destroying the resource leaves the virtual machine as it is. A `vsphere_virtual_machine` " +
    "beside it needs `memory_reservation` equal to `memory`, `memory_reservation_locked_to_max = true`, " +
    '`firmware = "efi"` and, where it has `hardware_version`, the same one: it undoes what is set here otherwise.',
  attributes: {
    virtual_machine_id: required(
      "string",
      "The virtual machine: its BIOS UUID (what `vsphere_virtual_machine.id` is), its instance UUID or its " +
        "managed object id (`vm-42`). Another virtual machine replaces the resource.",
      names("virtual machine"),
    ),
    hardware_version: optional(
      "number",
      "The hardware version to have at least; an older one is upgraded while the virtual machine is off, and " +
        `there is no way back. A newer one is left alone. At least and by default ${MINIMUM_HARDWARE_VERSION}.`,
      atLeast(
        MINIMUM_HARDWARE_VERSION,
        `Leave it out for ${MINIMUM_HARDWARE_VERSION}, or give a later one as a whole number. ${cite("M3")}`,
      ),
    ),
    power_cycle: optional(
      "string",
      "Whether a running virtual machine may be shut down and powered on again where that is needed: `never` " +
        "(an apply that needs it fails before it changes anything), `on_create` (only while this resource is " +
        "being created, later as `never`) or `if_needed`. Default `never`.",
      oneOf(POWER_CYCLE_POLICIES, "It says when a running virtual machine may be shut down and powered on again."),
    ),
    guest_shutdown_timeout: durationAttribute(
      'How long the guest may take to shut down, as a duration such as `"10m"`. Default ' +
        `\`"${DEFAULT_GUEST_SHUTDOWN_TIMEOUT}"\`.`,
    ),
    force_power_off: optional(
      "bool",
      "Switch a guest off hard that can't be asked to shut down or doesn't go down in time: what it hasn't " +
        "written is lost. Without it such a guest is left running, and that is an error; under `power_cycle = " +
        '"on_create"` a guest in which VMware Tools were never installed, so that nobody can ask it, is switched ' +
        "off hard all the same. Default false.",
    ),
    ready: computed(
      "bool",
      "Whether hot plug is in force: every rule about the virtual machine holds, and `hardware_version` is reached.",
    ),
    moid: computed("string", "The virtual machine's managed object id, such as `vm-42`."),
  },
};
