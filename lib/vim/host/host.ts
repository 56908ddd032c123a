import { readObject, type RawObject } from "../session/answers";
import { retrieveInOrder, type RetrieveOptions } from "../session/property-collector";
import type { Session } from "../session/session";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { fromSignedShort } from "../wire/pci-id";
import type { FromVim } from "../wire/types";

/** A PCI device of a host. Ids are unsigned, 0 to 65535. */
export interface HostPciDevice {
  /** `0000:3b:00.0` */
  address: string;
  /** 0x0108 is NVMe. */
  classId: number;
  vendorId: number;
  deviceId: number;
  subVendorId: number;
  subDeviceId: number;
  vendorName: string;
  deviceName: string;
  /** The slot's number and its inscription, where the host tells (from 9.0 on). */
  physicalSlot?: number;
  slotDescription?: string;
  /** Absent where the host says nothing of passthrough for this device. */
  passthrough?: {
    enabled: boolean;
    capable: boolean;
    active: boolean;
    /** The device that goes along with this one; the device itself where none does. */
    dependentDevice: string;
  };
}

/** A host as far as hot plug is concerned. What an optional field doesn't have, the server didn't tell. */
export interface Host {
  reference: ManagedObjectReference;
  name: string;
  apiVersion?: string;
  productVersion?: string;
  connectionState: string;
  inMaintenanceMode: boolean;
  /** When it started last. */
  bootTime: string | undefined;
  powerState: string;
  vendor?: string;
  model?: string;
  biosVersion?: string;
  fptHotplugSupported?: boolean;
  deviceRebindWithoutRebootSupported?: boolean;
  statelessBoot?: boolean;
  /** In the order of their addresses. Empty for a host that isn't connected: see `connectionState`. */
  pciDevices: HostPciDevice[];
  virtualMachines: ManagedObjectReference[];
}

export const hostProperties = {
  name: "string",
  vm: "ManagedObjectReference[]?",
  "config.product.apiVersion": "string?",
  "config.product.version": "string?",
  "config.deploymentInfo.bootedFromStatelessCache": "boolean?",
  "config.pciPassthruInfo": "HostPciPassthruInfo[]?",
  "capability.fptHotplugSupported": "boolean? since 8.0.1.0",
  "capability.deviceRebindWithoutRebootSupported": "boolean? since 7.0",
  "hardware.pciDevice": "HostPciDevice[]?",
  "hardware.systemInfo.vendor": "string?",
  "hardware.systemInfo.model": "string?",
  "hardware.biosInfo.biosVersion": "string?",
  "runtime.connectionState": "string",
  "runtime.powerState": "string",
  "runtime.inMaintenanceMode": "boolean",
  "runtime.bootTime": "dateTime?",
} as const;

/** Reads hosts by one call, in the order of `references`; rejects as readVirtualMachines does. */
export async function readHosts(
  session: Session,
  references: readonly ManagedObjectReference[],
  options: RetrieveOptions = {},
): Promise<Host[]> {
  return (await retrieveInOrder(session, references, hostProperties, options)).map(hostFrom);
}

export function hostFrom(object: RawObject): Host {
  const read = readObject(object, hostProperties);
  const p = read.properties;
  const connectionState = p["runtime.connectionState"];
  // A connected host that shows no devices has not answered in full: nothing may be taken for pulled by that.
  if (connectionState === undefined || (connectionState === "connected" && !read.has("hardware.pciDevice"))) {
    throw read.incomplete("hardware.pciDevice");
  }
  return {
    reference: read.reference,
    name: p.name ?? read.reference.value,
    apiVersion: p["config.product.apiVersion"],
    productVersion: p["config.product.version"],
    connectionState,
    inMaintenanceMode: p["runtime.inMaintenanceMode"] ?? false,
    bootTime: p["runtime.bootTime"],
    powerState: p["runtime.powerState"] ?? "unknown",
    vendor: p["hardware.systemInfo.vendor"],
    model: p["hardware.systemInfo.model"],
    biosVersion: p["hardware.biosInfo.biosVersion"],
    fptHotplugSupported: p["capability.fptHotplugSupported"],
    deviceRebindWithoutRebootSupported: p["capability.deviceRebindWithoutRebootSupported"],
    statelessBoot: p["config.deploymentInfo.bootedFromStatelessCache"],
    pciDevices: pciDevices(p["hardware.pciDevice"], p["config.pciPassthruInfo"]),
    virtualMachines: p.vm,
  };
}

function pciDevices(
  devices: readonly FromVim<"HostPciDevice">[],
  passthru: readonly FromVim<"HostPciPassthruInfo">[],
): HostPciDevice[] {
  const infos = new Map(passthru.map((info) => [info.id.toLowerCase(), info]));
  return devices
    .map((device): HostPciDevice => {
      const address = device.id.toLowerCase();
      const info = infos.get(address);
      return {
        address,
        classId: fromSignedShort(device.classId),
        vendorId: fromSignedShort(device.vendorId),
        deviceId: fromSignedShort(device.deviceId),
        subVendorId: fromSignedShort(device.subVendorId),
        subDeviceId: fromSignedShort(device.subDeviceId),
        vendorName: device.vendorName,
        deviceName: device.deviceName,
        physicalSlot: device.physicalSlot,
        slotDescription: device.slotDescription,
        ...(info && {
          passthrough: {
            enabled: info.passthruEnabled,
            capable: info.passthruCapable,
            active: info.passthruActive,
            dependentDevice: info.dependentDevice.toLowerCase(),
          },
        }),
      };
    })
    .sort((one, other) => (one.address < other.address ? -1 : 1));
}
