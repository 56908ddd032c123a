import { classOf, deviceName, type HostDevice, isNvme } from "../core/host-device";
import type { World } from "../core/world";
import type { Guests } from "../guests/guests";
import type { GuestSystem } from "../guests/guest";
import { HostSystem } from "../objects/host/host-system";
import { VirtualMachine } from "../objects/virtual-machine/virtual-machine";
import type { GuestDriveView, HostView, SceneItem, SlotState, SlotView, VirtualMachineView } from "../../page/view";

/** What there is to see: hosts with their slots, virtual machines with their devices and guests. */
export function sceneOf(world: World, guests: Guests | undefined): SceneItem[] {
  return [
    ...world.all(HostSystem).flatMap((host) => [hostView(host), ...slotViews(host)]),
    ...world
      .all(VirtualMachine)
      .filter(({ template }) => !template)
      .map((vm) => virtualMachineView(vm, guests?.system(vm.ref.id))),
  ];
}

function hostView(host: HostSystem): HostView {
  const { id } = host.ref;
  const detail = [host.description.model, `ESXi ${host.version}`].filter(Boolean).join(", ");
  return { kind: "host", key: `host ${id}`, id, name: host.name, detail, trouble: troubleOf(host) };
}

function troubleOf(host: HostSystem): string | undefined {
  if (host.restarting) return "restarting";
  if (host.connectionState !== "connected")
    return host.connectionState === "disconnected" ? "disconnected" : "not responding";
  if (host.inMaintenanceMode) return "in maintenance mode";
  return host.enablePCIEHotplug.running ? undefined : "PCIe hot plug is off";
}

function slotViews(host: HostSystem): SlotView[] {
  const holders = new Map<string, string[]>();
  for (const vm of host.virtualMachines)
    for (const address of vm.passthroughAddresses) holders.set(address, [...(holders.get(address) ?? []), vm.name]);
  return host.devices
    .filter((device) => classOf(device) !== "0604")
    .map((device): SlotView => {
      const { address, vendor, device: deviceId, slot } = device.description;
      const held = holders.get(address) ?? [];
      const state = stateOf(device, held.length > 0);
      return {
        kind: "slot",
        key: `slot ${host.ref.id} ${address}`,
        hostId: host.ref.id,
        address,
        slot: slot?.toString(),
        name: deviceName(device),
        ids: `${vendor}:${deviceId}`,
        isNvme: isNvme(device),
        state,
        holders: held,
        note: noteOf(device, state),
      };
    });
}

function stateOf(device: HostDevice, isHeld: boolean): SlotState {
  if (!device.present) return "pulled";
  if (!device.known) return "unseen";
  if (isHeld) return "held";
  if (device.description.usedFor) return "own";
  if (device.description.passthrough === "unsupported") return "unable";
  if (device.enabled !== device.active) return "restart";
  return device.active ? "free" : "off";
}

function noteOf({ enabled, description: { usedFor } }: HostDevice, state: SlotState): string | undefined {
  if (state === "restart") return enabled ? "passthrough is enabled after it" : "passthrough is disabled after it";
  if (state !== "own" || !usedFor) return undefined;
  if (typeof usedFor === "object") return `datastore ${usedFor.datastore}`;
  return { boot: "boot disk", coredump: "core dumps", vsan: "vSAN", vsanEsa: "vSAN", flash: "flash resource" }[usedFor];
}

function virtualMachineView(vm: VirtualMachine, guest: GuestSystem | undefined): VirtualMachineView {
  const { id } = vm.ref;
  const power = { poweredOn: "on", poweredOff: "off", suspended: "suspended" }[vm.powerState];
  return {
    kind: "virtual machine",
    key: `vm ${id}`,
    id,
    name: vm.name,
    hostName: vm.host.name,
    power,
    devices: vm.passthroughAddresses.map((address) => {
      const device = vm.host.device(address);
      return { address, name: device ? deviceName(device) : "not on the host" };
    }),
    guest: guest?.runs ? { drives: guestDriveViews(guest) } : undefined,
  };
}

const HOLDS = { mount: "mounted at ", swap: "swap ", process: "open in ", holder: "under " } as const;

/** What a guest shows, and what holds it there. */
export function guestDriveViews(guest: GuestSystem): GuestDriveView[] {
  return guest.drives().map(({ hostAddress, address, disk, serialNumber }) => {
    const holds = guest.holds(disk).map(({ kind, detail }) => `${HOLDS[kind]}${detail}`);
    return { hostAddress, address, disk, serialNumber, holds };
  });
}
