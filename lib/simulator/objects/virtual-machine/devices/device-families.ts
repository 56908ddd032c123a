import type { DataObject } from "../../../value";
import { builtInFamilies } from "./built-in-devices";
import { cdroms, floppies } from "./removable-media";
import { nvmeControllers, sataControllers, scsiControllers, usbControllers, xhciControllers } from "./controllers";
import type { DeviceFamily } from "./device-family";
import { disks } from "./disks";
import { networkAdapters } from "./network-adapters";
import { serialPorts } from "./serial-ports";

/** The devices that the embedded vCenter knows, a file a kind; those that are passed through are a thing apart. */
const FAMILIES: readonly DeviceFamily[] = [
  ...builtInFamilies,
  scsiControllers,
  sataControllers,
  nvmeControllers,
  usbControllers,
  xhciControllers,
  disks,
  networkAdapters,
  cdroms,
  floppies,
  serialPorts,
];

export const familyOf = ({ $type }: DataObject): DeviceFamily | undefined =>
  FAMILIES.find(({ types }) => types.includes($type!));
