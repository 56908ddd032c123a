import { formatId, isNvme } from "../../hotplug/facts";
import { addressable, titleOf } from "../../hotplug/observed-facts";
import { printable } from "../../printable";
import { VERSION } from "../../version";
import type { Host } from "../../vim/host/host";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import type { Selection } from "../selection";
import { Identifiers } from "./names";

/** A host that is declared. */
interface AdoptedHost {
  identifier: string;
  id: string;
  title: string;
  /** NVMe devices whose passthrough is enabled. */
  devices: string[];
  notes: string[];
}

/** A virtual machine whose devices are declared. */
export interface AdoptedVirtualMachine {
  identifier: string;
  id: string;
  title: string;
  host?: AdoptedHost;
  devices: string[];
  /** It is ready for hot plug: what it needs is declared, too, and nothing is to be set. */
  isReady: boolean;
  notes: string[];
}

export interface Adopted {
  hosts: AdoptedHost[];
  virtualMachines: AdoptedVirtualMachine[];
  /** What is left out, and why. */
  notes: string[];
  version: string;
}

/** What is to be declared of what was seen. */
export function adopt({ hosts, chosen, unreadable }: Selection): Adopted {
  const identifiers = new Identifiers();
  const notes = unreadable.map(
    (one) => `${titleOf(one)} can't be read, and is left out: ${printable(one.error.message)}`,
  );
  const adoptedHosts = new Map<string, AdoptedHost>();
  const byName = <T extends { name: string }>(objects: readonly T[]): T[] =>
    [...objects].sort((one, other) => (one.name < other.name ? -1 : 1));
  for (const host of byName(hosts)) {
    if (host.connectionState !== "connected") {
      notes.push(
        `Host ${titleOf(host)} is ${printable(host.connectionState)}, and is left out with its virtual machines.`,
      );
      continue;
    }
    adoptedHosts.set(host.reference.value, hostOf(host, identifiers));
  }
  const virtualMachines = byName(chosen).flatMap((vm) => {
    const host = hosts.find(({ reference }) => reference.value === vm.host?.value);
    const adoptedHost = adoptedHosts.get(vm.host?.value ?? "");
    if (vm.template || !host || !adoptedHost) {
      if (!vm.template && (!host || host.connectionState === "connected"))
        notes.push(`Virtual machine ${titleOf(vm)} is on no host that can be seen, and is left out.`);
      return [];
    }
    return [virtualMachineOf(vm, { host, adoptedHost, identifiers })];
  });
  const used = new Set(virtualMachines.flatMap(({ host }) => host?.id ?? []));
  return {
    hosts: [...adoptedHosts.values()].filter(({ id, devices }) => devices.length > 0 || used.has(id)),
    virtualMachines,
    notes,
    version: VERSION,
  };
}

function hostOf(host: Host, identifiers: Identifiers): AdoptedHost {
  const enabled = addressable(host.pciDevices).filter((device) => device.passthrough?.enabled);
  return {
    identifier: identifiers.of(host.name),
    id: host.reference.value,
    title: titleOf(host),
    devices: enabled.filter(isNvme).map(({ address }) => address),
    notes: enabled.filter((device) => !isNvme(device)).map((device) => `${describe(device)}: passed through, not NVMe`),
  };
}

function virtualMachineOf(
  vm: VirtualMachine,
  { host, adoptedHost, identifiers }: { host: Host; adoptedHost: AdoptedHost; identifiers: Identifiers },
): AdoptedVirtualMachine {
  const shown = new Map(host.pciDevices.map((device) => [device.address, device]));
  const isDrive = (address: string): boolean => isNvme(shown.get(address) ?? { classId: 0 });
  const isReady =
    vm.memoryReservationLockedToMax === true &&
    (vm.hardwareVersion ?? 0) >= 20 &&
    vm.motherboardLayout === "acpiHostBridges" &&
    vm.fixedPassthruHotPlugEnabled === true;
  return {
    identifier: identifiers.of(vm.name),
    id: vm.reference.value,
    title: titleOf(vm),
    host: adoptedHost,
    devices: vm.passthroughDevices
      .map(({ address }) => address)
      .filter(isDrive)
      .sort(),
    isReady,
    notes: [
      ...vm.passthroughDevices
        .filter(({ address }) => !isDrive(address))
        .map(({ address, vendorId, deviceId, label }) => {
          const device = shown.get(address);
          const why = device ? "not NVMe" : "not on the host any more";
          return `${describe(device ?? { address, vendorId, deviceId, deviceName: label })}: ${why}, left alone`;
        }),
      ...vm.dynamicPassthroughDevices.map(({ label }) => `${printable(label)}: Dynamic DirectPath I/O, left alone`),
      ...(isReady ? [] : [`not ready for hot plug: see vsphere-hotplug doctor --vm ${vm.reference.value}`]),
    ],
  };
}

function describe(device: { address: string; vendorId: number; deviceId: number; deviceName: string }): string {
  const ids = `${formatId(device.vendorId)}:${formatId(device.deviceId)}`;
  return `${printable(device.address)} (${ids} ${printable(device.deviceName)})`;
}
