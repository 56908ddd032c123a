import type { Facts } from "../facts";
import { deviceRules } from "./device";
import { endpointRules, hostRules } from "./host";
import { virtualMachineRules } from "./virtual-machine";
import { MAX_NVME_DEVICES } from "../devices/plan";
import type { Violation } from "./violation";

/**
 * Every broken rule that the facts tell of. The same function is asked by a stack at synth, by a plan and by an apply,
 * each with what it knows.
 */
export function checkRules(facts: Facts): Violation[] {
  return [
    ...countRules(facts),
    ...(facts.endpoint ? endpointRules(facts.endpoint) : []),
    ...(facts.host ? hostRules(facts.host) : []),
    ...(facts.virtualMachine ? virtualMachineRules(facts.virtualMachine) : []),
    // What another host than the one that was meant has at these addresses says nothing.
    ...(facts.host?.expectedHost
      ? []
      : (facts.devices ?? []).flatMap((device) => deviceRules(device, facts.host?.title))),
  ];
}

function countRules({ declaredCount = 0, peakCount = 0 }: Facts): Violation[] {
  if (declaredCount > MAX_NVME_DEVICES) {
    return [
      {
        rule: "L4",
        summary: `${declaredCount} devices are declared, and a virtual machine takes at most ${MAX_NVME_DEVICES}`,
        why:
          `vSphere supports at most ${MAX_NVME_DEVICES} NVMe passthrough devices on a virtual machine, those ` +
          "that were attached while it was off included.",
        remedy: `Take ${declaredCount - MAX_NVME_DEVICES} of them out of devices.`,
        weight: "fixed",
      },
    ];
  }
  if (peakCount > MAX_NVME_DEVICES) {
    return [
      {
        rule: "L4",
        summary:
          `The change would pass through ${peakCount} devices, and a virtual machine takes at most ` +
          `${MAX_NVME_DEVICES}`,
        why: `With order = "add_first" the new devices come before the old ones go.`,
        remedy: `Use order = "remove_first", or make the change in two applies.`,
        weight: "fixed",
      },
    ];
  }
  return [];
}
