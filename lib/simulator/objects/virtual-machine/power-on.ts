import { asFixed, namesDevice } from "../../core/passthrough";
import { Fault } from "../../fault";
import { hotPlugConflict } from "./hot-plug";
import { reservesAllMemory } from "./settings";
import type { VirtualMachine } from "./virtual-machine";

/** What keeps a configuration from starting: powering on is where it shows whether it works. */
export function whyNoPowerOn(vm: VirtualMachine): Fault | undefined {
  const { settings, host, world } = vm;
  const invalid = (property: string, why: string): Fault =>
    new Fault("InvalidVmConfig", `${vm.name} can't be powered on: ${why}`, { property });
  if (!host.available) return new Fault("InvalidHostState", `${host.name} is not available`, { host: host.ref });
  if (settings.motherboardLayout === "acpiHostBridges" && settings.firmware !== "efi") {
    return invalid("motherboardLayout", "the acpiHostBridges board needs EFI firmware");
  }
  if (settings.motherboardLayout === "acpiHostBridges" && vm.hardwareVersion < 20) {
    return invalid("motherboardLayout", "the acpiHostBridges board needs hardware version 20");
  }
  const wanted = settings.memoryReservationLockedToMax ? settings.memoryMiB : settings.memoryReservationMiB;
  const noMemory = host.whyNotReserve(wanted, vm);
  if (noMemory) return noMemory;
  if (settings.fixedPassthruHotPlugEnabled && world.assumptions.hotPlugConflictAtPowerOn === "refused") {
    const conflict = hotPlugConflict(vm);
    if (conflict)
      return invalid("fixedPassthruHotPlugEnabled", `hot plug of passthrough devices doesn't go with ${conflict}`);
  }
  if (vm.passthroughAddresses.length > 0 && !reservesAllMemory(settings))
    return invalid("memoryAllocation.reservation", "passthrough devices need all memory reserved");
  return whyNoPassthrough(vm);
}

/** What stands for every system in the .vmx of a machine with an SR-IOV function. */
const ANY_SYSTEM = "BYPASS";

/** Each passthrough device needs its own device of the host, active and free. */
function whyNoPassthrough(vm: VirtualMachine): Fault | undefined {
  const { world } = vm;
  const backings = vm.attached.flatMap(({ backing }) => asFixed(backing) ?? []);
  for (const backing of backings) {
    const device = vm.host.offered.find(({ description }) => description.address === backing.id);
    if (!device || !namesDevice(backing, device)) {
      return new Fault(
        "GenericVmConfigFault",
        `${vm.name} can't be powered on: ${vm.host.name} has no passthrough device ${backing.id} with these ids`,
        { reason: "pciPassthru" },
      );
    }
    if (
      ![vm.host.systemId, ANY_SYSTEM].includes(backing.systemId) &&
      world.assumptions.foreignSystemAtPowerOn === "refused"
    ) {
      return new Fault(
        "GenericVmConfigFault",
        `${vm.name} can't be powered on: the system id of ${backing.id} is not that of ${vm.host.name}`,
        { reason: "pciPassthru" },
      );
    }
    const user = vm.host.users(backing.id).find((one) => one !== vm && one.powerState === "poweredOn");
    if (user)
      return new Fault("ResourceInUse", `${user.name} uses ${backing.id}`, { type: "PCI device", name: backing.id });
  }
  const addresses = backings.map(({ id }) => id);
  const twice = addresses.find((id, index) => addresses.indexOf(id) !== index);
  return twice === undefined
    ? undefined
    : new Fault("GenericVmConfigFault", `${vm.name} has ${twice} twice`, { reason: "pciPassthru" });
}
