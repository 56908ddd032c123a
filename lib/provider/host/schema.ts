import { DEFAULT_INTR_COOKIES } from "../../hotplug/host/plan";
import type { Attribute, Schema } from "../../tfplugin6/schema";

export const DEFAULT_HOST_TIMEOUT = "60m";

const timeout = (operation: string): Attribute => ({
  type: "string",
  optional: true,
  description:
    `Limit of the whole change when the resource is ${operation}, as a duration; no change is begun after it, ` +
    `and a restart that has begun is waited for all the same. Default \`"${DEFAULT_HOST_TIMEOUT}"\`.`,
});

export const hostSchema: Schema = {
  version: 0,
  description:
    "What a host needs for hot plug of NVMe passthrough devices: passthrough enabled for drives, and the " +
    "VMkernel boot parameter `maxIntrCookies`. Finds drives put in while the host runs. Restarts the host only " +
    "where `reboot` allows it, through maintenance mode, at most once for all changes. Destroying the resource " +
    "disables passthrough of what it enabled itself and no virtual machine has, and leaves the kernel " +
    "parameter.",
  attributes: {
    host_id: {
      type: "string",
      required: true,
      description:
        "The host: its managed object id (`host-12`) or its name in vCenter's inventory. Another host replaces " +
        "the resource.",
    },
    passthrough_devices: {
      type: { set: "string" },
      optional: true,
      description:
        "PCI addresses, such as `0000:3b:00.0`, of NVMe devices whose passthrough is kept enabled. Other " +
        "devices are not this resource's business. A drive that the host itself uses is refused.",
    },
    min_intr_cookies: {
      type: "number",
      optional: true,
      description:
        "The value of `maxIntrCookies` to have at least; a higher one is left alone. It is in force after the " +
        `host's next restart. Default ${DEFAULT_INTR_COOKIES}.`,
    },
    reboot: {
      type: "string",
      optional: true,
      description:
        "Whether the host may be restarted where that is due: `never` (a warning says that it is due, and " +
        "`reboot_required` is true) or `if_needed` (virtual machines that can't leave the host are looked for " +
        "and named first; then maintenance mode, restart, wait, leave). Default `never`.",
    },
    wait_for_device: {
      type: "string",
      optional: true,
      description:
        'How long an apply waits for a device that the host doesn\'t show yet, as a duration such as `"10m"`. ' +
        "Default: not at all.",
    },
    timeouts: {
      nested: {
        nesting: "single",
        attributes: { create: timeout("created"), update: timeout("updated"), delete: timeout("destroyed") },
      },
      optional: true,
      description: "Limits of the waiting. A change that meets one ends with an error and the true state.",
    },
    active_devices: {
      type: { set: "string" },
      computed: true,
      description:
        "Those of `passthrough_devices` whose passthrough is in force: what " +
        "`hotplug_passthrough_devices.devices` should be built from. Unknown in a plan that changes them.",
    },
    running_intr_cookies: {
      type: "number",
      computed: true,
      description:
        "The value of `maxIntrCookies` that the running kernel has; null where the account may not ask for it.",
    },
    reboot_required: {
      type: "bool",
      computed: true,
      description: "Whether something that is set waits for a restart of the host.",
    },
  },
};
