import type { Operations } from "../../core/operation";
import { Folder } from "../datacenter/folder";
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
        work: () => end(vm, { disks: "destroyed" }),
      }),
  },
  UnregisterVM: { privilege: "VirtualMachine.Inventory.Unregister", run: () => end(vm, { disks: "left" }) },
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

/** Its disks go with it, or stay on their datastores. */
function end(vm: VirtualMachine, { disks }: { disks: "destroyed" | "left" }): void {
  vm.requirePowerState("poweredOff");
  const { hardware } = vm;
  vm.hardware = [];
  if (disks === "left") leaveDisks(vm, hardware);
  takeOut(vm);
}

/** Takes it out of the inventory. */
export function takeOut(vm: VirtualMachine): void {
  vm.leaveHost();
  if (vm.parent instanceof Folder) vm.parent.take(vm);
  vm.removeSnapshots(vm.snapshots);
  vm.discard();
}
