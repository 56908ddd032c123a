import type { Clock } from "../../lib/clock";
import { CallError } from "../../lib/hotplug/call-error";
import { execute } from "../../lib/hotplug/devices/execute";
import { pciAddress, type PciAddress } from "../../lib/hotplug/pci-address";
import {
  classify,
  type AttachedDevice,
  type DevicesTarget,
  type DevicesObservation,
} from "../../lib/hotplug/devices/target";
import {
  attachedValue,
  changeOf,
  limitsOf,
  NO_MEMORY,
  readMemory,
  remember,
  rememberedDevices,
  writeMemory,
} from "../../lib/provider/passthrough-devices/model";
import { plannedSteps, planState } from "../../lib/provider/passthrough-devices/plan";
import { resultOf } from "../../lib/provider/passthrough-devices/result";
import { violationDiagnostic } from "../../lib/provider/errors";
import { passthroughDevicesSchema } from "../../lib/provider/passthrough-devices/schema";
import { errorDiagnostic } from "../../lib/tfplugin6/diagnostic";
import type {
  ApplyRequest,
  ApplyResponse,
  OperationContext,
  PlanRequest,
  PlanResponse,
  ReadRequest,
  ReadResponse,
} from "../../lib/tfplugin6/provider";
import { ModelVcenter, SAMSUNG, type Fate } from "../support/model-vcenter";
import { VirtualClock } from "../support/virtual-clock";
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
const VIRTUAL_MACHINE = { name: "db", reference: { type: "VirtualMachine", value: "vm-42" } };
const HOST = { name: "esx01", reference: { type: "HostSystem", value: "host-12" } };
const EMPTY = Object.fromEntries(Object.keys(passthroughDevicesSchema.attributes).map((name) => [name, null]));
const FATES: Record<string, Fate> = {
  refused: "refused",
  busy: "busy",
  changed: "changed",
  lost: "lost",
  unanswered: "unanswered",
};

/** A look that names what it is about, as the provider's do. */
type NamedObservation = DevicesObservation & { virtualMachine: typeof VIRTUAL_MACHINE; host: typeof HOST };

/** What a control breaks on purpose. */
export interface Broken {
  target?<O extends DevicesObservation>(target: DevicesTarget<O>, vcenter: ModelVcenter): DevicesTarget<O>;
  change?(change: ReturnType<typeof changeOf>): ReturnType<typeof changeOf>;
  call?: Partial<ReconfigureCall>;
  read?(nvme: AttachedDevice[]): AttachedDevice[];
}

/** The core and the provider's pure functions over a vCenter of a hundred lines: many histories a second. */
export class ModelWorld implements SimulatedWorld {
  readonly clock = new VirtualClock();
  readonly calls: ReconfigureCall[] = [];
  private readonly vcenter = new ModelVcenter();
  private faults: WorldFault[] = [];
  private callsSinceArmed = 0;
  private looksSinceArmed = 0;
  private processes = 0;

  constructor(
    private readonly devices: WorldDevices,
    private readonly broken: Broken = {},
  ) {
    for (const address of devices.slots) this.vcenter.plug(address);
    this.vcenter.plug(devices.graphics, { classId: 0x0302, vendorId: 0x10de, deviceId: 0x2330 });
    this.vcenter.attach(devices.graphics);
  }

  attached(): PciAddress[] {
    return this.vcenter.attached.map(({ address }) => address);
  }

  attachedModels(): ReadonlyMap<PciAddress, Model> {
    return new Map(this.vcenter.attached.map(({ address, vendorId }) => [address, modelOf(vendorId)]));
  }

  slots(): ReadonlyMap<PciAddress, Model> {
    return new Map([...this.vcenter.slots].map(([address, { vendorId }]) => [address, modelOf(vendorId)]));
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
  }

  startProcess(): ProviderProcess {
    const id = ++this.processes;
    const life = new Mortality();
    const sound = this.target(id, life);
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
              apply({ target, clock: life.clock(this.clock), broken: this.broken }, request, context),
          },
        },
      },
    };
  }

  end(): void {}

  private target(process: number, life: Mortality): DevicesTarget<NamedObservation> {
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
      afterLook: () => {
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
          at: this.clock.now(),
          changes: [step],
          beside: [],
          overlaps: pending,
          verified: false,
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

// What the resource does around the core, without a vCenter's particulars.

async function read(
  target: DevicesTarget,
  { priorState, private: bytes }: ReadRequest,
  broken: Broken,
): Promise<ReadResponse> {
  let sight: DevicesObservation;
  try {
    sight = await target.observe();
  } catch (error) {
    return { state: priorState, private: bytes, diagnostics: [errorDiagnostic("blind", String(error))] };
  }
  const remembered = rememberedDevices(readMemory(bytes));
  const classified = classify(sight, remembered).nvme;
  const nvme = broken.read?.(classified) ?? classified;
  const addresses = nvme.map(({ address }) => address);
  const devices = remember(
    remembered,
    { nvme, hostDevices: sight.hostDevices },
    { keep: [...remembered.keys(), ...addresses], overwrite: false },
  );
  return {
    state: { ...priorState, attached: attachedValue(nvme, { before: priorState }), devices: addresses },
    private: writeMemory({ virtualMachine: "vm-42", host: "host-12", devices }),
  };
}

async function plan({ priorState, proposedNewState, config, priorPrivate }: PlanRequest): Promise<PlanResponse> {
  if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
  const { plannedState, violations } = planState({
    priorState,
    proposedNewState,
    config: config!,
    memory: readMemory(priorPrivate),
  });
  return {
    plannedState,
    plannedPrivate: priorPrivate,
    diagnostics: violations.map((violation) => violationDiagnostic(violation, "error")),
  };
}

async function apply(
  { target, clock, broken }: { target: DevicesTarget<NamedObservation>; clock: Clock; broken: Broken },
  { priorState, plannedState, plannedPrivate }: ApplyRequest,
  { signal }: OperationContext,
): Promise<ApplyResponse> {
  const operation = plannedState ? (priorState ? "update" : "create") : "delete";
  const wanted = plannedState ?? { ...priorState!, devices: [] };
  const memory = readMemory(plannedPrivate);
  const planned = plannedSteps(priorState, plannedState);
  const change = changeOf(wanted, planned, memory);
  const outcome = await execute(target, broken.change?.(change) ?? change, {
    clock,
    signal,
    ...limitsOf(wanted, operation),
  });
  return resultOf({
    operation,
    priorState,
    plannedState,
    planned,
    memory,
    change,
    outcome,
    reference: VIRTUAL_MACHINE.reference,
  });
}
