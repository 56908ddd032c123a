import type { PowerCyclePolicy } from "../../hotplug/facts";
import { MINIMUM_HARDWARE_VERSION } from "../../hotplug/rules/virtual-machine";
import type { WantedSettings } from "../../hotplug/virtual-machine/plan";
import type { ObjectValue } from "../../tfplugin6/value";
import { aText, type Checks } from "../attributes/memory";
import { secondsOf } from "../attributes/durations";
import { number, text } from "../attributes/values";
import { DEFAULT_GUEST_SHUTDOWN_TIMEOUT } from "./schema";

/** What is remembered beside the state. */
interface Memory {
  /** Instance UUID of the vCenter, which `moid` belongs to. */
  vcenter?: string;
}

export const MEMORY: Checks<Memory> = { vcenter: aText };

/** What a configuration or a state asks of the virtual machine. */
export function wantedOf(object: ObjectValue, { creating }: { creating: boolean }): WantedSettings {
  return {
    hardwareVersion: number(object.hardware_version) ?? MINIMUM_HARDWARE_VERSION,
    powerCycle: (text(object.power_cycle) ?? "never") as PowerCyclePolicy,
    creating,
    guestShutdownTimeoutSeconds: secondsOf(object.guest_shutdown_timeout, DEFAULT_GUEST_SHUTDOWN_TIMEOUT),
    forcePowerOff: object.force_power_off === true,
  };
}
