import { guestFullName } from "../compute-resource/guest-os";
import type { DataObject } from "../../value";
import { keptInfo } from "./kept-config";
import type { VirtualMachine } from "./virtual-machine";

export const vmxPath = (vm: VirtualMachine): string => `[${vm.home?.name ?? ""}] ${vm.directory}/${vm.directory}.vmx`;

export function configInfo(vm: VirtualMachine): DataObject {
  const { settings } = vm;
  const kept = keptInfo(settings);
  const directory = vmxPath(vm).replace(/[^/]*$/, "");
  return {
    changeVersion: vm.changeVersion,
    modified: vm.modified,
    name: settings.name,
    guestFullName: guestFullName(settings.guestId),
    version: `vmx-${vm.hardwareVersion}`,
    uuid: vm.uuid,
    instanceUuid: vm.instanceUuid,
    template: vm.template,
    guestId: settings.guestId,
    annotation: settings.annotation,
    files: {
      vmPathName: vmxPath(vm),
      snapshotDirectory: directory,
      suspendDirectory: directory,
      logDirectory: directory,
    },
    ...kept,
    tools: {
      ...(kept["tools"] as DataObject),
      toolsVersion: vm.description.tools === "notInstalled" ? 0 : 12389,
    },
    hardware: {
      numCPU: settings.numCpus,
      numCoresPerSocket: settings.coresPerSocket,
      memoryMB: settings.memoryMiB,
      device: vm.devices,
      motherboardLayout: settings.motherboardLayout,
    },
    memoryHotAddEnabled: settings.memoryHotAddEnabled,
    cpuHotAddEnabled: settings.cpuHotAddEnabled,
    cpuHotRemoveEnabled: settings.cpuHotRemoveEnabled,
    extraConfig: [...settings.extraConfig].map(([key, value]) => ({ key, value: { $type: "string", value } })),
    datastoreUrl: vm.datastores.map(({ name, url }) => ({ name, url })),
    firmware: settings.firmware,
    memoryReservationLockedToMax: settings.memoryReservationLockedToMax,
    nestedHVEnabled: settings.nestedHVEnabled,
    // While the machine runs, this reads as what held before this power-on.
    fixedPassthruHotPlugEnabled:
      vm.powerState === "poweredOn" ? vm.hotPlugAtPowerOn : settings.fixedPassthruHotPlugEnabled,
  };
}
