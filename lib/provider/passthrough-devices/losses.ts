import { isSameModel } from "../../hotplug/facts";
import type { RememberedDevices } from "../../hotplug/devices/target";
import { titleOf } from "../../hotplug/observed-facts";
import type { PciAddress } from "../../hotplug/pci-address";
import { checkRules } from "../../hotplug/rules/rules";
import { warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { violationsAtPlan } from "../errors";
import type { PlanNotes } from "../plan-notes";
import type { VimDevicesObservation } from "./target";

// What a refresh says of devices that a virtual machine had and has no longer.

/**
 * Drives that the state has, and that neither the virtual machine nor its host shows any more. Once they have left the
 * state, only a set that still declares them would tell.
 */
export function pulledDevices(
  { host, attached, hostDevices, virtualMachine }: VimDevicesObservation,
  state: { before: readonly string[]; remembered: RememberedDevices; host: string; notes: PlanNotes },
): Diagnostic[] {
  const found = host.reference.value;
  if (found !== state.host) return [];
  const devices = state.before
    .filter((address) => !hostDevices.has(address) && !attached.some((device) => device.address === address))
    .map((address) => ({ address, onHost: null, remembered: state.remembered.get(address) }));
  const violations = checkRules({ host: { title: titleOf(host) }, devices }).filter(({ rule }) => rule === "V6");
  return violationsAtPlan(
    state.notes.toTell(violations, { virtualMachine: virtualMachine.reference.value, host: found }),
  );
}

/**
 * All drives of a running resource taken off at once, while their host still has every one: hardly by a person.
 * vmware/vsphere does it where pci_device_id isn't under ignore_changes.
 */
export function allTakenOff(
  { attached, hostDevices, virtualMachine }: VimDevicesObservation,
  before: readonly string[],
  remembered: RememberedDevices,
): Diagnostic[] {
  const gone = (address: string): boolean => {
    const [model, onHost] = [remembered.get(address as PciAddress), hostDevices.get(address as PciAddress)];
    const isThere = onHost !== undefined && (!model || isSameModel(model, onHost));
    return isThere && !attached.some((one) => one.address === address);
  };
  if (before.length === 0 || !before.every(gone)) return [];
  return [
    warningDiagnostic(
      `Virtual machine ${titleOf(virtualMachine)} has lost all its devices, and its host still shows them: ` +
        before.join(", "),
      "Something else than this resource has taken them off. Where a vsphere_virtual_machine resource has the same " +
        "virtual machine, it takes off every passthrough device that it doesn't list, with a power cycle: give it " +
        "lifecycle { ignore_changes = [pci_device_id] } before the next apply.",
    ),
  ];
}
