import { readObject, readVisible, type RawObject } from "../../vim/session/answers";
import { hostFrom, hostProperties, type HostPciDevice } from "../../vim/host/host";
import { fixedPassthroughDevices } from "../../vim/virtual-machine/passthrough-device";
import { isNvme } from "../../hotplug/facts";

/** What is followed of virtual machines and of hosts. */
export const WATCHED_PROPERTIES = {
  HostSystem: hostProperties,
  VirtualMachine: {
    name: "string",
    "runtime.host": "ManagedObjectReference?",
    "runtime.powerState": "string",
    "runtime.connectionState": "string",
    "config.hardware.device": "VirtualDevice[]?",
  },
} as const;

interface Titled {
  id: string;
  name: string;
}

/** A change as it is told. */
export interface Change {
  change:
    | "attached"
    | "removed"
    | "pulled_out"
    | "plugged_in"
    | "passthrough_enabled"
    | "passthrough_disabled"
    | "passthrough_active"
    | "passthrough_inactive"
    | "power"
    | "moved"
    | "connection"
    | "appeared"
    | "gone";
  virtualMachine?: Titled;
  host?: Titled;
  address?: string;
  device?: { vendorId: number; deviceId: number; name: string };
  from?: string;
  to?: string;
}

/** A virtual machine lost a device that its host still shows: removed by API, or the host is late. */
export interface OpenLoss {
  virtualMachine: Titled;
  host?: Titled;
  address: string;
  device: NonNullable<Change["device"]>;
}

interface KnownHost extends Titled {
  connection: string;
  devices: ReadonlyMap<string, HostPciDevice>;
}

interface KnownVirtualMachine extends Titled {
  power: string;
  hostId: string | undefined;
  devices: ReadonlyMap<string, NonNullable<Change["device"]>>;
}

/** What was known at a look. What can't be seen for now stays as it was: silence is never a change. */
export interface Known {
  hosts: Map<string, KnownHost>;
  virtualMachines: Map<string, KnownVirtualMachine>;
}

export function nothingKnown(): Known {
  return { hosts: new Map(), virtualMachines: new Map() };
}

/** What is known with the objects as they show now. */
export function knownFrom(objects: ReadonlyMap<string, RawObject>, before: Known): Known {
  const known = nothingKnown();
  for (const [id, object] of objects) {
    if (object.obj.type === "HostSystem") {
      const host = hostOf(object, before.hosts.get(id));
      if (host) known.hosts.set(id, host);
    } else {
      const vm = virtualMachineOf(object, before.virtualMachines.get(id));
      if (vm) known.virtualMachines.set(id, vm);
    }
  }
  return known;
}

function hostOf(object: RawObject, before: KnownHost | undefined): KnownHost | undefined {
  const { name, "runtime.connectionState": connection = "unknown" } = readVisible(object, hostProperties).properties;
  const titled = { id: object.obj.value, name: name ?? before?.name ?? object.obj.value, connection };
  if (connection !== "connected") return { ...titled, devices: before?.devices ?? new Map() };
  try {
    const devices = hostFrom(object).pciDevices.filter(isNvme);
    return { ...titled, devices: new Map(devices.map((device) => [device.address, device])) };
  } catch {
    return before;
  }
}

function virtualMachineOf(object: RawObject, before: KnownVirtualMachine | undefined): KnownVirtualMachine | undefined {
  try {
    const { properties: p, has } = readObject(object, WATCHED_PROPERTIES.VirtualMachine);
    const isSeen = p["runtime.connectionState"] === "connected" && has("config.hardware.device");
    const devices = isSeen
      ? new Map(
          fixedPassthroughDevices(p["config.hardware.device"]).map(({ address, vendorId, deviceId, deviceName }) => [
            address,
            { vendorId, deviceId, name: deviceName },
          ]),
        )
      : (before?.devices ?? new Map<string, never>());
    return {
      id: object.obj.value,
      name: p.name ?? before?.name ?? object.obj.value,
      power: p["runtime.powerState"] ?? before?.power ?? "unknown",
      hostId: p["runtime.host"]?.value ?? before?.hostId,
      devices,
    };
  } catch {
    return before;
  }
}

/**
 * The changes between two looks. `told`: losses of virtual machines that were told with their host's, not to be told
 * again; it is kept up.
 */
export function changesBetween(before: Known, now: Known, told: Set<string>): { changes: Change[]; open: OpenLoss[] } {
  const changes: Change[] = [];
  const open: OpenLoss[] = [];
  const titleOf = ({ id, name }: Titled): Titled => ({ id, name });
  const hostOn = (id: string | undefined): { host?: Titled } => {
    const host = now.hosts.get(id ?? "") ?? before.hosts.get(id ?? "");
    return host ? { host: titleOf(host) } : {};
  };

  for (const host of now.hosts.values()) {
    const old = before.hosts.get(host.id);
    if (!old) {
      changes.push({ change: "appeared", host: titleOf(host) });
      continue;
    }
    if (old.connection !== host.connection)
      changes.push({ change: "connection", host: titleOf(host), from: old.connection, to: host.connection });
    changes.push(...deviceChanges(old, host, { before, told }));
  }
  for (const host of before.hosts.values())
    if (!now.hosts.has(host.id)) changes.push({ change: "gone", host: titleOf(host) });

  for (const vm of now.virtualMachines.values()) {
    const old = before.virtualMachines.get(vm.id);
    const virtualMachine = titleOf(vm);
    if (!old) {
      changes.push({ change: "appeared", virtualMachine, ...hostOn(vm.hostId) });
      continue;
    }
    if (old.hostId !== vm.hostId)
      changes.push({
        change: "moved",
        virtualMachine,
        ...hostOn(vm.hostId),
        from: now.hosts.get(old.hostId ?? "")?.name ?? old.hostId ?? "",
        to: now.hosts.get(vm.hostId ?? "")?.name ?? vm.hostId ?? "",
      });
    if (old.power !== vm.power)
      changes.push({ change: "power", virtualMachine, ...hostOn(vm.hostId), from: old.power, to: vm.power });
    for (const [address, device] of old.devices) {
      const key = `${vm.id} ${address}`;
      if (vm.devices.has(address)) continue;
      if (told.delete(key)) continue;
      open.push({ virtualMachine, ...hostOn(old.hostId), address, device });
    }
    for (const [address, device] of vm.devices)
      if (!old.devices.has(address)) {
        told.delete(`${vm.id} ${address}`);
        changes.push({ change: "attached", virtualMachine, ...hostOn(vm.hostId), address, device });
      }
  }
  for (const vm of before.virtualMachines.values())
    if (!now.virtualMachines.has(vm.id))
      changes.push({ change: "gone", virtualMachine: titleOf(vm), ...hostOn(vm.hostId) });
  return { changes, open };
}

function deviceChanges(
  old: KnownHost,
  now: KnownHost,
  { before, told }: { before: Known; told: Set<string> },
): Change[] {
  const host = { id: now.id, name: now.name };
  const changes: Change[] = [];
  const deviceOf = ({ vendorId, deviceId, deviceName }: HostPciDevice): NonNullable<Change["device"]> => ({
    vendorId,
    deviceId,
    name: deviceName,
  });
  for (const [address, device] of old.devices) {
    const other = now.devices.get(address);
    if (other && isSame(device, other)) {
      changes.push(
        ...passthroughChanges(device, other).map((change) => ({ change, host, address, device: deviceOf(other) })),
      );
      continue;
    }
    const holder = [...before.virtualMachines.values()].find(
      (vm) => vm.hostId === now.id && vm.devices.has(address) && !told.has(`${vm.id} ${address}`),
    );
    if (holder) told.add(`${holder.id} ${address}`);
    changes.push({
      change: "pulled_out",
      ...(holder && { virtualMachine: { id: holder.id, name: holder.name } }),
      host,
      address,
      device: deviceOf(device),
    });
  }
  for (const [address, device] of now.devices) {
    const former = old.devices.get(address);
    if (!former || !isSame(former, device))
      changes.push({ change: "plugged_in", host, address, device: deviceOf(device) });
  }
  return changes;
}

function isSame(one: HostPciDevice, other: HostPciDevice): boolean {
  return (
    one.vendorId === other.vendorId &&
    one.deviceId === other.deviceId &&
    one.subVendorId === other.subVendorId &&
    one.subDeviceId === other.subDeviceId
  );
}

function passthroughChanges(old: HostPciDevice, now: HostPciDevice): Change["change"][] {
  const [was, is] = [old.passthrough, now.passthrough];
  if (!was || !is) return [];
  return [
    ...(was.enabled === is.enabled
      ? []
      : [is.enabled ? ("passthrough_enabled" as const) : ("passthrough_disabled" as const)]),
    ...(was.active === is.active
      ? []
      : [is.active ? ("passthrough_active" as const) : ("passthrough_inactive" as const)]),
  ];
}
