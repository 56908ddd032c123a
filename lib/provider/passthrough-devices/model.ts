import type { Change } from "../../hotplug/devices/change";
import type { Departure, Departures, Sighting, Sightings } from "../../hotplug/devices/guest";
import type { Order, Step } from "../../hotplug/devices/plan";
import {
  mayBe,
  type AttachedDevice,
  type DevicesObservation,
  type RememberedDevices,
} from "../../hotplug/devices/target";
import { formatId, identityOf, isNvme, type DeviceIdentity } from "../../hotplug/facts";
import { isPciAddress, type PciAddress } from "../../hotplug/pci-address";
import { printable } from "../../printable";
import type { PrivateState } from "../../tfplugin6/provider";
import { containsUnknown, type ObjectValue } from "../../tfplugin6/value";
import { limitSeconds, secondsOf } from "../attributes/durations";
import {
  aDeparture,
  aFlag,
  anIdentity,
  aText,
  readPrivate,
  recordOf,
  writePrivate,
  type Checks,
} from "../attributes/memory";
import { sameValue, text } from "../attributes/values";
import { UserError } from "../user-error";
import { LIMITS } from "./schema";

/** The declared addresses of a configuration or a state; undefined while they are unknown. */
export function declaredDevices(object: ObjectValue): PciAddress[] | undefined {
  if (containsUnknown(object.devices)) return undefined;
  return addressesOf((object.devices ?? []) as string[]);
}

export function attachedAddresses(state: ObjectValue | null): PciAddress[] {
  return addressesOf(Object.keys((state?.attached ?? {}) as object));
}

/** A configuration's addresses have been checked by now; a state may have been edited by hand. */
function addressesOf(addresses: readonly string[]): PciAddress[] {
  return addresses.map((address) => {
    if (isPciAddress(address)) return address;
    throw new UserError(
      `The state of hotplug_passthrough_devices names ${JSON.stringify(printable(address))}, which is no PCI address`,
      "It was edited by hand, or damaged. Nothing was changed. Run again without -refresh=false: a refresh " +
        "reads the devices anew. Or take the resource out of the state (terraform state rm) and import it again: " +
        "that changes nothing on the virtual machine either.",
    );
  });
}

export function orderOf(object: ObjectValue): Order {
  return (text(object.order) ?? "remove_first") as Order;
}

/** Limits of the change that `operation` names, in seconds. */
export function limitsOf(
  object: ObjectValue,
  operation: "create" | "update" | "delete",
): { changeTimeoutSeconds: number; operationTimeoutSeconds: number; waitForDeviceSeconds: number } {
  return {
    changeTimeoutSeconds: limitSeconds(object, LIMITS, operation),
    operationTimeoutSeconds: limitSeconds(object, LIMITS, "operation"),
    waitForDeviceSeconds: secondsOf(object.wait_for_device, "0s"),
  };
}

/** The change that the core is asked for. */
export function changeOf(wanted: ObjectValue, planned: readonly Step[], memory: Memory): Change {
  return {
    declared: new Set(declaredDevices(wanted)),
    order: orderOf(wanted),
    planned,
    remembered: rememberedDevices(memory),
    allowDeviceChange: wanted.allow_device_change === true,
  };
}

/** A configuration as an error names it, to tell two owners of one virtual machine apart. */
export function ownerDescription(object: ObjectValue): string {
  const devices = declaredDevices(object);
  return (
    `virtual_machine_id ${text(object.virtual_machine_id) ?? "not known yet"} and devices ` +
    `${devices ? `[${devices.join(", ")}]` : "not known yet"}`
  );
}

/**
 * The `attached` attribute: what the virtual machine has, in address order. What the guest knows of a device is what it
 * showed, where it was asked, or else what it had shown `before` of the same device.
 */
export function attachedValue(
  devices: readonly AttachedDevice[],
  { before, sightings }: { before: ObjectValue | null; sightings?: Sightings | undefined },
): ObjectValue {
  const old = (before?.attached ?? {}) as Record<string, ObjectValue | undefined>;
  const inOrder = [...devices].sort((one, other) => (one.address < other.address ? -1 : 1));
  return Object.fromEntries(
    inOrder.map((device) => [
      device.address,
      {
        key: device.key,
        label: device.label,
        vendor_id: formatId(device.vendorId),
        device_id: formatId(device.deviceId),
        name: device.name,
        ...inGuest(device, old[device.address], sightings),
      },
    ]),
  );
}

/** What the guest knows of a device; all of it null where nobody asked. */
const UNASKED = { guest_address: null, confirmed: null, serial_number: null, model: null, block_devices: null };

function inGuest(
  device: AttachedDevice,
  before: ObjectValue | undefined,
  sightings: Sightings | undefined,
): ObjectValue {
  if (!sightings) {
    const isSame = Number(before?.key) === device.key;
    return Object.fromEntries(Object.keys(UNASKED).map((name) => [name, isSame ? (before?.[name] ?? null) : null]));
  }
  const seen = sightings.get(device.address);
  return {
    confirmed: seen !== undefined,
    guest_address: seen?.address ?? null,
    serial_number: seen?.serialNumber ?? null,
    model: seen?.model ?? null,
    block_devices: seen?.blockDevices ? [...seen.blockDevices] : null,
  };
}

/** What the guest has shown of each attached device so far: its serial number, above all. */
export function knownSightings(state: ObjectValue | null, memory: Memory): Sightings {
  const attached = Object.entries((state?.attached ?? {}) as Record<string, ObjectValue>);
  const shown = attached.flatMap(([address, device]): [string, Sighting][] => {
    const serialNumber = text(device.serial_number);
    return serialNumber === undefined ? [] : [[address, { serialNumber }]];
  });
  return new Map([
    ...Object.entries(memory.serialNumbers ?? {}).map(([address, serialNumber]): [string, Sighting] => [
      address,
      { serialNumber },
    ]),
    ...shown,
  ]);
}

/**
 * Whether a guest is still to be asked: in another way than so far, for a device that it hasn't shown yet, or for one
 * that has left the virtual machine without its having seen that.
 */
export function awaitsGuest(state: ObjectValue, wanted: ObjectValue, memory: Memory): boolean {
  const byAddress = (state.attached ?? {}) as Record<string, ObjectValue>;
  const attached = Object.values(byAddress);
  if (!sameValue(state.guest ?? null, wanted.guest ?? null)) return attached.length > 0;
  const left = [memory.serialNumbers, memory.departures].some((known) =>
    Object.keys(known ?? {}).some((address) => !(address in byAddress)),
  );
  return memory.runs === true && (left || attached.some(({ confirmed }) => confirmed !== true));
}

/**
 * What is remembered beside the state. It outlives `attached`: a drive that was pulled out is gone from there, and the
 * one that is put in its place has to be compared with it.
 */
export interface Memory {
  /** Instance UUID of the vCenter, which the ids below belong to. */
  vcenter?: string;
  /** Managed object id of the virtual machine. */
  virtualMachine?: string;
  /** Managed object id of the host that the addresses belong to. */
  host?: string;
  /** The host that the virtual machine was found on last, where that is another one. */
  foundOnHost?: string;
  /** Whether the virtual machine was running when it was seen last, so that its guest can be asked. */
  runs?: boolean;
  devices: Record<string, DeviceIdentity>;
  /** Of the drives that a guest has shown, by the host's address. */
  serialNumbers?: Record<string, string>;
  /** What has left the virtual machine, and the guest hadn't shown to have left when it was asked last. */
  departures?: Record<string, Departure>;
  /** What the host's devices have for their system, by the host and its last start: until the next it stays so. */
  systems?: Record<string, string>;
}

export const NO_MEMORY: Memory = { devices: {} };

const MEMORY: Checks<Memory> = {
  vcenter: aText,
  virtualMachine: aText,
  host: aText,
  foundOnHost: aText,
  runs: aFlag,
  devices: recordOf(anIdentity),
  serialNumbers: recordOf(aText),
  departures: recordOf(aDeparture),
  systems: recordOf(aText),
};

export function readMemory(bytes: PrivateState | undefined): Memory {
  return { ...NO_MEMORY, ...readPrivate(bytes, MEMORY) };
}

export function writeMemory(memory: Memory): PrivateState {
  return writePrivate(memory);
}

export function rememberedDevices(memory: Memory): RememberedDevices {
  return new Map(Object.entries(memory.devices));
}

/** How many drives there were is no measure of a later change. */
export function rememberDepartures(departures: Departures): Record<string, Departure> {
  return Object.fromEntries(
    [...departures].map(([place, { vendorId, deviceId, at, drives }]) => [
      place,
      { vendorId, deviceId, at, drives: drives.map(({ address, serialNumber }) => ({ address, serialNumber })) },
    ]),
  );
}

/** The devices to remember after a look: what is attached, and of what was remembered before those to `keep`. */
export function remember(
  before: RememberedDevices,
  observed: { nvme: readonly AttachedDevice[]; hostDevices: DevicesObservation["hostDevices"] },
  options: { keep: Iterable<string>; overwrite: boolean },
): Record<string, DeviceIdentity> {
  const devices: Record<string, DeviceIdentity> = {};
  for (const address of options.keep) {
    const identity = before.get(address);
    if (identity) devices[address] = identityOf(identity);
  }
  for (const device of observed.nvme) {
    const { address } = device;
    const onHost = observed.hostDevices.get(address);
    // What is in the slot by now may be another drive than the one that is still attached.
    if (onHost && isNvme(onHost) && mayBe(device, onHost) && (options.overwrite || !devices[address]))
      devices[address] = identityOf(onHost);
  }
  return devices;
}
