import type { Arguments, Operations, Properties } from "../../core/operation";
import { filled } from "../../core/defaults";
import { pciDevice } from "../../core/host-device";
import type { World } from "../../core/world";
import type { DataObject, Reference } from "../../value";
import { guestOsDescriptors, configOptionDescriptors } from "./guest-os";
import type { HostSystem } from "../host/host-system";
import { ManagedObject, refs } from "../managed-object";
import { builtInDevices } from "../virtual-machine/devices/built-in-devices";

interface BrowsedHosts {
  readonly hosts: () => readonly HostSystem[];
  /** The hardware version that is told of where none is asked for; of a virtual machine its own. */
  readonly version?: () => number;
}

/** What a compute resource, or one of its hosts, offers to virtual machines. */
export class EnvironmentBrowser extends ManagedObject {
  constructor(
    world: World,
    id: string,
    private readonly about: BrowsedHosts,
  ) {
    super(world, "EnvironmentBrowser", id);
  }

  override readonly properties: Properties = { datastoreBrowser: () => undefined };

  override readonly operations: Operations = {
    QueryConfigTarget: { run: (args) => this.configTarget(this.host(args["host"] as Reference | undefined)) },
    QueryConfigOptionEx: { run: ({ spec }) => this.configOption(spec as DataObject | undefined) },
    QueryConfigOption: { run: (args: Arguments) => this.configOption(args as DataObject) },
    QueryConfigOptionDescriptor: { run: () => configOptionDescriptors(refs(this.about.hosts())) },
  };

  private host(ref?: Reference): HostSystem | undefined {
    return ref ? (this.world.get(ref) as HostSystem) : this.about.hosts()[0];
  }

  private configTarget(host?: HostSystem): DataObject | undefined {
    if (!host || host.connectionState !== "connected") return undefined;
    return {
      numCpus: host.cpuThreads,
      numCpuCores: host.cpuThreads / 2,
      numNumaNodes: 2,
      smcPresent: false,
      datastore: host.datastores.map((datastore) => ({
        name: datastore.name,
        datastore: datastore.properties["summary"]!() as DataObject,
        capability: datastore.properties["capability"]!() as DataObject,
        maxFileSize: 2 ** 46,
        mode: "readWrite",
      })),
      network: host.networks.map((network) => ({
        name: network.name,
        network: network.properties["summary"]!() as DataObject,
      })),
      maxMemMBOptimalPerf: Math.floor(host.memoryBytes / 2 ** 20),
      autoVmotion: false,
      pciPassthrough: host.offered.map((device) => ({
        name: device.description.address,
        pciDevice: pciDevice(device),
        systemId: host.systemId,
      })),
      dynamicPassthrough: host.offered.map(({ description }) => ({
        name: description.name ?? description.address,
        vendorName: description.vendorName ?? "",
        deviceName: description.name ?? "",
        vendorId: Number.parseInt(description.vendor, 16),
        deviceId: Number.parseInt(description.device, 16),
      })),
    };
  }

  private configOption(spec?: DataObject): DataObject {
    const version = this.about.version?.() ?? this.about.hosts()[0]?.newestHardwareVersion;
    const key = (spec?.["key"] as string | undefined) ?? `vmx-${version ?? 21}`;
    return {
      version: key,
      description: "ESXi 8.0 virtual machine",
      guestOSDescriptor: guestOsDescriptors((spec?.["guestId"] ?? []) as readonly string[]),
      guestOSDefaultIndex: 0,
      hardwareOptions: hardwareOptions(key),
      capabilities: filled("VirtualMachineCapability", { bootOptionsSupported: true }),
      datastore: {},
      defaultDevice: builtInDevices(key),
      supportedMonitorType: ["release"],
      propertyRelations: [],
    };
  }
}

function hardwareOptions(key: string): DataObject {
  const range = (min: number, max: number, defaultValue: number): DataObject => ({
    valueIsReadonly: false,
    min,
    max,
    defaultValue,
  });
  const none = range(0, 0, 0);
  const one = range(1, 1, 1);
  const shares: DataObject = {
    sharesOption: {
      sharesOption: range(0, 1_000_000, 1000),
      defaultLevel: "normal",
    },
  };
  return {
    hwVersion: Number.parseInt(key.replace("vmx-", ""), 10),
    deviceListReadonly: false,
    numCPU: [1, 2, 4, 8, 16, 32, 64, 128, 256],
    numCoresPerSocket: range(1, 64, 1),
    numCpuReadonly: false,
    memoryMB: range(4, 25_165_824, 1024),
    numPCIControllers: one,
    numIDEControllers: range(0, 2, 2),
    numUSBControllers: range(0, 1, 0),
    numUSBXHCIControllers: range(0, 1, 0),
    numSIOControllers: one,
    numPS2Controllers: one,
    licensingLimit: [],
    numSupportedWwnPorts: none,
    numSupportedWwnNodes: none,
    resourceConfigOption: { cpuAllocationOption: shares, memoryAllocationOption: shares },
    acpiHostBridgesFirmware: ["efi"],
  };
}
