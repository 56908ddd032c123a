import { aboutProduct } from "../../core/about";
import { filled } from "../../core/defaults";
import { passthruInfo, pciDevice } from "../../core/host-device";
import type { Properties } from "../../core/operation";
import { type DataObject, Reference } from "../../value";
import { type ManagedObject, refs } from "../managed-object";
import * as storage from "./host-storage";
import type { HostSystem } from "./host-system";

/** What a host answers to those who read it; `systems` as its configManager names them. */
export const hostProperties = (host: HostSystem, systems: Readonly<Record<string, ManagedObject>>): Properties => ({
  runtime: () => runtime(host),
  summary: () => summary(host),
  hardware: () => hardware(host),
  capability: () =>
    filled("HostCapability", {
      maintenanceModeSupported: true,
      rebootSupported: true,
      shutdownSupported: true,
      featureCapabilitiesSupported: true,
      fptHotplugSupported: host.hotPlugSupported,
      deviceRebindWithoutRebootSupported: host.rebindWithoutReboot,
    }),
  config: () => (host.connectionState === "connected" ? config(host) : undefined),
  configManager: () => Object.fromEntries(Object.entries(systems).map(([name, { ref }]) => [name, ref])),
  vm: () => refs(host.virtualMachines),
  datastore: () => refs(host.datastores),
  network: () => refs(host.networks),
  datastoreBrowser: () => new Reference("HostDatastoreBrowser", `datastoreBrowser-${host.ref.id}`),
});

const runtime = ({ connectionState, inMaintenanceMode, bootTime }: HostSystem): DataObject => ({
  connectionState,
  powerState: "poweredOn",
  standbyMode: "none",
  inMaintenanceMode,
  bootTime,
});

const product = ({ version, description: { build = "24022510" } }: HostSystem): DataObject =>
  aboutProduct({
    name: "VMware ESXi",
    version,
    build,
    osType: "vmnix-x86",
    productLineId: "embeddedEsx",
    apiType: "HostAgent",
    licenseProductName: "VMware ESX Server",
  });

const CPU_MODEL = "Intel(R) Xeon(R) Gold 6430";

const systemInfo = ({ description: { vendor = "Dell Inc.", model = "PowerEdge R760" }, uuid }: HostSystem) => ({
  vendor,
  model,
  uuid,
});

const summary = (host: HostSystem): DataObject => ({
  host: host.ref,
  hardware: {
    ...systemInfo(host),
    memorySize: host.memoryBytes,
    cpuModel: CPU_MODEL,
    cpuMhz: 2500,
    numCpuPkgs: 2,
    numCpuCores: host.cpuThreads / 2,
    numCpuThreads: host.cpuThreads,
    numNics: 2,
    numHBAs: 1,
  },
  runtime: runtime(host),
  config: { name: host.name, port: 443, product: product(host), vmotionEnabled: false, faultToleranceEnabled: false },
  quickStats: { overallCpuUsage: 0, overallMemoryUsage: 0, uptime: host.uptimeSeconds },
  overallStatus: "green",
  rebootRequired: host.knownDevices.some(({ enabled, active }) => enabled !== active),
  managementServerIp: "127.0.0.1",
});

const hardware = (host: HostSystem): DataObject => ({
  systemInfo: { ...systemInfo(host), otherIdentifyingInfo: [] },
  cpuInfo: {
    numCpuPackages: 2,
    numCpuCores: host.cpuThreads / 2,
    numCpuThreads: host.cpuThreads,
    hz: 2_500_000_000,
  },
  cpuPkg: [0, 1].map((index) => ({
    index,
    vendor: "intel",
    hz: 2_500_000_000,
    busHz: 100_000_000,
    description: CPU_MODEL,
    threadId: [],
    cpuFeature: [],
  })),
  memorySize: host.memoryBytes,
  smcPresent: false,
  pciDevice: host.knownDevices.map(pciDevice),
  biosInfo: {
    biosVersion: host.description.biosVersion ?? "1.0.0",
    vendor: systemInfo(host).vendor,
    firmwareType: "UEFI",
  },
});

function config(host: HostSystem): DataObject {
  const { bootedFromStatelessCache = false } = host.description;
  return {
    host: host.ref,
    product: product(host),
    deploymentInfo: bootedFromStatelessCache === null ? {} : { bootedFromStatelessCache },
    pciPassthruInfo: host.knownDevices.map(passthruInfo),
    option: storage.storageOptions(host),
    cacheConfigurationInfo: storage.hostCache(host),
    storageDevice: storage.storageDevice(host),
    fileSystemVolume: storage.fileSystemVolume(host),
    activeDiagnosticPartition: storage.diagnosticPartition(host),
    vFlashConfigInfo: storage.flashConfig(host),
    vsanHostConfig: storage.vsanConfig(host),
  };
}
