import type { PciAddress } from "./pci-address";

/**
 * What is known when the rules are asked. Everything is optional: `undefined` means "not known", and a rule says
 * nothing of what is not known. A stack at synth knows a little, a plan more, an apply all of it.
 */
export interface Facts {
  endpoint?: EndpointFacts;
  host?: HostFacts;
  virtualMachine?: VirtualMachineFacts;
  devices?: DeviceFacts[];
  /** Declared NVMe devices. */
  declaredCount?: number;
  /** The most NVMe devices that the virtual machine has while the change is made. */
  peakCount?: number;
}

/** What a readiness report knows of a virtual machine, of its host, or of both. What is left out is not judged. */
export interface ReadinessFacts extends Facts {
  /** Whether `devices` has what is declared for the virtual machine, beside what is attached. */
  declarationKnown?: boolean;
  /** Devices that the virtual machine lost by surprise lately, as vCenter's events tell, and that aren't attached. */
  lostLately?: readonly { address: string; at: string }[];
  /** Every PCI device that the host shows. */
  hostDevices?: readonly HostDevice[];
  /** NVMe devices that the host shows behind Intel VMD. */
  behindVmd?: readonly string[];
  /** The server, to be looked up in compatibility guides. */
  server?: { vendor?: string; model?: string; biosVersion?: string };
}

export interface EndpointFacts {
  /** `about.apiType`: `VirtualCenter`, or `HostAgent` for a single ESXi. */
  apiType?: string;
  apiVersion?: string;
}

export interface HostFacts {
  /** As a person knows it, `esx01 (host-12)`. */
  title: string;
  /** The product's version, `8.0.3`, or its API version, `8.0.3.0`. */
  version?: string;
  /** `HostCapability.fptHotplugSupported` */
  fptHotplugSupported?: boolean;
  connected?: boolean;
  /** `config.deploymentInfo.bootedFromStatelessCache` */
  bootedFromStatelessCache?: boolean;
  /** The host that these addresses were declared for or remembered from, where it is another one. */
  expectedHost?: { title: string; configured: boolean };
  /** The VMkernel boot parameter `maxIntrCookies` as the running kernel has it. */
  runningIntrCookies?: number;
  /** The same parameter as the next boot will have it. */
  configuredIntrCookies?: number;
  /** The boot parameter `enablePCIEHotplug`, likewise. */
  runningPcieHotplug?: boolean;
  configuredPcieHotplug?: boolean;
  /** How many NVMe devices the host shows. */
  nvmeCount?: number;
  /** A restart that is due: why, whether the policy rules it out, and what stands in its way. */
  restart?: {
    reasons: string[];
    denied: boolean;
    /** Running virtual machines that can't leave the host, with the reason, as a person knows them. */
    blockedBy?: string[];
    /** Devices that the host uses itself and that the restart would take from it. */
    takes?: string[];
  };
}

export interface VirtualMachineFacts {
  /** As a person knows it, `db (vm-42)`. */
  title: string;
  powerState?: "poweredOn" | "poweredOff" | "suspended";
  connected?: boolean;
  template?: boolean;
  hasSnapshot?: boolean;
  firmware?: string;
  /** 20 of `vmx-20`. */
  hardwareVersion?: number;
  numCpus?: number;
  memoryReservationLockedToMax?: boolean;
  cpuHotAddEnabled?: boolean;
  cpuHotRemoveEnabled?: boolean;
  memoryHotAddEnabled?: boolean;
  /** `config.flags.vvtdEnabled`: vIOMMU exposed to the guest. */
  vvtdEnabled?: boolean;
  /** Hardware assisted virtualization exposed to the guest. */
  nestedHVEnabled?: boolean;
  motherboardLayout?: string;
  fixedPassthruHotPlugEnabled?: boolean;
  /** Labels of devices with a `VirtualPCIPassthroughDynamicBackingInfo`. */
  dynamicPassthroughDevices?: string[];
  /**
   * The guest operating system as the virtual machine declares it, and whether vSphere lists it with hot plug of PCI
   * devices.
   */
  guestId?: string;
  guestSupportsHotPlugPci?: boolean;
  /** An upgrade of the hardware version that is asked for and that its host can't run. */
  upgradeBeyondHost?: { hardwareVersion: number; host: string; hostVersion: string; neededHostVersion: string };
  /** A power cycle is needed, and this policy rules it out. */
  powerCycleDeniedBy?: PowerCyclePolicy;
}

/**
 * When a virtual machine that runs may be shut down and powered on again. `on_create`: only while the resource is being
 * created.
 */
export const POWER_CYCLE_POLICIES = ["never", "on_create", "if_needed"] as const;
export type PowerCyclePolicy = (typeof POWER_CYCLE_POLICIES)[number];

/** One device that is to be added, or prepared for that. */
export interface DeviceFacts {
  address: string;
  /** What the host has at the address; null where a connected host, answering completely, shows nothing there. */
  onHost?: HostDevice | null;
  /** What was at the address when it was last attached. */
  remembered?: DeviceIdentity;
  allowDeviceChange?: boolean;
  /** It is declared for a host alone, which takes whatever drive is there. */
  ofHost?: boolean;
  /** It was declared before, and there: what stands against it by now is its own trouble, and no other's. */
  wasDeclared?: boolean;
  /** When a running virtual machine lost it by surprise, as vCenter's events tell. */
  lostAt?: string;
  /** Another virtual machine that has the device, as a person knows it. */
  heldBy?: string;
  /** The device's label on the virtual machine that it is attached to already. */
  attachedAs?: string;
  /** What that device says of itself, which need not be what is at its address. */
  backing?: AttachedBacking;
  /**
   * Label of a device of unknown kind that the virtual machine still has at this address, and that isn't what the host
   * shows there.
   */
  leftBehind?: string;
  /** Other devices, as a person knows them, that passthrough takes from the host with this one and nobody named. */
  takesAlong?: string[];
}

/** What a virtual machine's passthrough device says of itself. ESXi compares it with what is there at power-on. */
export interface AttachedBacking {
  vendorId: number;
  deviceId: number;
  /** The device id as it is written, which ESXi reads as hexadecimal. */
  writtenDeviceId?: string;
  systemId?: string;
  /** The system id that the host gives its devices. */
  hostSystemId?: string;
  /** Where the host shows a device with these ids now. */
  sameModelAt?: readonly string[];
}

/** What tells one model of drive from another. */
export interface DeviceIdentity {
  classId: number;
  vendorId: number;
  deviceId: number;
  subVendorId?: number;
  subDeviceId?: number;
}

/** A PCI device as its host shows it. Ids are unsigned. */
export interface HostDevice extends DeviceIdentity {
  address: PciAddress;
  vendorName: string;
  deviceName: string;
  passthroughCapable?: boolean;
  passthroughEnabled?: boolean;
  passthroughActive?: boolean;
  /** What the host itself uses the device for (HBA, LUN, extent), by name. */
  usedByHost?: string[];
}

/** PCI class of a non-volatile memory controller: base class 01h (mass storage), subclass 08h. */
export const NVME_CLASS_ID = 0x0108;

export function isNvme(device: { classId: number }): boolean {
  return device.classId === NVME_CLASS_ID;
}

/** The ids alone, of whatever has them. */
export function identityOf({ classId, vendorId, deviceId, subVendorId, subDeviceId }: DeviceIdentity): DeviceIdentity {
  return {
    classId,
    vendorId,
    deviceId,
    ...(subVendorId !== undefined && { subVendorId }),
    ...(subDeviceId !== undefined && { subDeviceId }),
  };
}

/** Whether two sets of ids can be the same model; an id that one side doesn't know is no difference. */
export function isSameModel(one: DeviceIdentity, other: DeviceIdentity): boolean {
  const agree = (a?: number, b?: number): boolean => a === undefined || b === undefined || a === b;
  return (
    one.classId === other.classId &&
    one.vendorId === other.vendorId &&
    one.deviceId === other.deviceId &&
    agree(one.subVendorId, other.subVendorId) &&
    agree(one.subDeviceId, other.subDeviceId)
  );
}

/** Four hex digits, as `lspci -n` prints an id. */
export function formatId(id: number): string {
  return id.toString(16).padStart(4, "0");
}

/** `144d:a824`, with the subsystem's ids behind it where they are known. */
export function formatIdentity(device: Omit<DeviceIdentity, "classId">): string {
  const subsystem =
    device.subVendorId === undefined || device.subDeviceId === undefined
      ? ""
      : ` (subsystem ${formatId(device.subVendorId)}:${formatId(device.subDeviceId)})`;
  return `${formatId(device.vendorId)}:${formatId(device.deviceId)}${subsystem}`;
}
