import { printable } from "../printable";
import { attachedDeviceFacts, isOtherClass } from "./attachment";
import {
  isNvme,
  type DeviceFacts,
  type DeviceIdentity,
  type HostDevice,
  type HostFacts,
  type ReadinessFacts,
  type VirtualMachineFacts,
} from "./facts";
import { isBehindVmd, isPciAddress, type PciAddress } from "./pci-address";
import type { PreparableDevice } from "./host/target";

// What an observation of vCenter shows, as facts for the rules. The shapes below are those of lib/vim, which neither
// side imports: whoever reads by the one asks the other, the provider and the command alike.

export interface Named {
  name: string;
  reference: { value: string };
}

/** What a state or a plan declares of a virtual machine's devices. */
export interface Declaration {
  addresses: readonly string[];
  /** What was at an address when it was attached. */
  remembered: ReadonlyMap<string, DeviceIdentity>;
}

/** A virtual machine as it was read. */
export interface ObservedVirtualMachine
  extends Named,
    Omit<VirtualMachineFacts, "title" | "connected" | "dynamicPassthroughDevices"> {
  connectionState: string;
  dynamicPassthroughDevices: readonly { label: string }[];
}

/** A PCI device of a host as it was read. */
interface ObservedPciDevice
  extends Omit<
    HostDevice,
    "address" | "passthroughCapable" | "passthroughEnabled" | "passthroughActive" | "usedByHost"
  > {
  address: string;
  passthrough?: { capable: boolean; enabled: boolean; active: boolean; dependentDevice: string };
}

/** A host as it was read. */
export interface ObservedHost extends Named {
  connectionState: string;
  apiVersion?: string;
  productVersion?: string;
  fptHotplugSupported?: boolean;
  statelessBoot?: boolean;
  vendor?: string;
  model?: string;
  biosVersion?: string;
  pciDevices: readonly ObservedPciDevice[];
}

/** A fixed passthrough device of a virtual machine as it was read. */
interface ObservedAttachment {
  address: string;
  label: string;
  vendorId: number;
  deviceId: number;
  writtenDeviceId?: string;
  systemId?: string;
}

/** What is known beside the host itself; undefined where it could not be read. */
export interface HostExtras {
  /** What the host itself uses devices for, by address. */
  usedByHost?: ReadonlyMap<string, readonly string[]>;
  intrCookies?: { running?: number; configured?: number };
  pcieHotplug?: { running?: boolean; configured?: boolean };
}

/** `db (vm-42)`, `esx01 (host-12)`: printable, whatever the name. */
export function titleOf({ name, reference }: Named): string {
  return `${printable(name)} (${reference.value})`;
}

export function virtualMachineFacts(vm: ObservedVirtualMachine): VirtualMachineFacts {
  return {
    ...vm,
    title: titleOf(vm),
    connected: vm.connectionState === "connected",
    dynamicPassthroughDevices: vm.dynamicPassthroughDevices.map(({ label }) => printable(label)),
  };
}

export function hostFacts(host: ObservedHost, { intrCookies, pcieHotplug }: HostExtras = {}): HostFacts {
  return {
    title: titleOf(host),
    connected: host.connectionState === "connected",
    version: host.apiVersion ?? host.productVersion,
    fptHotplugSupported: host.fptHotplugSupported,
    bootedFromStatelessCache: host.statelessBoot,
    runningIntrCookies: intrCookies?.running,
    configuredIntrCookies: intrCookies?.configured,
    runningPcieHotplug: pcieHotplug?.running,
    configuredPcieHotplug: pcieHotplug?.configured,
  };
}

/**
 * The devices that can be named: ESXi gives some an id that is no address of the four-digit form, those behind an Intel
 * VMD for instance (10000:01:00.0). They can be shown, and not declared.
 */
export function addressable<T extends { address: string }>(devices: readonly T[]): (T & { address: PciAddress })[] {
  return devices.filter((device): device is T & { address: PciAddress } => isPciAddress(device.address));
}

export function hostDevice<Address extends string>(
  device: ObservedPciDevice & { address: Address },
  { usedByHost }: HostExtras = {},
): PreparableDevice & { address: Address } {
  const { passthrough, address, vendorName, deviceName, ...ids } = device;
  return {
    ...ids,
    address,
    vendorName: printable(vendorName),
    deviceName: printable(deviceName),
    ...(passthrough && {
      passthroughCapable: passthrough.capable,
      passthroughEnabled: passthrough.enabled,
      passthroughActive: passthrough.active,
      dependentDevice: passthrough.dependentDevice,
    }),
    ...(usedByHost && { usedByHost: (usedByHost.get(address) ?? []).map(printable) }),
  };
}

/** All that a readiness report judges, from what was read. */
export function readinessFacts(seen: {
  endpoint?: { apiType?: string; apiVersion?: string };
  virtualMachine?: ObservedVirtualMachine & { passthroughDevices: readonly ObservedAttachment[] };
  guestSupportsHotPlugPci?: boolean;
  host?: ObservedHost;
  extras?: HostExtras;
  declaration?: Declaration;
  /** What the virtual machine lost by surprise, as vCenter's events tell. */
  lost?: readonly { address: string; at: string }[];
  /** What the host's devices have for their system. */
  hostSystemId?: string;
}): ReadinessFacts {
  const {
    endpoint,
    virtualMachine,
    guestSupportsHotPlugPci,
    host,
    extras,
    declaration,
    lost = [],
    hostSystemId,
  } = seen;
  const connected = host?.connectionState === "connected";
  const hostDevices = connected ? addressable(host.pciDevices).map((device) => hostDevice(device, extras)) : undefined;
  return {
    ...(endpoint && { endpoint }),
    ...(host && {
      // A host that isn't connected shows none: that is not none.
      host: { ...hostFacts(host, extras), ...(connected && { nvmeCount: host.pciDevices.filter(isNvme).length }) },
      server: {
        vendor: printable(host.vendor ?? ""),
        model: printable(host.model ?? ""),
        biosVersion: printable(host.biosVersion ?? ""),
      },
    }),
    ...(hostDevices && { hostDevices }),
    ...(connected && {
      behindVmd: host.pciDevices.filter((one) => isNvme(one) && isBehindVmd(one.address)).map(({ address }) => address),
    }),
    ...(virtualMachine && { virtualMachine: { ...virtualMachineFacts(virtualMachine), guestSupportsHotPlugPci } }),
    ...(virtualMachine &&
      hostDevices && {
        devices: deviceFacts(virtualMachine.passthroughDevices, { hostDevices, hostSystemId }, { declaration, lost }),
      }),
    ...(declaration && { declarationKnown: true }),
    lostLately: lost.filter(
      ({ address }) => !virtualMachine?.passthroughDevices.some((device) => device.address === address),
    ),
  };
}

/** What is attached, and what is not and ought to be: by the declaration, or else by what was lost. */
function deviceFacts(
  attached: readonly ObservedAttachment[],
  host: HostToCompare,
  { declaration, lost }: { declaration?: Declaration; lost: readonly { address: string; at: string }[] },
): DeviceFacts[] {
  const lostAt = new Map(lost.map(({ address, at }) => [address, at]));
  const wanted = declaration ? declaration.addresses : [...lostAt.keys()];
  const missing = [...new Set(wanted)]
    .filter(isPciAddress)
    .filter(
      (address) =>
        !attached.some((device) => device.address === address) &&
        !host.hostDevices.some((device) => device.address === address),
    );
  return [
    ...attachedFacts(attached, host).map((facts) => {
      const remembered = declaration?.remembered.get(facts.address) ?? facts.remembered;
      return { ...facts, ...(remembered && { remembered }) };
    }),
    ...missing.map((address): DeviceFacts => {
      const [remembered, at] = [declaration?.remembered.get(address), lostAt.get(address)];
      return {
        address,
        onHost: null,
        ...(remembered && { remembered }),
        ...(at !== undefined && { lostAt: at }),
      };
    }),
  ];
}

interface HostToCompare {
  hostDevices: readonly HostDevice[];
  hostSystemId: string | undefined;
}

/**
 * Attached devices beside what the host shows at their addresses. Those that are of another class for certain don't
 * count here.
 */
function attachedFacts(attached: readonly ObservedAttachment[], host: HostToCompare): DeviceFacts[] {
  return attached
    .flatMap((device) => {
      const { address, label } = device;
      return isPciAddress(address) ? [attachedDeviceFacts({ ...device, address, label: printable(label) }, host)] : [];
    })
    .filter((facts) => !isOtherClass(facts));
}
