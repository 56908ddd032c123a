import type { Operations } from "../../core/operation";
import { checkValues } from "./config-spec";
import { leaveDisks } from "./hardware-change";
import type { VirtualMachine } from "./virtual-machine";

/** A virtual machine's place in the inventory: its name, and its end. */
export const registrationOperations = (vm: VirtualMachine): Operations => ({
  Destroy_Task: {
    privilege: "VirtualMachine.Inventory.Delete",
    run: (_args, call) =>
      vm.startTask({
        descriptionId: "VirtualMachine.destroy",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => vm.destroy(),
      }),
  },
  UnregisterVM: { privilege: "VirtualMachine.Inventory.Unregister", run: () => unregister(vm) },
  Rename_Task: {
    privilege: "VirtualMachine.Config.Rename",
    run: ({ newName }, call) => {
      checkValues({ name: newName });
      return vm.startTask({
        descriptionId: "VirtualMachine.rename",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => vm.rename(newName as string),
      });
    },
  },
  Reload: { run: () => undefined },
});

/** Its disks stay on their datastores. */
function unregister(vm: VirtualMachine): void {
  vm.requirePowerState("poweredOff");
  const { hardware } = vm;
  vm.hardware = [];
  leaveDisks(vm, hardware);
  vm.takeOut();
}
