import type { Call, Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { Reference } from "../../value";
import { whyNoPowerOn } from "./power-on";
import type { VirtualMachine } from "./virtual-machine";

/** A virtual machine's power operations. */
export const powerOperations = (vm: VirtualMachine): Operations => ({
  PowerOnVM_Task: {
    privilege: "VirtualMachine.Interact.PowerOn",
    run: (_args, call) => powerTask(vm, call, "powerOn", () => powerOn(vm)),
  },
  PowerOffVM_Task: {
    privilege: "VirtualMachine.Interact.PowerOff",
    run: (_args, call) =>
      powerTask(vm, call, "powerOff", () => {
        if (vm.powerState === "poweredOff") throw vm.wrongPowerState("poweredOff");
        vm.powerOff();
      }),
  },
  ResetVM_Task: {
    privilege: "VirtualMachine.Interact.Reset",
    run: (_args, call) =>
      powerTask(vm, call, "reset", () => {
        vm.requirePowerState("poweredOn");
        // A reset is no power cycle: what took effect at power-on goes on.
        vm.bootTime = vm.world.now();
      }),
  },
  SuspendVM_Task: {
    privilege: "VirtualMachine.Interact.Suspend",
    run: (_args, call) =>
      powerTask(vm, call, "suspend", () => {
        vm.requirePowerState("poweredOn");
        if (vm.passthroughAddresses.length > 0)
          throw new Fault("NotSupported", `${vm.name} has passthrough devices and can't be suspended`);
        vm.suspend();
      }),
  },
});

function powerTask(vm: VirtualMachine, call: Call, name: string, work: () => void): Reference {
  vm.requireReachable();
  return vm.startTask({ descriptionId: `VirtualMachine.${name}`, call, durationMs: vm.world.timings.powerMs, work });
}

export function powerOn(vm: VirtualMachine): void {
  if (vm.template) throw new Fault("NotSupported", `${vm.name} is a template`);
  if (vm.powerState === "poweredOn") throw vm.wrongPowerState("poweredOn");
  const reason = whyNoPowerOn(vm);
  if (reason) throw reason;
  vm.powerOn();
}
