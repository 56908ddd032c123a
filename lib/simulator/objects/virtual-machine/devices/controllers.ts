import type { DataObject } from "../../../value";
import type { DeviceContext, DeviceFamily } from "./device-family";
import { row } from "./places";

const PCI = 100;

interface ControllerKind {
  readonly types: readonly string[];
  readonly name: string;
  /** Of the first one, the next ones follow. */
  readonly key: number;
  readonly unit: number;
  readonly count: number;
  readonly summary: Readonly<Record<string, string>>;
  readonly defaults?: DataObject;
}

/** Controllers on the PCI bus: each of them is a bus. */
const controllers = ({ types, name, key, unit, count, summary, defaults }: ControllerKind): DeviceFamily => ({
  types,
  carriers: { VirtualPCIController: row({ key, unit, count }) },
  defaultController: PCI,
  hotPlug: true,
  label: (_, device) => `${name} ${device["busNumber"] as number}`,
  summary: (device) => summary[device.$type!]!,
  complete: (device, context) => ({ ...defaults, ...device, busNumber: busNumber(device, key, context) }),
});

/** Its key tells its bus: a place on the PCI bus is one of these. */
function busNumber(device: DataObject, firstKey: number, { former, refuse }: DeviceContext): number {
  const number = (device["key"] as number) - firstKey;
  const wanted = device["busNumber"] as number | undefined;
  if (former && wanted !== undefined && wanted !== number)
    throw refuse("InvalidDeviceSpec", `The bus of a controller can't be changed from ${number} to ${wanted}`);
  return number;
}

export const scsiControllers = controllers({
  types: [
    "ParaVirtualSCSIController",
    "VirtualBusLogicController",
    "VirtualLsiLogicController",
    "VirtualLsiLogicSASController",
  ],
  name: "SCSI controller",
  key: 1000,
  unit: 3,
  count: 4,
  summary: {
    ParaVirtualSCSIController: "VMware paravirtual SCSI",
    VirtualBusLogicController: "BusLogic",
    VirtualLsiLogicController: "LSI Logic",
    VirtualLsiLogicSASController: "LSI Logic SAS",
  },
  defaults: { hotAddRemove: true, scsiCtlrUnitNumber: 7 },
});

export const sataControllers = controllers({
  types: ["VirtualAHCIController"],
  name: "SATA controller",
  key: 15000,
  unit: 24,
  count: 4,
  summary: { VirtualAHCIController: "AHCI" },
});

export const nvmeControllers = controllers({
  types: ["VirtualNVMEController"],
  name: "NVME controller",
  key: 31000,
  unit: 30,
  count: 4,
  summary: { VirtualNVMEController: "NVME controller" },
  defaults: { sharedBus: "noSharing" },
});

export const usbControllers: DeviceFamily = {
  types: ["VirtualUSBController"],
  carriers: { VirtualPCIController: row({ key: 7000, unit: 22, count: 1 }) },
  defaultController: PCI,
  hotPlug: true,
  label: () => "USB controller",
  summary: () => "Auto connect Disabled",
  complete: (device) => ({ ...device, busNumber: 0 }),
};

export const xhciControllers: DeviceFamily = {
  ...usbControllers,
  types: ["VirtualUSBXHCIController"],
  carriers: { VirtualPCIController: row({ key: 14000, unit: 23, count: 1 }) },
  label: () => "USB xHCI controller",
  summary: () => "USB xHCI controller",
};
