import type { HostDevice, ReadinessFacts } from "../../lib/hotplug/facts";
import { SAMSUNG } from "./model-vcenter";
import { address } from "./rule-case";

export const drive: HostDevice = {
  ...SAMSUNG,
  address,
  vendorName: "Samsung",
  deviceName: "PM1733",
  passthroughCapable: true,
  passthroughEnabled: true,
  passthroughActive: true,
  usedByHost: [],
};

/** Everything known, and everything as it should be. */
export const READY: ReadinessFacts = {
  endpoint: { apiType: "VirtualCenter", apiVersion: "8.0.3.0" },
  host: {
    title: "esx01 (host-12)",
    version: "8.0.3.0",
    fptHotplugSupported: true,
    connected: true,
    bootedFromStatelessCache: false,
    runningIntrCookies: 4096,
    runningPcieHotplug: true,
    nvmeCount: 1,
  },
  server: { vendor: "Dell Inc.", model: "PowerEdge R760", biosVersion: "2.1.5" },
  hostDevices: [drive],
  virtualMachine: {
    title: "db (vm-42)",
    powerState: "poweredOn",
    connected: true,
    template: false,
    hasSnapshot: false,
    firmware: "efi",
    hardwareVersion: 20,
    numCpus: 4,
    memoryReservationLockedToMax: true,
    cpuHotAddEnabled: false,
    cpuHotRemoveEnabled: false,
    memoryHotAddEnabled: false,
    vvtdEnabled: false,
    nestedHVEnabled: false,
    motherboardLayout: "acpiHostBridges",
    fixedPassthruHotPlugEnabled: true,
    dynamicPassthroughDevices: [],
    guestId: "rhel9_64Guest",
    guestSupportsHotPlugPci: true,
  },
  devices: [{ address, onHost: drive, attachedAs: "PCI device 0" }],
  declarationKnown: true,
};
