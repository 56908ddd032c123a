import { type DataObject, isDataObject } from "../../../value";
import { datastorePath } from "./datastore-path";
import type { DeviceContext, DeviceFamily } from "./device-family";
import { ideUnits, row, sataUnits } from "./places";

/** What each backing is called where a device is summed up; one with a file names it. */
type Backings = Readonly<Record<string, (backing: DataObject) => string>>;

const named =
  (text: string) =>
  ({ deviceName }: DataObject): string =>
    [text, deviceName].filter(Boolean).join(" ");

const CDROM: Backings = {
  VirtualCdromIsoBackingInfo: ({ fileName }) => `ISO ${fileName as string}`,
  VirtualCdromRemotePassthroughBackingInfo: named("Remote device"),
  VirtualCdromRemoteAtapiBackingInfo: named("Remote ATAPI"),
  VirtualCdromPassthroughBackingInfo: named("Passthrough"),
  VirtualCdromAtapiBackingInfo: named("ATAPI"),
};

const FLOPPY: Backings = {
  VirtualFloppyImageBackingInfo: ({ fileName }) => `Image ${fileName as string}`,
  VirtualFloppyDeviceBackingInfo: named("Device"),
  VirtualFloppyRemoteDeviceBackingInfo: named("Remote"),
};

/** That an image's file is there is taken on trust: the embedded vCenter has no files but disks. */
function backedBy(device: DataObject, backings: Backings, context: DeviceContext): DataObject {
  const { backing } = device;
  if (!isDataObject(backing) || !(backing.$type! in backings))
    throw context.refuse("InvalidDeviceBacking", `${device.$type!} is backed by ${Object.keys(backings).join(", ")}`);
  if (backing["fileName"] === undefined) return device;
  const { datastore, path } = datastorePath(backing, context);
  if (path === "")
    throw context.refuse("InvalidDatastorePath", "The image's path is missing", {
      datastorePath: backing["fileName"],
    });
  return { ...device, backing: { ...backing, fileName: `[${datastore.name}] ${path}`, datastore: datastore.ref } };
}

const summaryOf =
  (backings: Backings) =>
  ({ backing }: DataObject): string =>
    backings[(backing as DataObject).$type!]!(backing as DataObject);

export const cdroms: DeviceFamily = {
  types: ["VirtualCdrom"],
  carriers: { VirtualIDEController: ideUnits, VirtualSATAController: sataUnits },
  hotPlug: ({ $type }) => $type === "VirtualAHCIController",
  label: (index) => `CD/DVD drive ${index + 1}`,
  summary: summaryOf(CDROM),
  complete: (device, context) => backedBy(device, CDROM, context),
};

export const floppies: DeviceFamily = {
  types: ["VirtualFloppy"],
  carriers: { VirtualSIOController: row({ key: 8000, unit: 0, count: 2 }) },
  defaultController: 400,
  hotPlug: false,
  label: (index) => `Floppy drive ${index + 1}`,
  summary: summaryOf(FLOPPY),
  complete: (device, context) => backedBy(device, FLOPPY, context),
};
