import type { InventoryVirtualMachine } from "../../inventory/inventory";
import { revived } from "../../inventory/kept-data";
import type { DataObject } from "../../value";

/** What a ReconfigVM_Task can change, beside the devices. */
export interface VirtualMachineSettings {
  name: string;
  annotation: string;
  guestId: string;
  numCpus: number;
  coresPerSocket: number;
  memoryMiB: number;
  firmware: string;
  motherboardLayout: string;
  memoryReservationMiB: number;
  memoryReservationLockedToMax: boolean;
  fixedPassthruHotPlugEnabled: boolean;
  vvtdEnabled: boolean;
  cpuHotAddEnabled: boolean;
  cpuHotRemoveEnabled: boolean;
  memoryHotAddEnabled: boolean;
  nestedHVEnabled: boolean;
  extraConfig: Map<string, string>;
  /** More of a specification, as it was given. */
  kept: DataObject;
}

export function virtualMachineSettings(description: InventoryVirtualMachine): VirtualMachineSettings {
  const memoryMiB = description.memoryMiB ?? 16384;
  const locked = description.memoryReservationLockedToMax ?? true;
  return {
    name: description.name,
    annotation: description.annotation ?? "",
    guestId: description.guestId ?? "rhel9_64Guest",
    numCpus: description.numCpus ?? 4,
    coresPerSocket: description.coresPerSocket ?? 1,
    memoryMiB,
    firmware: description.firmware ?? "efi",
    motherboardLayout: description.motherboardLayout ?? "acpiHostBridges",
    memoryReservationMiB: description.memoryReservationMiB ?? (locked ? memoryMiB : 0),
    memoryReservationLockedToMax: locked,
    fixedPassthruHotPlugEnabled: description.fixedPassthruHotPlugEnabled ?? true,
    vvtdEnabled: description.vvtdEnabled ?? false,
    cpuHotAddEnabled: description.cpuHotAddEnabled ?? false,
    cpuHotRemoveEnabled: description.cpuHotRemoveEnabled ?? false,
    memoryHotAddEnabled: description.memoryHotAddEnabled ?? false,
    kept: revived(description.config ?? {}) as DataObject,
    nestedHVEnabled: description.nestedHVEnabled ?? false,
    extraConfig: new Map(description.extraConfig?.map(({ key, value }) => [key, value])),
  };
}

/** Whether all its memory is reserved: what passthrough stands on (M2). */
export const reservesAllMemory = (
  settings: Pick<VirtualMachineSettings, "memoryMiB" | "memoryReservationMiB" | "memoryReservationLockedToMax">,
): boolean => settings.memoryReservationLockedToMax || settings.memoryReservationMiB >= settings.memoryMiB;
