import { readObject, type RawObject } from "../session/answers";
import { retrieveInOrder, type RetrieveOptions } from "../session/property-collector";
import type { Session } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { dynamicPassthroughDevices, fixedPassthroughDevices, type PassthroughDevice } from "./passthrough-device";

/** A VM as far as hot plug is concerned. What an optional field doesn't have, the server didn't tell. */
export interface VirtualMachine {
  reference: ManagedObjectReference;
  name: string;
  biosUuid: string;
  instanceUuid: string;
  template: boolean;
  powerState: "poweredOn" | "poweredOff" | "suspended";
  connectionState: string;
  changeVersion: string;
  /** 20 of `vmx-20`. */
  hardwareVersion: number | undefined;
  firmware: string | undefined;
  numCpus: number;
  memoryMB: number;
  memoryReservationMB?: number;
  memoryReservationLockedToMax?: boolean;
  cpuHotAddEnabled?: boolean;
  cpuHotRemoveEnabled?: boolean;
  memoryHotAddEnabled?: boolean;
  vvtdEnabled?: boolean;
  nestedHVEnabled?: boolean;
  motherboardLayout?: string;
  /** On a running VM: what held before this power-on. */
  fixedPassthruHotPlugEnabled?: boolean;
  hasSnapshot: boolean;
  guestId?: string;
  toolsRunningStatus?: string;
  /**
   * `guestToolsNotInstalled`: VMware Tools were never installed (VirtualMachineToolsVersionStatus of the vSphere API).
   */
  toolsVersionStatus?: string;
  /** What VMware Tools alone tell of the guest; absent where they never did. */
  guestHostName?: string;
  /** The guest's own address, as VMware Tools report it. */
  guestAddress?: string;
  host?: ManagedObjectReference;
  environmentBrowser: ManagedObjectReference;
  passthroughDevices: PassthroughDevice[];
  dynamicPassthroughDevices: { key: number; label: string }[];
}

export const virtualMachineProperties = {
  name: "string",
  environmentBrowser: "ManagedObjectReference",
  snapshot: "anyType?",
  "config.uuid": "string",
  "config.instanceUuid": "string?",
  "config.template": "boolean",
  "config.changeVersion": "string",
  "config.version": "string",
  "config.guestId": "string",
  "config.firmware": "string?",
  "config.hardware.numCPU": "int",
  "config.hardware.memoryMB": "int",
  "config.hardware.device": "VirtualDevice[]?",
  "config.hardware.motherboardLayout": "string? since 8.0.0.1",
  "config.memoryAllocation.reservation": "long?",
  "config.memoryReservationLockedToMax": "boolean?",
  "config.cpuHotAddEnabled": "boolean?",
  "config.cpuHotRemoveEnabled": "boolean?",
  "config.memoryHotAddEnabled": "boolean?",
  "config.flags.vvtdEnabled": "boolean?",
  "config.nestedHVEnabled": "boolean?",
  "config.fixedPassthruHotPlugEnabled": "boolean? since 8.0.1.0",
  "runtime.powerState": "string",
  "runtime.connectionState": "string",
  "runtime.host": "ManagedObjectReference?",
  "guest.toolsRunningStatus": "string?",
  "guest.toolsVersionStatus2": "string?",
  "guest.hostName": "string?",
  "guest.ipAddress": "string?",
} as const;

/**
 * Reads VMs by one call, in the order of `references`. Rejects with a VimFault ManagedObjectNotFound for one that is
 * gone, unless `allowGone` leaves it out; with the fault that hides a property (NoPermission); and with an
 * IncompleteAnswerError for a VM that vCenter itself can't see into, such as an orphaned one.
 */
export async function readVirtualMachines(
  session: Session,
  references: readonly ManagedObjectReference[],
  options: RetrieveOptions = {},
): Promise<VirtualMachine[]> {
  return (await retrieveInOrder(session, references, virtualMachineProperties, options)).map(virtualMachineFrom);
}

export function virtualMachineFrom(object: RawObject): VirtualMachine {
  const { reference, properties: p, has, required } = readObject(object, virtualMachineProperties);
  const devices = required("config.hardware.device");
  return {
    reference,
    name: required("name"),
    biosUuid: required("config.uuid"),
    instanceUuid: p["config.instanceUuid"] ?? "",
    template: required("config.template"),
    powerState: required("runtime.powerState") as VirtualMachine["powerState"],
    connectionState: required("runtime.connectionState"),
    changeVersion: required("config.changeVersion"),
    hardwareVersion: hardwareVersion(p["config.version"]),
    firmware: p["config.firmware"],
    numCpus: required("config.hardware.numCPU"),
    memoryMB: required("config.hardware.memoryMB"),
    memoryReservationMB: p["config.memoryAllocation.reservation"],
    memoryReservationLockedToMax: p["config.memoryReservationLockedToMax"],
    cpuHotAddEnabled: p["config.cpuHotAddEnabled"],
    cpuHotRemoveEnabled: p["config.cpuHotRemoveEnabled"],
    memoryHotAddEnabled: p["config.memoryHotAddEnabled"],
    vvtdEnabled: p["config.flags.vvtdEnabled"],
    nestedHVEnabled: p["config.nestedHVEnabled"],
    motherboardLayout: p["config.hardware.motherboardLayout"],
    fixedPassthruHotPlugEnabled: p["config.fixedPassthruHotPlugEnabled"],
    hasSnapshot: has("snapshot"),
    guestId: p["config.guestId"],
    toolsRunningStatus: p["guest.toolsRunningStatus"],
    toolsVersionStatus: p["guest.toolsVersionStatus2"],
    guestHostName: p["guest.hostName"],
    guestAddress: p["guest.ipAddress"],
    host: p["runtime.host"],
    environmentBrowser: required("environmentBrowser"),
    passthroughDevices: fixedPassthroughDevices(devices),
    dynamicPassthroughDevices: dynamicPassthroughDevices(devices),
  };
}

function hardwareVersion(version: string | undefined): number | undefined {
  const digits = /^vmx-(\d+)$/.exec(version ?? "")?.[1];
  return digits === undefined ? undefined : Number(digits);
}
