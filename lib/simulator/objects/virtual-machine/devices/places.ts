import type { DataObject } from "../../../value";
import type { Place } from "./device-family";

/*
 * Keys and unit numbers as vCenter gives them. No page of VMware's lists them; they are as govmomi's simulator and
 * public listings of devices (govc device.info) show them.
 */

const range = (first: number, count: number): number[] => Array.from({ length: count }, (_, index) => first + index);

/** So many places in a row, each with a key of its own. */
export const row =
  ({ key, unit, count }: { key: number; unit: number; count: number }) =>
  (): Place[] =>
    range(0, count).map((index) => ({ key: key + index, unitNumber: unit + index }));

/** The places on a storage controller: so many on each bus. */
const onBus =
  ({ key, count }: { key: number; count: number }) =>
  (controller: DataObject): Place[] =>
    range(0, count).map((unitNumber) => ({
      key: key + (controller["busNumber"] as number) * count + unitNumber,
      unitNumber,
    }));

export const ideUnits = onBus({ key: 3000, count: 2 });
export const sataUnits = onBus({ key: 16000, count: 30 });
export const nvmeUnits = onBus({ key: 32000, count: 15 });
const allScsiUnits = onBus({ key: 2000, count: 16 });

/** The controller itself has one of them. */
export const scsiUnits = (controller: DataObject): Place[] =>
  allScsiUnits(controller).filter(({ unitNumber }) => unitNumber !== (controller["scsiCtlrUnitNumber"] ?? 7));
