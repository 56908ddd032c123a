import type { Operations } from "../../core/operation";
import { Fault } from "../../fault";
import type { VirtualMachine } from "./virtual-machine";

/** The upgrade of the virtual hardware. */
export const upgradeOperations = (vm: VirtualMachine): Operations => ({
  UpgradeVM_Task: {
    privilege: "VirtualMachine.Config.UpgradeVirtualHardware",
    run: ({ version }, call) => {
      vm.requireReachable();
      return vm.startTask({
        descriptionId: "VirtualMachine.upgradeVirtualHardware",
        call,
        durationMs: vm.world.timings.reconfigureMs,
        work: () => upgrade(vm, version as string | undefined),
      });
    },
  },
});

function upgrade(vm: VirtualMachine, version?: string): void {
  vm.requirePowerState("poweredOff");
  const newest = vm.host.newestHardwareVersion;
  const wanted = version === undefined ? newest : Number(/^vmx-(\d+)$/.exec(version)?.[1] ?? NaN);
  if (!(wanted <= newest)) {
    throw new Fault("VirtualHardwareVersionNotSupported", `${vm.host.name} has no ${String(version)}`, {
      hostName: vm.host.name,
      host: vm.host.ref,
    });
  }
  if (wanted <= vm.hardwareVersion)
    throw new Fault("AlreadyUpgraded", `${vm.name} has the hardware version ${vm.hardwareVersion}`);
  vm.hardwareVersion = wanted;
  vm.touch();
}
