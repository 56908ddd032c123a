import { isNvme, type DeviceIdentity, type Facts, type HostDevice } from "../facts";
import { namesModel } from "../attachment";
import type { PciAddress } from "../pci-address";

/** A fixed passthrough device on the virtual machine. */
export interface AttachedDevice {
  address: PciAddress;
  /** The virtual machine's own key of the device: what a removal goes by, since the host may no longer have it. */
  key: number;
  label: string;
  name: string;
  vendorId: number;
  deviceId: number;
  /** As it is written in the backing, and the system that stands beside it. */
  writtenDeviceId?: string;
  systemId?: string;
}

export function deviceAt(address: PciAddress, attached: readonly AttachedDevice[]): AttachedDevice {
  return attached.find((device) => device.address === address)!;
}

/** One complete look at a virtual machine and its host. An incomplete one is an error, never an observation. */
export interface DevicesObservation {
  /** Endpoint, host and virtual machine, without devices. */
  facts: Facts;
  /** The virtual machine's, as a person knows it. */
  name?: string;
  /** Every fixed passthrough device on the virtual machine, of whatever class. */
  attached: readonly AttachedDevice[];
  hostDevices: ReadonlyMap<string, HostDevice>;
  /** What the host's devices have for their system; undefined where nobody asked. */
  hostSystemId?: string;
  /** Devices that other virtual machines have: by address, the virtual machine as a person knows it. */
  heldBy: ReadonlyMap<string, string>;
  /** Those of them that another change of the same run is about to take off the virtual machine that has them. */
  comingFree?: ReadonlySet<string>;
}

/**
 * What the core asks of the world. Singular on purpose: a call with two devices, or with anything beside one, can't be
 * written. `observed` is the observation on which the call was decided; a target refuses the call when things have
 * changed since.
 */
export interface DevicesTarget<O extends DevicesObservation = DevicesObservation> {
  observe(): Promise<O>;
  /** What the world calls the last call, its task say; undefined where none came to be. */
  readonly lastTask?: string | undefined;
  /** One device on, and the call's own success awaited. Fails with a `CallError`. */
  add(device: HostDevice, observed: O): Promise<void>;
  /** One device off, and the call's own success awaited. Fails with a `CallError`. */
  remove(device: AttachedDevice, observed: O): Promise<void>;
}

/** A device id that no device has: that of a backing whose own can't be read. */
const UNREADABLE_ID = 0xffff;

/** What was at each address when it was last attached. */
export type RememberedDevices = ReadonlyMap<string, DeviceIdentity>;

/**
 * Sorts what is attached into NVMe devices, which are ours to manage, and those whose class nobody can tell any more:
 * gone from the host and never seen before. The latter are left alone, and so is every other class. An address is not a
 * drive: where host and memory differ, the one with the ids of the attached device tells its class, or a device with
 * these ids at another address of the host, since addresses shift. Another vendor's device in the slot tells nothing of
 * it, nor one of the same vendor that is no drive.
 */
export function classify(
  observed: Pick<DevicesObservation, "attached" | "hostDevices">,
  remembered: RememberedDevices,
): { nvme: AttachedDevice[]; unclassified: AttachedDevice[] } {
  const nvme: AttachedDevice[] = [];
  const unclassified: AttachedDevice[] = [];
  for (const device of observed.attached) {
    // Where something else has its address, addresses have shifted, and the same model may be at another one.
    const elsewhere = observed.hostDevices.has(device.address) ? observed.hostDevices.values() : [];
    const candidates = [observed.hostDevices.get(device.address), remembered.get(device.address)].filter(
      (identity) => identity !== undefined,
    );
    const identity =
      [...candidates, ...elsewhere].find((one) => namesModel(device, one)) ??
      candidates.find((one) => mayBe(device, one));
    if (!identity) unclassified.push(device);
    else if (isNvme(identity)) nvme.push(device);
  }
  return { nvme, unclassified };
}

/**
 * Whether an attached device can be what is known of its address: one of another vendor was there before, or came
 * since.
 */
export function mayBe(device: AttachedDevice, identity: DeviceIdentity): boolean {
  return (device.vendorId === identity.vendorId && isNvme(identity)) || device.deviceId === UNREADABLE_ID;
}
