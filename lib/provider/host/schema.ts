import { DEFAULT_INTR_COOKIES, REBOOT_POLICIES } from "../../hotplug/host/plan";
import { cite } from "../../hotplug/rules/violation";
import type { Schema } from "../../tfplugin6/schema";
import { computed, optional, required } from "../attributes/attribute";
import { atLeast, names, oneOf, pciAddresses } from "../attributes/checks";
import { durationAttribute, timeoutsAttribute, type Limits } from "../attributes/durations";

const limit = (operation: string): Limits[string] => ({
  description:
    `Limit of the whole change when the resource is ${operation}, as a duration; no change is begun after it, ` +
    "and a restart that has begun is waited for all the same.",
  default: "60m",
});

/** What the resource's `timeouts` limit. */
export const LIMITS = { create: limit("created"), update: limit("updated"), delete: limit("destroyed") } as const;

export const hostSchema: Schema = {
  version: 0,
  description:
    "What a host needs for hot plug of NVMe passthrough devices: passthrough enabled for drives, and the " +
    "VMkernel boot parameter `maxIntrCookies`. Finds drives put in while the host runs. Restarts the host only " +
    "where `reboot` allows it, through maintenance mode, at most once for all changes. Destroying the resource " +
    "disables passthrough of what it enabled itself and no virtual machine has, and leaves the kernel " +
    "parameter.",
  attributes: {
    host_id: required(
      "string",
      "The host: its managed object id (`host-12`) or its name in vCenter's inventory. Another host replaces " +
        "the resource.",
      names("host"),
    ),
    passthrough_devices: optional(
      { set: "string" },
      "PCI addresses, such as `0000:3b:00.0`, of NVMe devices whose passthrough is kept enabled. Other " +
        "devices are not this resource's business. A drive that the host itself uses is refused. One that the host " +
        "doesn't show is warned of by name, and all else goes on. One that leaves the set is given back where this " +
        "resource enabled it, by the apply that finds it free.",
      pciAddresses({ limited: false }),
    ),
    min_intr_cookies: optional(
      "number",
      "The value of `maxIntrCookies` to have at least; a higher one is left alone. It is in force after the " +
        `host's next restart. Default ${DEFAULT_INTR_COOKIES}.`,
      atLeast(
        DEFAULT_INTR_COOKIES,
        `Leave it out for ${DEFAULT_INTR_COOKIES}, or give a greater whole number. ${cite("H2")}`,
      ),
    ),
    reboot: optional(
      "string",
      "Whether the host may be restarted where that is due: `never` (a warning says that it is due, and " +
        "`reboot_required` is true) or `if_needed` (virtual machines that can't leave the host are looked for " +
        "and named first; then maintenance mode, restart, wait, leave). Default `never`.",
      oneOf(REBOOT_POLICIES, "It says when the host may be restarted."),
    ),
    wait_for_device: durationAttribute(
      'How long an apply waits for a device that the host doesn\'t show yet, as a duration such as `"10m"`. ' +
        "Default: not at all.",
    ),
    timeouts: timeoutsAttribute(LIMITS),
    active_devices: computed(
      { set: "string" },
      "Those of `passthrough_devices` whose passthrough is in force: what " +
        "`hotplug_passthrough_devices.devices` should be built from. Unknown in a plan that may add to them.",
    ),
    running_intr_cookies: computed(
      "number",
      "The value of `maxIntrCookies` that the running kernel has; null where the account may not ask for it.",
    ),
    reboot_required: computed("bool", "Whether something that is set waits for a restart of the host."),
  },
};
