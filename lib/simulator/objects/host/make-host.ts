import type { World } from "../../core/world";
import type { InventoryHost } from "../../inventory/inventory";
import { esxcliOperations } from "./esxcli";
import { hostOperations } from "./host-operations";
import { hostProperties } from "./host-properties";
import { type HostGroup, HostSystem } from "./host-system";
import { PciPassthruSystem } from "./pci-passthru-system";
import { storageSystems } from "./storage-systems";

/** A host in the world, with all that clients can read of it and do to it. */
export function makeHost(world: World, id: string, description: InventoryHost, compute: HostGroup): HostSystem {
  const host = new HostSystem(world, id, description, compute);
  const systems = { pciPassthruSystem: world.add(new PciPassthruSystem(host)), ...storageSystems(host) };
  host.offer({
    properties: hostProperties(host, systems),
    operations: { ...hostOperations(host), ...esxcliOperations(host) },
  });
  return world.add(host);
}
