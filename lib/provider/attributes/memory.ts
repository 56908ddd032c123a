import type { Departure } from "../../hotplug/devices/guest";
import type { DeviceIdentity } from "../../hotplug/facts";
import { printable } from "../../printable";
import type { PrivateState } from "../../tfplugin6/provider";
import { UserError } from "../user-error";

/** What a remembered value has to be. Throws what `damaged` makes of the field. */
type Check<T> = (value: unknown, field: string) => T;
export type Checks<T> = { [K in keyof T]-?: Check<T[K]> };

/**
 * What a resource remembers beside its state, in the bytes that Terraform keeps for it; nothing where there are none.
 * Bytes that were edited or damaged are told so, by field: to read them as nothing would forget which vCenter, host or
 * drive is meant.
 */
export function readPrivate<T extends object>(bytes: PrivateState | undefined, checks: Checks<T>): Partial<T> {
  const text = Buffer.from(bytes ?? []).toString("utf8");
  if (text === "") return {};
  const memory = objectIn(parsed(text), "the whole of it");
  const checked = Object.entries<Check<unknown>>(checks as Record<string, Check<unknown>>).map(([field, check]) => [
    field,
    memory[field] === undefined ? undefined : check(memory[field], field),
  ]);
  return Object.fromEntries(checked.filter(([, value]) => value !== undefined)) as Partial<T>;
}

export function writePrivate(memory: object): PrivateState {
  return Buffer.from(JSON.stringify(memory), "utf8");
}

export const aText: Check<string> = (value, field) => (typeof value === "string" && value ? value : damaged(field));

export const aNumber: Check<number> = (value, field) =>
  typeof value === "number" && Number.isFinite(value) ? value : damaged(field);

const listOf =
  <T>(check: Check<T>): Check<T[]> =>
  (value, field) =>
    Array.isArray(value) ? value.map((item, index) => check(item, `${field}[${index}]`)) : damaged(field);

export const texts = listOf(aText);

export const aFlag: Check<boolean> = (value, field) => (typeof value === "boolean" ? value : damaged(field));

/** Values by address. */
export const recordOf =
  <T>(check: Check<T>): Check<Record<string, T>> =>
  (value, field) =>
    Object.fromEntries(
      Object.entries(objectIn(value, field)).map(([name, item]) => [name, check(item, `${field}.${printable(name)}`)]),
    );

export const anIdentity: Check<DeviceIdentity> = (value, field) => {
  const { classId, vendorId, deviceId, subVendorId, subDeviceId } = objectIn(value, field);
  return {
    classId: aNumber(classId, `${field}.classId`),
    vendorId: aNumber(vendorId, `${field}.vendorId`),
    deviceId: aNumber(deviceId, `${field}.deviceId`),
    ...(subVendorId !== undefined && { subVendorId: aNumber(subVendorId, `${field}.subVendorId`) }),
    ...(subDeviceId !== undefined && { subDeviceId: aNumber(subDeviceId, `${field}.subDeviceId`) }),
  };
};

export const aDeparture: Check<Departure> = (value, field) => {
  const { vendorId, deviceId, drives, at } = objectIn(value, field);
  return {
    vendorId: aNumber(vendorId, `${field}.vendorId`),
    deviceId: aNumber(deviceId, `${field}.deviceId`),
    drives: listOf(aDrive)(drives, `${field}.drives`),
    at: aNumber(at, `${field}.at`),
  };
};

const aDrive: Check<Departure["drives"][number]> = (value, field) => {
  const { address, serialNumber } = objectIn(value, field);
  return {
    address: aText(address, `${field}.address`),
    ...(serialNumber !== undefined && { serialNumber: aText(serialNumber, `${field}.serialNumber`) }),
  };
};

function objectIn(value: unknown, field: string): Record<string, unknown> {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : damaged(field);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return damaged("the whole of it");
  }
}

function damaged(field: string): never {
  throw new UserError(
    `What the state remembers privately was edited or damaged: ${field}`,
    "The attribute private of this resource in the state is not what the provider wrote. Nothing was changed. " +
      "Restore the state from a backup; or take the resource out of the state (terraform state rm) and import it " +
      "again, which changes nothing in vCenter.",
  );
}
