export { HotplugConstructError } from "./constructs/errors";
export { HotplugProvider, type HotplugProviderProps } from "./constructs/hotplug-provider";
export { HotplugReadyVm, type ExistingVirtualMachineProps } from "./constructs/hotplug-ready-vm";
export * from "./constructs/bindings/data-hotplug-host-pci-devices";
export * from "./constructs/bindings/data-hotplug-readiness";
export * from "./constructs/bindings/host";
export * from "./constructs/bindings/passthrough-devices";
export * from "./constructs/bindings/virtual-machine-settings";
