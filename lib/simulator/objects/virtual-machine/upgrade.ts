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
        work: () => upgrade(vm, (version as string | undefined) ?? `vmx-${vm.host.newestHardwareVersion}`),
      });
    },
  },
});

export const hardwareVersion = (text: string): number => Number(/^vmx-(\d+)$/.exec(text)?.[1] ?? NaN);

function upgrade(vm: VirtualMachine, version: string): void {
  checkUpgrade(vm, version);
  vm.hardwareVersion = hardwareVersion(version);
  vm.touch();
}

/** Throws what forbids it. */
export function checkUpgrade(vm: VirtualMachine, version: string): void {
  vm.requirePowerState("poweredOff");
  const wanted = hardwareVersion(version);
  if (!(wanted <= vm.host.newestHardwareVersion)) {
    throw new Fault("VirtualHardwareVersionNotSupported", `${vm.host.name} has no ${version}`, {
      hostName: vm.host.name,
      host: vm.host.ref,
    });
  }
  if (wanted <= vm.hardwareVersion)
    throw new Fault("AlreadyUpgraded", `${vm.name} has the hardware version ${vm.hardwareVersion}`);
}
