import { hostFrom, hostProperties, type Host } from "../host/host";
import { pickInOrder, readVisible, type RawObject } from "../session/answers";
import { objectQuery, retrieve } from "../session/property-collector";
import type { Abortable, Session } from "../session/session";
import { hostOfVirtualMachine, virtualMachinesOfHost } from "../session/traversals";
import type { ManagedObjectReference } from "../wire/managed-object-reference";
import { fixedPassthroughDevices, type PassthroughDevice } from "./passthrough-device";
import { virtualMachineFrom, virtualMachineProperties, type VirtualMachine } from "./virtual-machine";

interface OtherVirtualMachine {
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

/**
 * Reads a VM, its host and what the other VMs of that host have passed through to them: by one call, or two where the
 * first doesn't reach the host, so that what hides the host (a privilege, mostly) becomes an error.
 */
export async function readVirtualMachineAndHost(
  session: Session,
  reference: ManagedObjectReference,
  { signal }: Abortable = {},
): Promise<VirtualMachineAndHost> {
  const vmQuery = objectQuery([reference], virtualMachineProperties);
  const beside = { obj: reference, skip: true, selectSet: [hostOfVirtualMachine] };
  const objects = await retrieve(session, [vmQuery, { objects: [beside], properties: hostAndNeighbours }], { signal });
  const virtualMachine = virtualMachineFrom(pickInOrder(objects, [reference])[0]!);
  if (virtualMachine.host && !objects.some(({ obj }) => obj.value === virtualMachine.host?.value)) {
    const itself = { obj: virtualMachine.host, skip: false, selectSet: [virtualMachinesOfHost] };
    objects.push(...(await retrieve(session, [{ objects: [itself], properties: hostAndNeighbours }], { signal })));
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
  const { reference, properties, has } = readVisible(object, otherProperties);
  return {
    reference,
    name: properties.name ?? reference.value,
    passthroughDevices: has("config.hardware.device")
      ? fixedPassthroughDevices(properties["config.hardware.device"])
      : undefined,
  };
}
