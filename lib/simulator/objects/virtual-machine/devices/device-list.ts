import type { DataObject } from "../../../value";

/** Devices as vCenter shows them: each controller names those that hang on it. */
export function withControllersNamed(devices: readonly DataObject[]): DataObject[] {
  const carried = new Map<number, number[]>();
  for (const { key, controllerKey } of devices) {
    const keys = carried.get(controllerKey as number);
    if (keys) keys.push(key as number);
    else carried.set(controllerKey as number, [key as number]);
  }
  return devices.map((device) => {
    const keys = carried.get(device["key"] as number);
    return keys ? { ...device, device: keys } : device;
  });
}

/** What can be disconnected is connected while the machine runs, if it is to be. */
export const connectedFor = (running: boolean, devices: readonly DataObject[]): DataObject[] =>
  devices.map((device) => {
    const connectable = device["connectable"] as DataObject | undefined;
    if (!connectable) return device;
    const connected = running && connectable["startConnected"] === true;
    return { ...device, connectable: { ...connectable, connected, status: connected ? "ok" : "untried" } };
  });

/** The PCI slots that devices have. */
export const slotsOf = (devices: readonly DataObject[]): Set<number> =>
  new Set(devices.flatMap(({ slotInfo }) => ((slotInfo as DataObject | undefined)?.["pciSlotNumber"] as number) ?? []));
