import { titleOf } from "../../hotplug/observed-facts";
import { checkRules } from "../../hotplug/rules/rules";
import type { AttachedDevice, RememberedDevices } from "../../hotplug/devices/target";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type { Memory } from "./model";
import { violationDiagnostic } from "./problems";
import { UserError } from "../user-error";
import type { VimDevicesObservation } from "./target";

/** What a person should know of what was seen, where no step would tell. */
export function observationWarnings(
  observed: VimDevicesObservation,
  classified: {
    nvme: readonly AttachedDevice[];
    unclassified: readonly AttachedDevice[];
    remembered: RememberedDevices;
    allowDeviceChange: boolean;
  },
): Diagnostic[] {
  const title = titleOf(observed.virtualMachine);
  const unclassified = classified.unclassified.map(({ address, label }) =>
    warningDiagnostic(
      `What kind of device ${address} (${label}) is can't be told`,
      `Virtual machine ${title} has it, its host no longer shows it, and it was never seen before. It is left ` +
        "alone: if it is an NVMe drive that was pulled out, take it off by hand.",
    ),
  );
  const unaddressed = observed.unaddressed.map(({ label, backing }) =>
    warningDiagnostic(
      `What kind of device ${label} is can't be told`,
      `Virtual machine ${title} has it under "${backing}", which is no PCI address. It is left alone: if it is ` +
        "an NVMe drive, take it off by hand.",
    ),
  );
  const pulled = classified.nvme
    .filter(({ address }) => !observed.hostDevices.has(address))
    .map(({ address, label }) =>
      warningDiagnostic(
        `Host ${titleOf(observed.host)} no longer shows ${address} (${label})`,
        `Virtual machine ${title} still has it, and the drive is gone from its slot. Take ${address} out of ` +
          "devices to clean it off the virtual machine, or put the drive back.",
      ),
    );
  return [...unclassified, ...unaddressed, ...pulled, ...otherModels(observed, classified)];
}

/** Drives of another model at remembered addresses, which were attached by somebody else since. */
function otherModels(
  observed: VimDevicesObservation,
  { nvme, remembered, allowDeviceChange }: Parameters<typeof observationWarnings>[1],
): Diagnostic[] {
  const devices = nvme.flatMap(({ address }) => {
    const [onHost, before] = [observed.hostDevices.get(address), remembered.get(address)];
    return onHost && before ? [{ address, onHost, remembered: before, allowDeviceChange }] : [];
  });
  return checkRules({ host: { title: observed.facts.host?.title ?? observed.host.reference.value }, devices })
    .filter(({ rule }) => rule === "V8")
    .map((violation) => violationDiagnostic(violation, "warning"));
}

/** The virtual machine is on another host than remembered, while nothing else has changed. */
export function otherHost({ host, foundOnHost }: Memory): Diagnostic[] {
  if (host === undefined || foundOnHost === undefined) return [];
  return checkRules({ host: { title: foundOnHost, expectedHost: { title: host, configured: false } } }).map(
    (violation) => violationDiagnostic(violation, "warning"),
  );
}

export function unknownVirtualMachine(): Diagnostic {
  return warningDiagnostic(
    "The virtual machine is not known yet, so its devices will be taken off first",
    "virtual_machine_id depends on something that this apply changes first, and may name another virtual " +
      "machine then: it is planned as a replacement. Where it is sure to be the same one, name it by a value " +
      "that is known at plan.",
    ["virtual_machine_id"],
  );
}

export function otherVirtualMachine(name: string): UserError {
  return new UserError(
    `virtual_machine_id ${name} names another virtual machine than at plan`,
    "Nothing was changed. Plan again: the resource will be replaced.",
    ["virtual_machine_id"],
  );
}

export function adoption(title: string, devices: readonly AttachedDevice[]): Diagnostic {
  return warningDiagnostic(
    `Virtual machine ${title} already has ${devices.map(({ address }) => address).join(", ")}`,
    "Adopted as attached: no call is made for them, and their steps are skipped.",
  );
}

export function foreignDevice(title: string, { address, label }: AttachedDevice): Diagnostic {
  return errorDiagnostic(
    `Virtual machine ${title} has an NVMe passthrough device that isn't declared: ${address} (${label})`,
    "This resource owns all NVMe passthrough devices of its virtual machine, and a create removes none. List " +
      "it in devices, or import the virtual machine to see its removal in a plan.",
    ["devices"],
  );
}

export function createdTwice(virtualMachineId: string): UserError {
  return new UserError(
    `A resource of this state has virtual machine ${virtualMachineId} already, and another one is to be created for it`,
    "If the resource is to be replaced (it is tainted, or by -replace or replace_triggered_by): that would " +
      "take every NVMe device off and put it on again. Leave it out, or use terraform untaint; to take single " +
      "devices off, change devices. If it is the same resource under a new address, say so with a moved block " +
      "(moveFromId in CDKTF) or terraform state mv. If they are two, keep one, with the devices of both. Nothing " +
      "was changed.",
    ["virtual_machine_id"],
  );
}

export function keptByAnother(virtualMachineId: string): Diagnostic {
  return warningDiagnostic(
    `The devices of virtual machine ${virtualMachineId} stay where they are`,
    "The resource that replaces this one was created first (create_before_destroy) and has them now, so " +
      "destroying this one takes none off.",
  );
}
