export { HotplugConstructError } from "./constructs/errors";
export { HotplugProvider, type HotplugProviderProps } from "./constructs/hotplug-provider";
export { HotplugReadinessChecks } from "./constructs/hotplug-readiness-checks";
export { HotplugReadyVm } from "./constructs/hotplug-ready-vm";
export type {
  ExistingVirtualMachineProps,
  HotplugProps,
  HotplugReadyVmProps,
  NewVirtualMachineProps,
  StackVirtualMachineProps,
} from "./constructs/hotplug-ready-vm-props";
export { PassthroughHost, type PassthroughHostProps } from "./constructs/passthrough-host";
export * from "./constructs/bindings/data-hotplug-host-pci-devices";
export * from "./constructs/bindings/data-hotplug-readiness";
export * from "./constructs/bindings/host";
export * from "./constructs/bindings/passthrough-devices";
export * from "./constructs/bindings/virtual-machine-settings";
