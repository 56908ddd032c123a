import { formatId } from "../../hotplug/facts";
import { Journal } from "../../page/journal";
import { PageServer } from "../../page/page-server";
import type { HostView, SceneItem, SlotState, SlotView, VirtualMachineView } from "../../page/view";
import { printable } from "../../printable";
import type { HostPciDevice } from "../../vim/host/host";
import { type Change, type Known, nothingKnown } from "./changes";
import { sentenceOf } from "./sentence";

/** What `watch` knows, on a page that can do nothing. */
export class WatchPage {
  private known: Known = nothingKnown();
  /** Drives that are gone from their slots, as long as no other shows there. */
  private readonly pulled = new Map<string, SlotView>();
  private isReachable = true;

  private constructor(
    private readonly journal: Journal,
    private readonly server: PageServer,
  ) {}

  static async start(source: string): Promise<WatchPage> {
    const journal = new Journal();
    const subject = { title: "vCenter, watched", source, showsCalls: false, hasHands: false };
    return new WatchPage(journal, await PageServer.start({ subject, journal }));
  }

  get url(): string {
    return this.server.url;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** What is there now, and that vCenter says so. */
  look(known: Known): void {
    this.known = known;
    if (!this.isReachable) this.journal.add({ kind: "vcenter", at: now(), reachable: true });
    this.isReachable = true;
    this.draw();
  }

  interrupted(error: Error): void {
    this.isReachable = false;
    this.journal.add({ kind: "vcenter", at: now(), reachable: false, reason: printable(error.message) });
  }

  changed(change: Change): void {
    this.remember(change);
    this.draw();
    const isAlarming = change.change === "pulled_out" || change.change === "gone";
    this.journal.add({ kind: "happening", at: now(), happening: { text: sentenceOf(change), isAlarming } });
  }

  private remember({ change, host, address, device, virtualMachine }: Change): void {
    if (!host || !address || !device) return;
    const key = `slot ${host.id} ${address}`;
    if (change === "plugged_in") this.pulled.delete(key);
    if (change !== "pulled_out") return;
    const note = virtualMachine && `virtual machine ${printable(virtualMachine.name)} had it`;
    this.pulled.set(key, { ...slotOf(host.id, { ...device, address }), state: "pulled", note });
  }

  private draw(): void {
    this.journal.add(...this.journal.sceneEvents(this.scene(), now()));
  }

  private scene(): SceneItem[] {
    const { hosts, virtualMachines } = this.known;
    const vms = [...virtualMachines.values()];
    const shown = [...hosts.values()].flatMap((host): (HostView | SlotView)[] => [
      {
        kind: "host",
        key: `host ${host.id}`,
        id: host.id,
        name: printable(host.name),
        trouble: host.connection === "connected" ? undefined : printable(host.connection),
      },
      ...[...host.devices.values()].map((device): SlotView => {
        const holders = vms.filter((vm) => vm.hostId === host.id && vm.devices.has(device.address));
        const state = holders.length > 0 ? "held" : stateOf(device);
        const slot = device.slotDescription ?? device.physicalSlot?.toString();
        return {
          ...slotOf(host.id, { ...device, name: device.deviceName }),
          slot: slot === undefined ? undefined : printable(slot),
          state,
          holders: holders.map(({ name }) => printable(name)),
        };
      }),
    ]);
    const keys = new Set(shown.map(({ key }) => key));
    const missing = [...this.pulled.values()].filter(({ key, hostId }) => !keys.has(key) && hosts.has(hostId));
    return [
      ...shown,
      ...missing,
      ...vms.map(
        (vm): VirtualMachineView => ({
          kind: "virtual machine",
          key: `vm ${vm.id}`,
          id: vm.id,
          name: printable(vm.name),
          hostName: printable(hosts.get(vm.hostId ?? "")?.name ?? ""),
          power: { poweredOn: "on", poweredOff: "off" }[vm.power] ?? printable(vm.power),
          devices: [...vm.devices].map(([address, { name }]) => ({
            address: printable(address),
            name: printable(name),
          })),
        }),
      ),
    ];
  }
}

interface NamedDevice {
  readonly address: string;
  readonly vendorId: number;
  readonly deviceId: number;
  readonly name: string;
}

function slotOf(hostId: string, { address, vendorId, deviceId, name }: NamedDevice): SlotView {
  return {
    kind: "slot",
    key: `slot ${hostId} ${address}`,
    hostId,
    address: printable(address),
    name: printable(name),
    ids: `${formatId(vendorId)}:${formatId(deviceId)}`,
    isNvme: true,
    state: "off",
    holders: [],
  };
}

/** What the host uses itself isn't watched: such a drive is one whose passthrough isn't enabled. */
function stateOf({ passthrough }: HostPciDevice): SlotState {
  if (!passthrough) return "off";
  if (passthrough.enabled !== passthrough.active) return "restart";
  if (passthrough.active) return "free";
  return passthrough.capable ? "off" : "unable";
}

const now = (): string => new Date().toISOString();
