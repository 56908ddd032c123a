import type { Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { VirtualMachine } from "./virtual-machine";

type GuestRequest = NonNullable<VirtualMachine["guestRequest"]>;

/** What a guest is asked to do by VMware Tools. */
export const guestOperations = (vm: VirtualMachine): Operations => ({
  ShutdownGuest: { privilege: "VirtualMachine.Interact.PowerOff", run: () => askGuest(vm, "shutdown") },
  RebootGuest: { privilege: "VirtualMachine.Interact.Reset", run: () => askGuest(vm, "reboot") },
});

/** A request to the guest: it is answered at once and carried out when the guest likes, if at all. */
function askGuest(vm: VirtualMachine, request: GuestRequest): void {
  vm.requireReachable();
  vm.requirePowerState("poweredOn");
  if (!vm.hasTools) throw new Fault("ToolsUnavailable", `VMware Tools don't run in ${vm.name}`);
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
        if (request === "shutdown") vm.powerOff();
        else vm.bootTime = vm.world.now();
      }
      vm.world.changes.announce();
    },
    () => undefined,
  );
}
