import type { Operations } from "../../core/operation";
import type { VirtualMachine } from "./virtual-machine";

/** A virtual machine that is a template, or no longer. */
export const templateOperations = (vm: VirtualMachine): Operations => ({
  MarkAsTemplate: { privilege: "VirtualMachine.Provisioning.MarkAsTemplate", run: () => mark(vm, true) },
  MarkAsVirtualMachine: { privilege: "VirtualMachine.Provisioning.MarkAsVM", run: () => mark(vm, false) },
});

function mark(vm: VirtualMachine, template: boolean): void {
  vm.requirePowerState("poweredOff");
  vm.template = template;
  vm.touch();
}
