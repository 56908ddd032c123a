import type { Inventory, InventoryHost } from "../../lib/simulator/inventory/inventory";
import type { Timings } from "../../lib/simulator/core/timings";

/** What is to be attached, by virtual machine. */
export type DeviceSets = Readonly<Record<string, readonly string[]>>;

/** A change that everybody in the bench is asked for, on an embedded vCenter of its own. */
export interface Job {
  readonly title: string;
  readonly inventory: Inventory;
  readonly before: DeviceSets;
  readonly after: DeviceSets;
}

/** Terraform's default, which every peer works by as well: so many virtual machines are changed at once. */
export const PARALLELISM = 10;

/** A hot-add takes as long as in a quiet vCenter; nothing beside it, so that a task is as long as it says. */
export const TASK_TIMINGS: Partial<Timings> = { queueMs: 0, hotPlugMs: 300, publishMs: 0 };

/** Each embedded vCenter of the bench is the same to those who remember it. */
const INSTANCE = "5a1d8f0e-6c1b-4f7e-9a52-3f0c8f6f1c02";

const VIRTUAL_MACHINES_A_HOST = 20;
const DRIVES_A_VIRTUAL_MACHINE = 4;

/** How many calls a job takes: one for each device that comes or goes. */
export function callsOf({ before, after }: Job): number {
  const missing = (some: DeviceSets, others: DeviceSets): number =>
    Object.entries(some).flatMap(([id, devices]) => devices.filter((device) => !others[id]?.includes(device))).length;
  return missing(before, after) + missing(after, before);
}

/** How many of them can be under way at the same time. */
export function sideBySide({ after }: Job): number {
  return Math.min(PARALLELISM, Object.keys(after).length);
}

export function eightHotAdds(): Job {
  const fleet = inventoryOf(1, 8);
  return { title: "eight hot-adds on one VM", inventory: fleet.inventory, before: {}, after: fleet.sets };
}

/** One drive out, another one in, seven beside it that stay. */
export function swappedDrive(): Job {
  const { inventory, sets } = inventoryOf(1, 9);
  const [[id, drives]] = Object.entries(sets) as [[string, string[]]];
  return {
    title: "one of eight drives swapped",
    inventory: { ...inventory, virtualMachines: [{ ...inventory.virtualMachines![0]!, devices: drives.slice(0, 8) }] },
    before: { [id]: drives.slice(0, 8) },
    after: { [id]: drives.slice(1) },
  };
}

/** Many virtual machines, 20 a host, each of which gets four drives. */
export function fleet(size: number): Job {
  const { inventory, sets } = inventoryOf(size, DRIVES_A_VIRTUAL_MACHINE);
  return { title: `${size.toLocaleString("en")} VMs, four drives each`, inventory, before: {}, after: sets };
}

/** So many virtual machines on as many hosts as they take, each with drives of its own in its host's slots. */
function inventoryOf(size: number, drives: number): { inventory: Inventory; sets: DeviceSets } {
  const hosts: InventoryHost[] = [];
  const sets: Record<string, string[]> = {};
  for (let first = 0; first < size; first += VIRTUAL_MACHINES_A_HOST) {
    const here = Math.min(VIRTUAL_MACHINES_A_HOST, size - first);
    const slots = Array.from({ length: here * drives }, (_, slot) => `0000:${(slot + 16).toString(16)}:00.0`);
    const number = hosts.length + 1;
    hosts.push({
      id: `host-${number}`,
      name: `esx${number}.example.test`,
      devices: slots.map((address, slot) => ({ address, slot, vendor: "8086", device: "0a54" })),
    });
    for (let one = 0; one < here; one++) sets[`vm-${first + one + 1}`] = slots.slice(one * drives, (one + 1) * drives);
  }
  const virtualMachines = Object.keys(sets).map((id, index) => ({
    id,
    name: `db${index + 1}`,
    host: hosts[Math.floor(index / VIRTUAL_MACHINES_A_HOST)]!.id!,
  }));
  return { inventory: { vcenter: { instanceUuid: INSTANCE }, hosts, virtualMachines }, sets };
}
