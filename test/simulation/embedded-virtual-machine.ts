import type { PciAddress } from "../../lib/hotplug/pci-address";
import { backingOf, fixedBacking } from "../../lib/simulator/core/passthrough";
import type { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { SimulatedMachine } from "./world";

export const MODELS = {
  first: { vendor: "144d", device: "a824" },
  second: { vendor: "8086", device: "0b60" },
};

export interface EmbeddedVirtualMachine extends SimulatedMachine {
  readonly virtualMachine: VirtualMachine;
}

/** A virtual machine of the embedded vCenter, as histories see it. */
export function machineOf(virtualMachine: VirtualMachine): Omit<EmbeddedVirtualMachine, "graphics"> {
  return {
    id: virtualMachine.ref.id,
    host: virtualMachine.host.ref.id,
    virtualMachine,
    attached: () => virtualMachine.passthroughAddresses as PciAddress[],
    attachedModels: () => {
      const backings = virtualMachine.devices.map(fixedBacking).filter((backing) => backing !== undefined);
      return new Map(
        backings.map(({ id, vendorId }) => [
          id as PciAddress,
          (Number(vendorId) & 0xffff) === Number.parseInt(MODELS.first.vendor, 16) ? "first" : "second",
        ]),
      );
    },
    slots: () => {
      const present = virtualMachine.host.devices.filter((device) => device.present);
      return new Map(
        present.map(({ description }) => [
          description.address as PciAddress,
          description.vendor === MODELS.first.vendor ? "first" : "second",
        ]),
      );
    },
  };
}

export function attach(virtualMachine: VirtualMachine, address: PciAddress): void {
  const { host } = virtualMachine;
  virtualMachine.attach(backingOf(host.device(address)!, host.systemId));
  virtualMachine.touch();
}

export function detach(virtualMachine: VirtualMachine, address: PciAddress): void {
  const device = virtualMachine.devices.find((one) => fixedBacking(one)?.id === address);
  if (!device) return;
  virtualMachine.detach(device["key"] as number);
  virtualMachine.touch();
}
