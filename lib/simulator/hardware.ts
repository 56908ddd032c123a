import { hostDevice } from "./core/host-device";
import type { World } from "./core/world";
import type { InventoryDevice } from "./inventory/inventory";
import { checkDevice } from "./inventory/parse-inventory";
import { HostSystem } from "./objects/host/host-system";

/** What a person does at the servers' slots. */
export class Hardware {
  /** Told of what was done. */
  onAct: (text: string, kind: "pull" | "plug") => void = () => undefined;

  constructor(private readonly world: World) {}

  /** Pulls a device out of its slot, whether or not it is in use. */
  pull(hostNameOrId: string, address: string): void {
    const host = this.host(hostNameOrId);
    const device = host.device(address);
    if (!device?.present) throw new Error(`${host.name} has no device in the slot of ${address}`);
    device.present = false;
    this.onAct(`Pulled ${address} out of ${host.name}`, "pull");
    // A host without hot plug of PCIe notices nothing until its next start (H6).
    if (!host.enablePCIEHotplug.running) return;
    if (this.world.assumptions.pulledDeviceLeavesHost === "at once") device.known = false;
    if (this.world.assumptions.pulledDeviceLeavesVm === "at once")
      for (const vm of host.virtualMachines) vm.losePulledDevice(address);
    this.world.changes.announce();
  }

  /** Puts a device into a slot: another one, or by its address the one that was pulled out of it. */
  plug(hostNameOrId: string, device: InventoryDevice | string): void {
    const host = this.host(hostNameOrId);
    if (typeof device !== "string") checkDevice(device, "device");
    const address = typeof device === "string" ? device : device.address;
    const former = host.device(address);
    const description = typeof device === "string" ? former?.description : device;
    if (!description) throw new Error(`no device was pulled out of the slot of ${address} of ${host.name}`);
    if (former?.present) throw new Error(`the slot of ${address} of ${host.name} holds a device`);
    const serialNumber =
      typeof device === "string" ? description.serialNumber : (device.serialNumber ?? this.otherSerialNumber());
    const made = hostDevice({ ...description, serialNumber, usedFor: undefined });
    if (former) {
      host.devices.splice(host.devices.indexOf(former), 1);
      for (const vm of host.virtualMachines) vm.losePulledDevice(address);
    }
    host.devices.push(made);
    host.devices.sort((left, right) => (left.description.address < right.description.address ? -1 : 1));
    // The passthrough setting belongs to the address; an address that is new to the host has none (V4).
    made.enabled = (former?.enabled ?? false) && description.passthrough !== "unsupported";
    made.active = made.enabled;
    made.known =
      made.enabled &&
      host.enablePCIEHotplug.running &&
      this.world.assumptions.replacementInPassthroughSlot === "active at once";
    const what =
      typeof device === "string" ? "Put back" : former ? "Put another drive into" : "Put a drive into the empty slot";
    this.onAct(`${what} ${address} ${typeof device === "string" ? "into" : "of"} ${host.name}`, "plug");
    this.world.changes.announce();
  }

  /** A drive that is put in is another one than any before. */
  private otherSerialNumber(): string {
    return `S${this.world.options.identifiers.hex().slice(0, 13).toUpperCase()}`;
  }

  private host(nameOrId: string): HostSystem {
    const host = this.world.all(HostSystem).find((one) => one.name === nameOrId || one.ref.id === nameOrId);
    if (!host) throw new Error(`there is no host "${nameOrId}"`);
    return host;
  }
}
