import type { DeviceFacts, Facts, HostFacts, VirtualMachineFacts } from "../../lib/hotplug/facts";
import { pciAddress } from "../../lib/hotplug/pci-address";
import type { RuleId, Violation } from "../../lib/hotplug/rules/violation";
import { SAMSUNG } from "./model-vcenter";

export const address = pciAddress("0000:3b:00.0");
export const nvme = { ...SAMSUNG, address, vendorName: "Samsung", deviceName: "PM1733" };
export const vm = (facts: Partial<VirtualMachineFacts>): Facts => ({
  virtualMachine: { title: "db (vm-42)", ...facts },
});
export const host = (facts: Partial<HostFacts>): Facts => ({ host: { title: "esx01 (host-12)", ...facts } });
export const device = (facts: Partial<DeviceFacts>): Facts => ({
  host: { title: "esx01 (host-12)" },
  devices: [{ address, ...facts }],
});

/** Facts that break a rule, beside facts that keep it. */
export interface RuleCase {
  rule: RuleId;
  what: string;
  broken: Facts;
  /** Facts of the same kind that keep the rule. */
  kept: Facts[];
  /** What is not known, and so breaks nothing. */
  unknown: Facts;
  weight: Violation["weight"];
  /** The summary says what and where. */
  says: RegExp;
  /** The remedy names the way out. */
  wayOut: RegExp;
  /** One bad device doesn't hold up the others. */
  onlyDevice?: true;
  /** Another rule that the same facts break. */
  beside?: RuleId;
}
