import { createHash } from "node:crypto";
import { HostSystem } from "../../lib/simulator/objects/host/host-system";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import { addChange, removeChange, SoapFault } from "../support/soap-requests";
import { change, disk, nic } from "./device-specs";
import type { InProcess } from "./in-process";

type Doing = (vm: VirtualMachine, host: HostSystem) => Promise<unknown> | void;

const ADDRESSES = ["0000:3b:00.0", "0000:3c:00.0", "0000:3d:00.0", "0000:5e:00.0"];

const pulled = ({ devices }: HostSystem): string[] =>
  devices.filter(({ present }) => !present).map(({ description }) => description.address);

const diskKeys = ({ hardware }: VirtualMachine): number[] =>
  hardware.filter(({ $type }) => $type === "VirtualDisk").map(({ key }) => key as number);

const passthruSystem = ({ number }: HostSystem): string => `HostPciPassthruSystem:pciPassthruSystem-${number}`;

/** What clients and people do to an embedded vCenter, at random, as a seed tells. */
export class Doings {
  /** Each of them. */
  static get NAMES(): string[] {
    return Object.keys(new Doings(undefined as never, "").doings);
  }

  private count = 0;

  constructor(
    private readonly running: InProcess,
    private readonly seed: string,
  ) {}

  /** Does something to something; answers what, unless it was refused. */
  async next(): Promise<string | undefined> {
    const { world } = this.running.vcenter;
    const [name, act] = this.pick(Object.entries(this.doings));
    const vm = this.pick(world.all(VirtualMachine));
    try {
      await act(vm, this.pick([vm.host, ...world.all(HostSystem)]));
      return name;
    } catch (error) {
      if (
        error instanceof SoapFault ||
        /^(there is no|no device|the slot of|\S+ has no device)/.test((error as Error).message)
      )
        return undefined;
      throw error;
    }
  }

  private readonly doings: Readonly<Record<string, Doing>> = {
    add: (vm, host) => this.change(vm, this.add(vm, host)),
    remove: (vm) => this.change(vm, removeChange(this.some(vm.attached.map(({ key }) => key)) ?? 13000)),
    "add a dynamic device": (vm) =>
      this.change(
        vm,
        "<deviceChange><operation>add</operation><device " +
          'xsi:type="VirtualPCIPassthrough"><key>-1</key><backing ' +
          'xsi:type="VirtualPCIPassthroughDynamicBackingInfo">' +
          "<deviceName></deviceName><allowedDevice><vendorId>4318</vendorId><deviceId>9913</deviceId>" +
          "</allowedDevice><customLabel>gpu</customLabel></backing></device></deviceChange>",
      ),
    annotate: (vm) =>
      this.change(
        vm,
        `<annotation>note ${this.number(9)}</annotation><extraConfig><key>${this.number(3)}</key><value ` +
          `xsi:type="xsd:string">${this.pick(["", "x"])}</value></extraConfig>`,
      ),
    resize: (vm) =>
      this.change(
        vm,
        `<numCPUs>${1 + this.number(8)}</numCPUs>` +
          `<numCoresPerSocket>${1 + this.number(2)}</numCoresPerSocket>` +
          `<memoryMB>${4096 * (1 + this.number(4))}</memoryMB>`,
      ),
    reserve: (vm) => this.change(vm, `<memoryReservationLockedToMax>${this.flag()}</memoryReservationLockedToMax>`),
    "reserve some": (vm) =>
      this.change(vm, `<memoryAllocation><reservation>${this.number(4096)}</reservation></memoryAllocation>`),
    "set for hot plug": (vm) =>
      this.change(
        vm,
        `<firmware>${this.pick(["efi", "bios"])}</firmware>` +
          `<motherboardLayout>${this.pick(["acpiHostBridges", "i440bxHostBridge"])}</motherboardLayout>` +
          `<fixedPassthruHotPlugEnabled>${this.flag()}</fixedPassthruHotPlugEnabled>`,
      ),
    "set against hot plug": (vm) =>
      this.change(
        vm,
        `<flags><vvtdEnabled>${this.flag()}</vvtdEnabled></flags>` +
          `<memoryHotAddEnabled>${this.flag()}</memoryHotAddEnabled>` +
          `<cpuHotAddEnabled>${this.flag()}</cpuHotAddEnabled>`,
      ),
    rename: (vm) => this.task("Rename_Task", vm, `<newName>name ${this.number(9)}</newName>`),
    upgrade: (vm) => this.task("UpgradeVM_Task", vm),
    "power on": (vm) => this.task("PowerOnVM_Task", vm),
    "power off": (vm) => this.task("PowerOffVM_Task", vm),
    reset: (vm) => this.task("ResetVM_Task", vm),
    suspend: (vm) => this.task("SuspendVM_Task", vm),
    "shut the guest down": (vm) => this.call("ShutdownGuest", vm),
    "restart the guest": (vm) => this.call("RebootGuest", vm),
    snapshot: (vm) =>
      this.task(
        "CreateSnapshot_Task",
        vm,
        `<name>s</name><description>d</description><memory>false</memory><quiesce>false</quiesce>`,
      ),
    "remove snapshots": (vm) => this.task("RemoveAllSnapshots_Task", vm),
    "make a template": (vm) => this.call("MarkAsTemplate", vm),
    move: (vm, host) => this.task("RelocateVM_Task", vm, `<spec><host type="HostSystem">${host.ref.id}</host></spec>`),
    create: (vm, host) =>
      this.running.soap.task(
        "CreateVM_Task",
        String(vm.parent!.ref),
        `<config><name>made ${this.number(1000)}</name></config><pool ` +
          `type="ResourcePool">${host.compute.pool.ref.id}</pool><host type="HostSystem">${host.ref.id}</host>`,
      ),
    "add a disk": (vm) => this.change(vm, disk(1000, -1, "")),
    "take a disk off": (vm) =>
      this.change(
        vm,
        change(
          "remove",
          "VirtualDisk",
          `<key>${this.some(diskKeys(vm)) ?? 2000}</key><capacityInKB>0</capacityInKB>`,
          this.pick(["", "destroy"]),
        ),
      ),
    "add an adapter": (vm) => this.change(vm, nic()),
    "set more": (vm) =>
      this.change(
        vm,
        "<swapPlacement>hostLocal</swapPlacement>" +
          `<bootOptions><bootDelay>${this.number(9)}</bootDelay></bootOptions>`,
      ),
    clone: (vm, host) =>
      this.number(6) !== 0
        ? undefined
        : this.task(
            "CloneVM_Task",
            vm,
            `<folder type="Folder">${vm.parent!.ref.id}</folder><name>copy ${this.number(1000)}</name>` +
              "<spec><location>" +
              `<pool type="ResourcePool">${host.compute.pool.ref.id}</pool>` +
              `<host type="HostSystem">${host.ref.id}</host></location><template>false</template>` +
              `<powerOn>${this.flag()}</powerOn></spec>`,
          ),
    destroy: (vm) => (this.number(3) === 0 ? this.task("Destroy_Task", vm) : undefined),
    "set passthrough": (_, host) =>
      this.running.soap.call(
        "UpdatePassthruConfig",
        passthruSystem(host),
        `<config><id>${this.address(host)}</id><passthruEnabled>${this.flag()}</passthruEnabled>` +
          `<applyNow>${this.flag()}</applyNow></config>`,
      ),
    refresh: (_, host) => this.running.soap.call("Refresh", passthruSystem(host)),
    "set the kernel": (_, host) =>
      this.running.soap.call(
        "ExecuteSoap",
        `ReflectManagedMethodExecuter:ManagedMethodExecuter-${host.number}`,
        "<moid>ha-cli-handler-system-settings-kernel</moid><version>urn:vim25/5.0</version>" +
          "<method>vim.EsxCLI.system.settings.kernel.set</method>" +
          "<argument><name>setting</name><val>&lt;setting&gt;maxIntrCookies&lt;/setting&gt;</val>" +
          "</argument><argument><name>value</name>" +
          `<val>&lt;value&gt;${1024 * (1 + this.number(8))}&lt;/value&gt;</val></argument>`,
      ),
    maintain: (_, host) => this.hostTask("EnterMaintenanceMode_Task", host, "<timeout>1</timeout>"),
    "maintain no longer": (_, host) =>
      this.hostTask(
        "ExitMaintenanceMode_Task",
        this.some(host.compute.hosts.filter(({ inMaintenanceMode }) => inMaintenanceMode)) ?? host,
        "<timeout>1</timeout>",
      ),
    "restart the host": (_, host) =>
      this.number(3) === 0 ? this.hostTask("RebootHost_Task", host, "<force>true</force>") : undefined,
    disconnect: (_, host) => (this.number(3) === 0 ? this.hostTask("DisconnectHost_Task", host) : undefined),
    reconnect: (_, host) => this.hostTask("ReconnectHost_Task", host),
    pull: (_, host) => this.running.hardware.pull(host.ref.id, this.address(host)),
    "put back": (_, host) => this.running.hardware.plug(host.ref.id, this.some(pulled(host)) ?? "0000:01:00.0"),
    plug: (_, host) =>
      this.running.hardware.plug(host.ref.id, {
        address: this.pick(["0000:70:00.0", ...pulled(host)]),
        vendor: "1344",
        device: "51c0",
      }),
    wait: () => this.running.vcenter.world.sleep(this.number(5000)),
  };

  private change(vm: VirtualMachine, spec: string): Promise<unknown> {
    return this.running.soap.reconfigure(vm.ref.id, spec);
  }

  /** A machine that is off takes ids that are not the device's. */
  private add(vm: VirtualMachine, host: HostSystem): string {
    const device = this.pick([
      ...vm.host.devices.map(({ description }) => description),
      { address: ADDRESSES[0]!, vendor: "8086", device: "0a54" },
    ]);
    const vendorId = (Number.parseInt(device.vendor, 16) << 16) >> 16;
    return addChange({
      address: device.address,
      deviceId: this.pick([device.device, device.device, "-57dc", "nonsense"]),
      vendorId,
      systemId: this.pick([vm.host, host]).systemId,
    });
  }

  private task(operation: string, vm: VirtualMachine, parameters = ""): Promise<unknown> {
    return this.running.soap.task(operation, String(vm.ref), parameters);
  }

  private call(operation: string, vm: VirtualMachine): Promise<unknown> {
    return this.running.soap.call(operation, String(vm.ref));
  }

  private hostTask(operation: string, host: HostSystem, parameters = ""): Promise<unknown> {
    return this.running.soap.task(operation, String(host.ref), parameters);
  }

  private address(host: HostSystem): string {
    return this.pick([...host.devices.map(({ description }) => description.address), ...ADDRESSES]);
  }

  private flag(): boolean {
    return this.number(2) === 1;
  }

  private some<T>(values: readonly T[]): T | undefined {
    return values.length === 0 ? undefined : this.pick(values);
  }

  private pick<T>(values: readonly T[]): T {
    return values[this.number(values.length)]!;
  }

  private number(below: number): number {
    return (
      createHash("sha256")
        .update(`${this.seed}/${++this.count}`)
        .digest()
        .readUInt32BE() % below
    );
  }
}
