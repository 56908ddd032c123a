import { isNvme } from "../../core/host-device";
import { fixedBacking, namesDevice } from "../../core/passthrough";
import { Fault } from "../../fault";
import type { Reference } from "../../value";
import type { Call, Operations } from "../managed-object";
import type { PowerState, VirtualMachine } from "./virtual-machine";
import { toolsRunning } from "./virtual-machine-properties";

/** A virtual machine's power operations. Powering on is where a configuration shows whether it works. */
export const powerOperations = (vm: VirtualMachine): Operations => ({
  PowerOnVM_Task: {
    privilege: "VirtualMachine.Interact.PowerOn",
    run: (_args, call) => powerTask(vm, call, "powerOn", () => powerOn(vm)),
  },
  PowerOffVM_Task: {
    privilege: "VirtualMachine.Interact.PowerOff",
    run: (_args, call) =>
      powerTask(vm, call, "powerOff", () => {
        if (vm.powerState === "poweredOff") throw wrongState(vm, "poweredOff");
        powerOff(vm);
      }),
  },
  ResetVM_Task: {
    privilege: "VirtualMachine.Interact.Reset",
    run: (_args, call) =>
      powerTask(vm, call, "reset", () => {
        requireOn(vm);
        // A reset is no power cycle: what took effect at power-on goes on.
        vm.bootTime = vm.world.now();
      }),
  },
  SuspendVM_Task: {
    privilege: "VirtualMachine.Interact.Suspend",
    run: (_args, call) => powerTask(vm, call, "suspend", () => suspend(vm)),
  },
  ShutdownGuest: { privilege: "VirtualMachine.Interact.PowerOff", run: () => askGuest(vm, "shutdown") },
  RebootGuest: { privilege: "VirtualMachine.Interact.Reset", run: () => askGuest(vm, "reboot") },
});

function powerTask(vm: VirtualMachine, call: Call, name: string, work: () => void): Reference {
  vm.requireReachable();
  return vm.startTask({ descriptionId: `VirtualMachine.${name}`, call, durationMs: vm.world.timings.powerMs, work });
}

const wrongState = (vm: VirtualMachine, requestedState: PowerState): Fault =>
  new Fault("InvalidPowerState", `${vm.name} is ${vm.powerState}`, { requestedState, existingState: vm.powerState });

function requireOn(vm: VirtualMachine): void {
  if (vm.powerState !== "poweredOn") throw wrongState(vm, "poweredOn");
}

function powerOn(vm: VirtualMachine): void {
  if (vm.template) throw new Fault("NotSupported", `${vm.name} is a template`);
  if (vm.powerState === "poweredOn") throw wrongState(vm, "poweredOn");
  const reason = whyNoPowerOn(vm);
  if (reason) throw reason;
  vm.powerState = "poweredOn";
  vm.bootTime = vm.world.now();
  vm.takeIntoForce();
  vm.touch();
}

export function powerOff(vm: VirtualMachine): void {
  vm.powerState = "poweredOff";
  vm.bootTime = undefined;
  vm.touch();
}

function suspend(vm: VirtualMachine): void {
  requireOn(vm);
  if (vm.passthroughAddresses.length > 0)
    throw new Fault("NotSupported", `${vm.name} has passthrough devices and can't be suspended`);
  vm.powerState = "suspended";
  vm.bootTime = undefined;
  vm.touch();
}

type GuestRequest = NonNullable<VirtualMachine["guestRequest"]>;

/** A request to the guest: it is answered at once and carried out when the guest likes, if at all. */
function askGuest(vm: VirtualMachine, request: GuestRequest): void {
  vm.requireReachable();
  requireOn(vm);
  if (!toolsRunning(vm)) throw new Fault("ToolsUnavailable", `VMware Tools don't run in ${vm.name}`);
  if (!vm.description.ignoresShutdown) carryOutGuestRequest(vm, request);
}

/** The guest takes its time, whatever becomes of vCenter meanwhile. */
export function carryOutGuestRequest(vm: VirtualMachine, request: GuestRequest): void {
  const boot = vm.bootTime;
  vm.guestRequest = request;
  vm.world.changes.announce();
  void vm.world.sleep(vm.world.timings.guestShutdownMs).then(
    () => {
      vm.guestRequest = undefined;
      if (vm.powerState === "poweredOn" && vm.bootTime === boot) {
        if (request === "shutdown") powerOff(vm);
        else vm.bootTime = vm.world.now();
      }
      vm.world.changes.announce();
    },
    () => undefined,
  );
}

/** What keeps a configuration from starting. */
function whyNoPowerOn(vm: VirtualMachine): Fault | undefined {
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
  if (wanted > host.unreservedMemoryMiB(vm)) {
    return new Fault("InsufficientMemoryResourcesFault", `${host.name} hasn't ${wanted} MiB left to reserve`, {
      unreserved: host.unreservedMemoryMiB(vm) * 2 ** 20,
      requested: wanted * 2 ** 20,
    });
  }
  if (settings.fixedPassthruHotPlugEnabled && world.assumptions.hotPlugConflictAtPowerOn === "refused") {
    const conflict = hotPlugConflict(vm);
    if (conflict)
      return invalid("fixedPassthruHotPlugEnabled", `hot plug of passthrough devices doesn't go with ${conflict}`);
  }
  return whyNoPassthrough(vm);
}

/** What hot plug can't be together with: N1 to N5. */
export function hotPlugConflict({ settings, hasDynamicDevice }: VirtualMachine): string | undefined {
  if (settings.vvtdEnabled) return "an IOMMU in the guest";
  if (settings.cpuHotAddEnabled || settings.cpuHotRemoveEnabled) return "hot plug of CPUs";
  if (settings.memoryHotAddEnabled) return "hot plug of memory";
  if (hasDynamicDevice) return "a dynamic passthrough device";
  return settings.numCpus > 128 ? "more than 128 virtual CPUs" : undefined;
}

/** Passthrough devices need all memory reserved, and each its own device, active and free. */
function whyNoPassthrough(vm: VirtualMachine): Fault | undefined {
  const backings = vm.devices.flatMap((device) => fixedBacking(device) ?? []);
  const reserved =
    vm.settings.memoryReservationLockedToMax || vm.settings.memoryReservationMiB >= vm.settings.memoryMiB;
  if (backings.length > 0 && !reserved) {
    return new Fault(
      "InvalidVmConfig",
      `${vm.name} can't be powered on: passthrough devices need all memory reserved`,
      { property: "memoryAllocation.reservation" },
    );
  }
  for (const backing of backings) {
    const device = vm.host.offered.find(({ description }) => description.address === backing.id);
    if (!device || !namesDevice(backing, device)) {
      return new Fault(
        "GenericVmConfigFault",
        `${vm.name} can't be powered on: ${vm.host.name} has no passthrough device ${backing.id} with these ids`,
        { reason: "pciPassthru" },
      );
    }
    const user = vm.host.virtualMachines.find(
      (one) => one !== vm && one.powerState === "poweredOn" && one.passthroughAddresses.includes(backing.id),
    );
    if (user)
      return new Fault("ResourceInUse", `${user.name} uses ${backing.id}`, { type: "PCI device", name: backing.id });
  }
  const addresses = backings.map(({ id }) => id);
  const twice = addresses.find((id, index) => addresses.indexOf(id) !== index);
  return twice === undefined
    ? undefined
    : new Fault("GenericVmConfigFault", `${vm.name} has ${twice} twice`, { reason: "pciPassthru" });
}

/** What in the machine's own settings rules hot plug out: M1 to M5, N1 to N5. */
export function whyNotReady(vm: VirtualMachine): string | undefined {
  const { settings } = vm;
  if (!vm.hotPlugAtPowerOn) return "fixedPassthruHotPlugEnabled was not set when it was powered on";
  if (settings.firmware !== "efi") return "its firmware is not EFI";
  if (!settings.memoryReservationLockedToMax && settings.memoryReservationMiB < settings.memoryMiB)
    return "not all of its memory is reserved";
  if (vm.hardwareVersion < 20) return `its hardware version is ${vm.hardwareVersion}, below 20`;
  if (settings.motherboardLayout !== "acpiHostBridges") return "its board is not acpiHostBridges";
  const conflict = hotPlugConflict(vm);
  if (conflict) return `it has ${conflict}`;
  return vm.snapshots.length > 0 ? "it has a snapshot" : undefined;
}

export const isNvmeAddress = (vm: VirtualMachine, address?: string): boolean => {
  const device = address === undefined ? undefined : vm.host.device(address);
  return device !== undefined && isNvme(device);
};
