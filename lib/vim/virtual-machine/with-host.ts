import type { VimClient } from "../session/client";
import type { FindOptions } from "../find";
import { hostFrom, hostProperties, type Host } from "../host/host";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { fixedPassthroughDevices, type PassthroughDevice } from "./passthrough-device";
import { readObject, retrieve, type ObjectQuery, type RawObject } from "../session/property-collector";
import { pickInOrder, virtualMachineFrom, virtualMachineProperties, type VirtualMachine } from "./virtual-machine";
import type { ToVim } from "../wire/types";

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
const hostAndNeighbours = { HostSystem: hostProperties, VirtualMachine: otherProperties };
const vmsOfHost: ToVim<"TraversalSpec"> = { $type: "TraversalSpec", type: "HostSystem", path: "vm", skip: false };
const hostOfVm: ToVim<"TraversalSpec"> = {
  $type: "TraversalSpec",
  type: "VirtualMachine",
  path: "runtime.host",
  skip: false,
  selectSet: [vmsOfHost],
};

/**
 * Reads a VM, its host and what the other VMs of that host have passed through to them: by one call, or two where the
 * first doesn't reach the host, so that what hides the host (a privilege, mostly) becomes an error.
 */
export async function readVirtualMachineAndHost(
  client: VimClient,
  reference: ManagedObjectReference,
  { signal }: FindOptions = {},
): Promise<VirtualMachineAndHost> {
  const vmQuery: ObjectQuery = {
    objects: [{ obj: reference }],
    properties: { VirtualMachine: virtualMachineProperties },
  };
  const objects = await retrieve(
    client,
    [vmQuery, { objects: [{ obj: reference, skip: true, selectSet: [hostOfVm] }], properties: hostAndNeighbours }],
    { signal },
  );
  const virtualMachine = virtualMachineFrom(pickInOrder(objects, [reference], {})[0]!);
  if (virtualMachine.host && !objects.some(({ obj }) => obj.value === virtualMachine.host?.value)) {
    const hostQuery: ObjectQuery = {
      objects: [{ obj: virtualMachine.host, skip: false, selectSet: [vmsOfHost] }],
      properties: hostAndNeighbours,
    };
    objects.push(...(await retrieve(client, [hostQuery], { signal })));
  }
  const host = objects.find(({ obj }) => obj.type === "HostSystem");
  return {
    virtualMachine,
    ...(host && { host: hostFrom(host) }),
    otherVirtualMachines: objects
      .filter(({ obj }) => obj.type === "VirtualMachine" && obj.value !== reference.value)
      .map(otherFrom),
  };
}

function otherFrom(object: RawObject): OtherVirtualMachine {
  const { reference, properties, has } = readObject(object, otherProperties);
  return {
    reference,
    name: properties.name ?? reference.value,
    passthroughDevices: has("config.hardware.device")
      ? fixedPassthroughDevices(properties["config.hardware.device"])
      : undefined,
  };
}
