import type { VimClient } from "./client";
import { VimFault } from "./fault";
import type { FindOptions } from "./find";
import { hostFrom, hostProperties, type Host } from "./host";
import type { ManagedObjectReference } from "./managed-object-reference";
import { fixedPassthroughDevices, type PassthroughDevice } from "./passthrough-device";
import { readObject, retrieve, type RawObject } from "./property-collector";
import { virtualMachineFrom, virtualMachineProperties, type VirtualMachine } from "./virtual-machine";
import type { ToVim } from "./vim25-types";

export interface OtherVirtualMachine {
  reference: ManagedObjectReference;
  name: string;
  /** Undefined if vCenter doesn't show them: that is not none. */
  passthroughDevices: PassthroughDevice[] | undefined;
}

export interface VirtualMachineAndHost {
  virtualMachine: VirtualMachine;
  /** Absent for a VM that is placed on no host. */
  host?: Host;
  /** The VMs beside it on its host. */
  otherVirtualMachines: OtherVirtualMachine[];
}

const otherProperties = { name: "string", "config.hardware.device": "VirtualDevice[]?" } as const;
const vmsOfHost: ToVim<"TraversalSpec"> = { $type: "TraversalSpec", type: "HostSystem", path: "vm", skip: false };
const hostOfVm: ToVim<"TraversalSpec"> = { $type: "TraversalSpec", type: "VirtualMachine", path: "runtime.host", skip: false, selectSet: [vmsOfHost] };

/** Reads a VM, its host and what the other VMs of that host have passed through to them, by one call. */
export async function readVirtualMachineAndHost(client: VimClient, reference: ManagedObjectReference, { signal }: FindOptions = {}): Promise<VirtualMachineAndHost> {
  const objects = await retrieve(
    client,
    [
      { objects: [{ obj: reference }], properties: { VirtualMachine: virtualMachineProperties } },
      {
        objects: [{ obj: reference, skip: true, selectSet: [hostOfVm] }],
        properties: { HostSystem: hostProperties, VirtualMachine: otherProperties },
      },
    ],
    { signal },
  );
  const own = objects.find(({ obj }) => obj.value === reference.value);
  if (!own) throw new VimFault({ type: "ManagedObjectNotFound", message: `${reference.type} ${reference.value} is gone.`, properties: { obj: reference } });
  const host = objects.find(({ obj }) => obj.type === "HostSystem");
  return {
    virtualMachine: virtualMachineFrom(own),
    ...(host && { host: hostFrom(host) }),
    otherVirtualMachines: objects.filter(({ obj }) => obj.type === "VirtualMachine" && obj.value !== reference.value).map(otherFrom),
  };
}

function otherFrom(object: RawObject): OtherVirtualMachine {
  const { reference, properties, has } = readObject(object, otherProperties);
  return {
    reference,
    name: properties.name ?? reference.value,
    passthroughDevices: has("config.hardware.device") ? fixedPassthroughDevices(properties["config.hardware.device"]) : undefined,
  };
}
