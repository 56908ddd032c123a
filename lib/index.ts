export { HotplugConstructError } from "./constructs/errors";
export { HotplugProvider, type HotplugProviderProps } from "./constructs/hotplug-provider";
export { HotplugReadyVm, type ExistingVirtualMachineProps } from "./constructs/hotplug-ready-vm";
export * from "./constructs/bindings/passthrough-devices";
