import { CallError } from "../../lib/hotplug/call-error";
import type { DevicesTarget } from "../../lib/hotplug/devices/target";
import { pciAddress, type PciAddress } from "../../lib/hotplug/pci-address";
import { NO_MEMORY, writeMemory } from "../../lib/provider/passthrough-devices/model";
import { passthroughDevicesSchema } from "../../lib/provider/passthrough-devices/schema";
import { ModelGuest } from "../support/model-guest";
import { ModelVcenter, SAMSUNG, type Fate } from "../support/model-vcenter";
import { VirtualClock } from "../support/virtual-clock";
import { GuestWatch, happenInGuest, healGuest, type ShownToRun } from "./guest-watch";
import { apply, HOST, plan, read, VIRTUAL_MACHINE, type Broken, type NamedObservation } from "./model-resource";
import {
  Mortality,
  type Model,
  type ProviderProcess,
  type ReconfigureCall,
  OPERATION_SECONDS,
  type SimulatedWorld,
  type WorldDevices,
  type WorldEvent,
  type WorldFault,
} from "./world";

const MODELS = { first: {}, second: { vendorId: 0x8086, deviceId: 0x0b60 } };
const EMPTY = Object.fromEntries(Object.keys(passthroughDevicesSchema.attributes).map((name) => [name, null]));
const FATES: Record<string, Fate> = {
  refused: "refused",
  busy: "busy",
  changed: "changed",
  lost: "lost",
  unanswered: "unanswered",
};

/** The core and the provider's pure functions over a vCenter of a hundred lines: many histories a second. */
export class ModelWorld implements SimulatedWorld {
  readonly clock = new VirtualClock();
  readonly calls: ReconfigureCall[] = [];
  private readonly vcenter = new ModelVcenter();
  private readonly guest: ModelGuest;
  private readonly watches = new Map<number, GuestWatch>();
  private faults: WorldFault[] = [];
  private callsSinceArmed = 0;
  private looksSinceArmed = 0;
  private processes = 0;

  readonly machines: SimulatedWorld["machines"];
  constructor(
    private readonly devices: WorldDevices,
    private readonly broken: Broken = {},
  ) {
    this.guest = new ModelGuest(this.vcenter, this.clock);
    for (const address of devices.slots) this.vcenter.plug(address);
    this.vcenter.plug(devices.graphics, { classId: 0x0302, vendorId: 0x10de, deviceId: 0x2330 });
    this.vcenter.attach(devices.graphics);
    const modelsOf = (found: Iterable<readonly [PciAddress, { vendorId: number }]>): Map<PciAddress, Model> =>
      new Map([...found].map(([address, { vendorId }]) => [address, modelOf(vendorId)]));
    this.machines = [
      {
        id: "vm-42",
        host: "host-12",
        graphics: devices.graphics,
        attached: () => this.vcenter.attached.map(({ address }) => address),
        attachedModels: () => modelsOf(this.vcenter.attached.map((device) => [device.address, device])),
        slots: () => modelsOf(this.vcenter.slots),
      },
    ];
  }

  happen(event: WorldEvent): void {
    const { vcenter } = this;
    switch (event.kind) {
      case "pull":
        return vcenter.pull(event.address, { shown: this.devices.pulledStayShown });
      case "plug":
        return vcenter.slots.has(event.address) ? undefined : vcenter.plug(event.address, MODELS[event.model]);
      case "attach":
        return vcenter.slots.has(event.address) && !vcenter.has(event.address) && !vcenter.heldBy.has(event.address)
          ? vcenter.attach(event.address)
          : undefined;
      case "detach":
        return vcenter.has(event.address) ? vcenter.detach(event.address) : undefined;
      case "touch":
        return vcenter.touch();
      case "take":
        return vcenter.has(event.address) || !vcenter.slots.has(event.address)
          ? undefined
          : void vcenter.heldBy.set(event.address, "web (vm-7)");
      case "give":
        return void vcenter.heldBy.delete(event.address);
      case "power off":
        return void (vcenter.virtualMachine.powerState = "poweredOff");
      case "power on":
        if (vcenter.virtualMachine.powerState === "poweredOff") this.guest.restart();
        return void (vcenter.virtualMachine.powerState = "poweredOn");
      case "suspend":
        return void (vcenter.virtualMachine.powerState = "suspended");
      case "connect host":
        return void (vcenter.host.connected = true);
      case "disconnect host":
        return void (vcenter.host.connected = false);
      case "expire sessions":
      case "restart vCenter":
        return undefined;
      default:
        return happenInGuest(this.guest, event);
    }
  }

  arm(fault: WorldFault): void {
    this.faults.push(fault);
  }

  quiet(): void {
    this.faults = [];
    this.callsSinceArmed = this.looksSinceArmed = 0;
  }

  heal(): void {
    this.quiet();
    this.vcenter.heldBy.clear();
    this.vcenter.virtualMachine.powerState = "poweredOn";
    this.vcenter.host.connected = true;
    healGuest(this.guest);
  }

  shownTo(process: number): ShownToRun | undefined {
    return this.watches.get(process)?.judged;
  }

  startProcess(): ProviderProcess {
    const id = ++this.processes;
    const life = new Mortality();
    const watch = new GuestWatch(this.guest, this.clock, life);
    this.watches.set(id, watch);
    const sound = this.target(id, { life, watch });
    const target = this.broken.target?.(sound, this.vcenter) ?? sound;
    return {
      id,
      kill: () => life.kill(),
      provider: {
        schema: { version: 0, description: "A provider without a configuration.", attributes: {} },
        configure: async () => [],
        dataSources: {},
        resources: {
          hotplug_passthrough_devices: {
            schema: passthroughDevicesSchema,
            read: (request) => read(target, request, this.broken),
            plan: (request) => plan(request),
            import: async ({ id }) => ({
              state: { ...EMPTY, virtual_machine_id: id, devices: [], attached: {}, steps: [] },
              private: writeMemory(NO_MEMORY),
            }),
            apply: (request, context) =>
              apply({ target, guest: watch, clock: life.clock(this.clock), broken: this.broken }, request, context),
          },
        },
      },
    };
  }

  end(): void {}

  private target(
    process: number,
    { life, watch }: { life: Mortality; watch: GuestWatch },
  ): DevicesTarget<NamedObservation> {
    let before: ReconfigureCall | undefined;
    const target = this.vcenter.target(this.clock, {
      beforeLook: async () => {
        const look = ++this.looksSinceArmed;
        await this.clock.sleep(20);
        if (
          !this.vcenter.host.connected ||
          this.faults.some((fault) => fault.kind === "blind" && look >= fault.look && look < fault.look + fault.looks)
        )
          throw new Error("nothing can be seen");
      },
      afterLook: (look) => {
        watch.sees(look);
        if (before && this.tookEffect(before)) before.verified = true;
      },
      onCall: ({ error }) => {
        if (before && error instanceof CallError && error.kind !== "unknown")
          before.error = error.kind === "refused" ? "failed" : "nothing done";
      },
      beforeCall: (step) => {
        const call = ++this.callsSinceArmed;
        const model = this.vcenter.calls.at(-1);
        const pending = before !== undefined && model?.endedAt === undefined && !this.tookEffect(before);
        before = {
          process,
          machine: "vm-42",
          at: this.clock.now(),
          changes: [step],
          beside: [],
          overlaps: pending,
          verified: false,
          inUse: watch.standsAgainst(step),
          ...this.broken.call,
        };
        this.calls.push(before);
        const fault = this.faults.find((one) => "call" in one && one.call === call);
        if (fault?.kind === "slow") return { fate: "ok", seconds: fault.seconds };
        return { fate: FATES[fault?.kind ?? ""] ?? "ok", seconds: 0.3 };
      },
    });
    return {
      observe: () =>
        life.guard(async () => ({ ...(await target.observe()), virtualMachine: VIRTUAL_MACHINE, host: HOST })),
      add: (device, observed) => life.guard(() => this.withLimit(target.add(device, observed))),
      remove: (device, observed) => life.guard(() => this.withLimit(target.remove(device, observed))),
    };
  }

  /** A task that takes longer goes on without anybody waiting for it. */
  private async withLimit(call: Promise<void>): Promise<void> {
    const ended = new AbortController();
    const limit = this.clock.sleep(OPERATION_SECONDS * 1000, ended.signal).then(() => {
      throw new CallError("unknown", "the task may still be running");
    });
    limit.catch(() => undefined);
    return Promise.race([call, limit]).finally(() => ended.abort(new Error("the call ended")));
  }

  private tookEffect({ changes }: ReconfigureCall): boolean {
    return changes.every(({ operation, address }) => this.vcenter.has(pciAddress(address)) === (operation === "add"));
  }
}

function modelOf(vendorId: number): Model {
  return vendorId === SAMSUNG.vendorId ? "first" : "second";
}
