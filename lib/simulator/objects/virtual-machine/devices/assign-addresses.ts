import type { World } from "../../../core/world";
import type { DataObject } from "../../../value";
import { HostSystem } from "../../host/host-system";

/** Gives each network adapter that has none a MAC address of vCenter's range, 00:50:56:80 to bf, that nobody has. */
export function withAddresses(world: World, devices: readonly DataObject[]): DataObject[] {
  if (!devices.some(needsAddress)) return [...devices];
  const taken = new Set(
    world.all(HostSystem).flatMap(({ virtualMachines }) => virtualMachines.flatMap(({ macAddresses }) => macAddresses)),
  );
  const next = (): string => {
    for (;;) {
      const number = (0x80_0000 + world.number("mac")).toString(16);
      const address = `00:50:56:${number.replace(/(..)(?=.)/g, "$1:")}`;
      if (!taken.has(address)) return address;
    }
  };
  return devices.map((device) => (needsAddress(device) ? { ...device, macAddress: next() } : device));
}

const needsAddress = (device: DataObject): boolean => "macAddress" in device && device["macAddress"] === undefined;
