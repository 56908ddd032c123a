import { filled } from "../../core/defaults";
import { classOf, hostDevice, type HostDevice, passthruInfo, pciDevice } from "../../core/host-device";
import { stableUuid } from "../../core/random";
import { apiVersion, atLeast } from "../../core/version";
import type { World } from "../../core/world";
import type { InventoryHost } from "../../inventory/inventory";
import { type DataObject, Reference } from "../../value";
import type { ComputeResource } from "../compute-resource/compute-resource";
import type { Datastore, Network } from "../datacenter/datacenter";
import { hostOperations } from "./host-operations";
import { diagnosticPartition, fileSystemVolume, storageDevice, storageSystems, vsanConfig } from "./host-storage";
import { ManagedEntity, refs } from "../managed-entity";
import type { ManagedObject, Operations, Properties } from "../managed-object";
import { PciPassthruSystem } from "./pci-passthru-system";
import type { VirtualMachine } from "../virtual-machine/virtual-machine";

/** An ESXi host. */
export class HostSystem extends ManagedEntity {
  readonly devices: HostDevice[];
  readonly virtualMachines: VirtualMachine[] = [];
  readonly datastores: Datastore[] = [];
  readonly networks: Network[] = [];
  readonly memoryBytes: number;
  readonly cpuThreads: number;
  readonly version: string;
  readonly uuid: string;
  /** What QueryConfigTarget calls the system: not the BIOS UUID. */
  readonly systemId: string;
  readonly passthru: PciPassthruSystem;
  connectionState: "connected" | "disconnected" | "notResponding";
  powerState: "poweredOn" | "poweredOff" = "poweredOn";
  restarting = false;
  inMaintenanceMode: boolean;
  bootTime: Date;
  maxIntrCookies: { readonly configured: number; readonly running: number };
  private readonly systems: Readonly<Record<string, ManagedObject>>;

  constructor(
    world: World,
    id: string,
    readonly description: InventoryHost,
    readonly compute: ComputeResource,
  ) {
    super(world, "HostSystem", id, description.name);
    this.parent = compute;
    this.devices = (description.devices ?? []).map(hostDevice);
    this.memoryBytes = (description.memoryGiB ?? 256) * 2 ** 30;
    this.cpuThreads = description.cpuThreads ?? 64;
    this.version = description.version ?? "8.0.3";
    this.uuid = description.uuid ?? stableUuid(`host ${this.name}`);
    this.systemId = stableUuid(`system ${this.name}`);
    this.connectionState = description.connectionState ?? "connected";
    this.inMaintenanceMode = description.maintenanceMode ?? false;
    this.bootTime = new Date(description.bootTime ?? world.now().getTime() - 86_400_000);
    this.maxIntrCookies = description.maxIntrCookies ?? {
      configured: this.defaultIntrCookies,
      running: this.defaultIntrCookies,
    };
    this.passthru = world.add(new PciPassthruSystem(this));
    this.systems = { pciPassthruSystem: this.passthru, ...storageSystems(this) };
    this.operations = hostOperations(this);
    if (description.restarting) this.comeBackLater();
  }

  get number(): string {
    return this.ref.id.replace(/^\D+/, "");
  }

  /** It is there for virtual machines to run on. */
  get available(): boolean {
    return this.connectionState === "connected" && this.powerState === "poweredOn" && !this.inMaintenanceMode;
  }

  /** The devices that the host shows. */
  get knownDevices(): HostDevice[] {
    return this.devices.filter((device) => device.known);
  }

  device(address: string): HostDevice | undefined {
    return this.devices.find((device) => device.description.address === address);
  }

  /** What running machines, but for one, leave to reserve. */
  unreservedMemoryMiB(but: VirtualMachine): number {
    const others = this.virtualMachines.filter((vm) => vm !== but && vm.powerState === "poweredOn");
    return (
      Math.floor(this.memoryBytes / 2 ** 20) - others.reduce((sum, vm) => sum + vm.settings.memoryReservationMiB, 0)
    );
  }

  get hotPlugSupported(): boolean {
    return this.description.hotPlugSupported ?? atLeast(this.version, "8.0.1");
  }

  /** The newest virtual hardware that it runs. */
  get newestHardwareVersion(): number {
    if (atLeast(this.version, "8.0.2")) return 21;
    return atLeast(this.version, "8.0.0") ? 20 : 19;
  }

  /** What the VMkernel's maxIntrCookies is where nobody set it. */
  get defaultIntrCookies(): number {
    return atLeast(this.version, "8.0.3") ? 4096 : 1024;
  }

  setConnectionState(state: HostSystem["connectionState"]): void {
    this.connectionState = state;
    this.world.changes.announce();
  }

  restart(): void {
    this.setConnectionState("notResponding");
    this.comeBackLater();
  }

  /** Whatever becomes of vCenter meanwhile. */
  private comeBackLater(): void {
    this.restarting = true;
    void this.world.sleep(this.world.timings.hostRebootMs).then(
      () => this.comeBack(),
      () => undefined,
    );
  }

  /** After a restart: what waited for it holds. */
  private comeBack(): void {
    this.restarting = false;
    this.bootTime = this.world.now();
    this.maxIntrCookies = { configured: this.maxIntrCookies.configured, running: this.maxIntrCookies.configured };
    this.passthru.refresh();
    for (const device of this.devices) device.active = device.enabled;
    this.setConnectionState("connected");
  }

  get rebootRequired(): boolean {
    return this.knownDevices.some((device) => device.enabled !== device.active);
  }

  override readonly operations: Operations;

  override readonly properties: Properties = {
    ...this.entityProperties,
    runtime: () => this.runtime,
    summary: () => this.summary,
    hardware: () => this.hardware,
    capability: () => this.capability,
    config: () => (this.connectionState === "connected" ? this.config : undefined),
    configManager: () => this.configManager,
    vm: () => refs(this.virtualMachines),
    datastore: () => refs(this.datastores),
    network: () => refs(this.networks),
    datastoreBrowser: () => new Reference("HostDatastoreBrowser", `datastoreBrowser-${this.ref.id}`),
  };

  get product(): DataObject {
    const build = this.description.build ?? "24022510";
    return {
      name: "VMware ESXi",
      fullName: `VMware ESXi ${this.version} build-${build}`,
      vendor: "VMware, Inc.",
      version: this.version,
      build,
      localeVersion: "INTL",
      localeBuild: "000",
      osType: "vmnix-x86",
      productLineId: "embeddedEsx",
      apiType: "HostAgent",
      apiVersion: apiVersion(this.version),
      licenseProductName: "VMware ESX Server",
      licenseProductVersion: "8.0",
    };
  }

  private get runtime(): DataObject {
    return {
      connectionState: this.connectionState,
      powerState: this.powerState,
      standbyMode: "none",
      inMaintenanceMode: this.inMaintenanceMode,
      bootTime: this.bootTime,
    };
  }

  private get hardwareSummary(): DataObject {
    return {
      vendor: this.description.vendor ?? "Dell Inc.",
      model: this.description.model ?? "PowerEdge R760",
      uuid: this.uuid,
      memorySize: this.memoryBytes,
      cpuModel: "Intel(R) Xeon(R) Gold 6430",
      cpuMhz: 2500,
      numCpuPkgs: 2,
      numCpuCores: this.cpuThreads / 2,
      numCpuThreads: this.cpuThreads,
      numNics: 2,
      numHBAs: 1,
    };
  }

  private get summary(): DataObject {
    return {
      host: this.ref,
      hardware: this.hardwareSummary,
      runtime: this.runtime,
      config: {
        name: this.name,
        port: 443,
        product: this.product,
        vmotionEnabled: false,
        faultToleranceEnabled: false,
      },
      quickStats: {
        overallCpuUsage: 0,
        overallMemoryUsage: 0,
        uptime: Math.floor((this.world.now().getTime() - this.bootTime.getTime()) / 1000),
      },
      overallStatus: "green",
      rebootRequired: this.rebootRequired,
      managementServerIp: "127.0.0.1",
    };
  }

  private get hardware(): DataObject {
    const { vendor, model } = this.hardwareSummary;
    return {
      systemInfo: { vendor, model, uuid: this.uuid, otherIdentifyingInfo: [] },
      cpuInfo: {
        numCpuPackages: 2,
        numCpuCores: this.cpuThreads / 2,
        numCpuThreads: this.cpuThreads,
        hz: 2_500_000_000,
      },
      cpuPkg: [0, 1].map((index) => ({
        index,
        vendor: "intel",
        hz: 2_500_000_000,
        busHz: 100_000_000,
        description: "Intel(R) Xeon(R) Gold 6430",
        threadId: [],
        cpuFeature: [],
      })),
      memorySize: this.memoryBytes,
      smcPresent: false,
      pciDevice: this.knownDevices.map(pciDevice),
      biosInfo: {
        biosVersion: this.description.biosVersion ?? "1.0.0",
        vendor: vendor as string,
        firmwareType: "UEFI",
      },
    };
  }

  private get capability(): DataObject {
    const rebind = this.description.rebindWithoutReboot ?? true;
    return filled("HostCapability", {
      maintenanceModeSupported: true,
      rebootSupported: true,
      shutdownSupported: true,
      featureCapabilitiesSupported: true,
      fptHotplugSupported: this.hotPlugSupported,
      deviceRebindWithoutRebootSupported: rebind,
    });
  }

  private get config(): DataObject {
    const stateless = this.description.bootedFromStatelessCache ?? undefined;
    return {
      host: this.ref,
      product: this.product,
      deploymentInfo:
        this.description.bootedFromStatelessCache === null ? {} : { bootedFromStatelessCache: stateless ?? false },
      pciPassthruInfo: this.knownDevices.map(passthruInfo),
      option: [],
      storageDevice: storageDevice(this),
      fileSystemVolume: fileSystemVolume(this),
      activeDiagnosticPartition: diagnosticPartition(this),
      vsanHostConfig: vsanConfig(this),
    };
  }

  private get configManager(): DataObject {
    return Object.fromEntries(Object.entries(this.systems).map(([name, system]) => [name, system.ref]));
  }

  /** The devices that a virtual machine could have: passthrough active, whatever their class. */
  get offered(): HostDevice[] {
    return this.knownDevices.filter((device) => device.active && classOf(device) !== "0604");
  }
}
