import DataLoader from "dataloader";
import type { Clock } from "../../clock";
import { hostFrom, hostProperties, type Host } from "../host/host";
import { pickInOrder, readVisible, type RawObject } from "../session/answers";
import { objectQuery, type ObjectQuery } from "../session/object-query";
import { retrieve } from "../session/property-collector";
import type { Abortable, Session } from "../session/session";
import { hostAloneOfVirtualMachine, hostOfVirtualMachine, virtualMachinesOfHost } from "../session/traversals";
import { distinct, type ManagedObjectReference } from "../wire/managed-object-reference";
import type { ToVim } from "../wire/types";
import { withSignal } from "../session/with-signal";
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
/** How long a look waits for others to travel with it. */
const GATHER_MILLISECONDS = 3;

interface LookOptions extends Abortable {
  /** What the other VMs of the host have is asked for, too. Default true. */
  neighbours?: boolean;
}

interface Asked {
  reference: ManagedObjectReference;
  neighbours: boolean;
}

/** Looks at VMs, their hosts and what the other VMs of those have passed through to them. */
export class VirtualMachineLooks {
  /** By VM, the host that it was seen on last. */
  private readonly hosts = new Map<string, ManagedObjectReference>();
  private readonly loader: DataLoader<Asked, VirtualMachineAndHost>;

  constructor(
    private readonly session: Session,
    clock: Clock,
  ) {
    this.loader = new DataLoader((asked) => this.lookAtAll(asked), {
      cache: false,
      batchScheduleFn: (send) => void clock.sleep(GATHER_MILLISECONDS).then(send),
    });
  }

  /**
   * As vCenter has them now. What is asked for in the same moment travels together: one call for all, and one more for
   * each VM whose host it doesn't reach, so that what hides the host (a privilege, mostly) becomes an error.
   */
  look(
    reference: ManagedObjectReference,
    { neighbours = true, signal }: LookOptions = {},
  ): Promise<VirtualMachineAndHost> {
    return withSignal(this.loader.load({ reference, neighbours }), signal);
  }

  /**
   * The same, with the host and all VMs on it followed from then on: `told` has what became of them, without a request.
   */
  async follow(reference: ManagedObjectReference, options: Abortable): Promise<VirtualMachineAndHost> {
    const host =
      this.hosts.get(reference.value) ??
      (await this.look(reference, { neighbours: false, ...options })).host?.reference;
    const isNew = host && (await withSignal(this.session.follow(host.value, followed(host)), options.signal));
    return (isNew && this.told(reference)) || this.look(reference, options);
  }

  /** As the last update has left them; undefined where they aren't followed, or not shown in full. */
  told(reference: ManagedObjectReference): VirtualMachineAndHost | undefined {
    const host = this.hosts.get(reference.value);
    const objects = [reference, ...(host ? [host] : [])].map(({ value }) => this.session.followed(value));
    if (!objects.every((object) => object !== undefined)) return undefined;
    try {
      return this.lookFrom(reference, (id) => this.session.followed(id));
    } catch {
      return undefined;
    }
  }

  private async lookAtAll(asked: readonly Asked[]): Promise<(VirtualMachineAndHost | Error)[]> {
    const references = distinct(asked.map(({ reference }) => reference));
    const beside = new Set(asked.filter(({ neighbours }) => neighbours).map(({ reference }) => reference.value));
    const from = (obj: ManagedObjectReference, way: typeof hostOfVirtualMachine): ToVim<"ObjectSpec"> => ({
      obj,
      skip: true,
      selectSet: [way],
    });
    const [few, all] = [
      references.filter(({ value }) => !beside.has(value)),
      references.filter(({ value }) => beside.has(value)),
    ];
    const queries = [
      objectQuery(references, virtualMachineProperties),
      { objects: few.map((obj) => from(obj, hostAloneOfVirtualMachine)), properties: { HostSystem: hostProperties } },
      { objects: all.map((obj) => from(obj, hostOfVirtualMachine)), properties: hostAndNeighbours },
    ].filter(({ objects }) => objects.length > 0);
    const objects = new Map(
      (await retrieve(this.session, queries, { allowGone: true })).map((object) => [object.obj.value, object]),
    );
    return Promise.all(
      asked.map(({ reference, neighbours }) =>
        this.lookAmong(objects, reference, neighbours).catch((error: Error) => error),
      ),
    );
  }

  private async lookAmong(
    objects: ReadonlyMap<string, RawObject>,
    reference: ManagedObjectReference,
    neighbours: boolean,
  ): Promise<VirtualMachineAndHost> {
    const [object] = pickInOrder([...objects.values()], [reference]);
    const { host } = virtualMachineFrom(object!);
    if (!host || objects.has(host.value)) return this.lookFrom(reference, (id) => objects.get(id), neighbours);
    const itself = { obj: host, skip: false, ...(neighbours && { selectSet: [virtualMachinesOfHost] }) };
    const more = await retrieve(this.session, [{ objects: [itself], properties: hostAndNeighbours }]);
    const found = new Map([...more.map((one) => [one.obj.value, one] as const), ...objects]);
    return this.lookFrom(reference, (id) => found.get(id), neighbours);
  }

  private lookFrom(
    reference: ManagedObjectReference,
    find: (id: string) => RawObject | undefined,
    neighbours = true,
  ): VirtualMachineAndHost {
    const virtualMachine = virtualMachineFrom(find(reference.value)!);
    const raw = virtualMachine.host && find(virtualMachine.host.value);
    const host = raw && hostFrom(raw);
    if (host) this.hosts.set(reference.value, host.reference);
    const others = neighbours ? (host?.virtualMachines ?? []) : [];
    return {
      virtualMachine,
      ...(host && { host }),
      otherVirtualMachines: others
        .filter(({ value }) => value !== reference.value)
        .flatMap(({ value }) => find(value) ?? [])
        .map(otherFrom),
    };
  }
}

/** A host and its VMs, with all that a look at any of these asks for. */
function followed(host: ManagedObjectReference): ObjectQuery {
  return {
    objects: [{ obj: host, skip: false, selectSet: [virtualMachinesOfHost] }],
    properties: { HostSystem: hostProperties, VirtualMachine: virtualMachineProperties },
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
