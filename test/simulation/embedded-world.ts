import { EmbeddedProcesses } from "./embedded-processes";
import type { PciAddress } from "../../lib/hotplug/pci-address";
import { backingOf, fixedBacking } from "../../lib/simulator/core/passthrough";
import { Hardware } from "../../lib/simulator/hardware";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import { Reference, type DataObject } from "../../lib/simulator/value";
import { Vcenter } from "../../lib/simulator/vcenter";
import { VirtualClock } from "../support/virtual-clock";
import {
  OPERATION_SECONDS,
  type Model,
  type ProviderProcess,
  type ReconfigureCall,
  type SimulatedWorld,
  type WorldDevices,
  type WorldEvent,
  type WorldFault,
} from "./world";

const HOST = "host-12";
const MODELS = {
  first: { vendor: "144d", device: "a824" },
  second: { vendor: "8086", device: "0b60" },
};
const NOTHING_DONE = ["TaskInProgress", "ConcurrentAccess"];
const DEVICE_CHANGE = ["$type", "changeVersion", "deviceChange"];

interface LoggedCall extends ReconfigureCall {
  /** Where the vCenter's log has it. */
  logged: number;
}

/** The provider as it ships, its vCenter client and the embedded vCenter, without a socket between them. */
export class EmbeddedWorld implements SimulatedWorld {
  readonly clock = new VirtualClock();
  readonly calls: ReconfigureCall[] = [];
  private readonly vcenter: Vcenter;
  private readonly hardware: Hardware;
  private readonly virtualMachine: VirtualMachine;
  private readonly other: VirtualMachine;
  private readonly processes: EmbeddedProcesses;

  constructor({ slots, graphics, pulledStayShown }: WorldDevices) {
    this.vcenter = new Vcenter({
      clock: this.clock,
      seed: "simulation",
      sessionTimeoutSeconds: 1800,
      assumptions: { pulledDeviceLeavesVm: pulledStayShown ? "at refresh" : "at once" },
      inventory: {
        hosts: [
          {
            id: HOST,
            name: "esx01",
            devices: [
              ...slots.map((address) => ({ address, ...MODELS.first })),
              { address: graphics, class: "0302", vendor: "10de", device: "2330" },
            ],
          },
        ],
        virtualMachines: [
          { id: "vm-42", name: "db", host: "esx01", devices: [graphics] },
          { id: "vm-7", name: "web", host: "esx01" },
        ],
      },
    });
    this.processes = new EmbeddedProcesses(this.vcenter, this.clock);
    this.hardware = new Hardware(this.vcenter.world);
    const [virtualMachine, other] = this.vcenter.world.all(VirtualMachine);
    this.virtualMachine = virtualMachine!;
    this.other = other!;
  }

  attached(): PciAddress[] {
    return this.virtualMachine.passthroughAddresses as PciAddress[];
  }

  attachedModels(): ReadonlyMap<PciAddress, Model> {
    const backings = this.virtualMachine.devices.map(fixedBacking).filter((backing) => backing !== undefined);
    return new Map(
      backings.map(({ id, vendorId }) => [
        id as PciAddress,
        (Number(vendorId) & 0xffff) === Number.parseInt(MODELS.first.vendor, 16) ? "first" : "second",
      ]),
    );
  }

  slots(): ReadonlyMap<PciAddress, Model> {
    const present = this.virtualMachine.host.devices.filter((device) => device.present);
    return new Map(
      present.map(({ description }) => [
        description.address as PciAddress,
        description.vendor === MODELS.first.vendor ? "first" : "second",
      ]),
    );
  }

  happen(event: WorldEvent): void {
    const { hardware, virtualMachine, other } = this;
    const isThere = "address" in event && this.slots().has(event.address);
    const isTaken =
      "address" in event && [virtualMachine, other].some((vm) => vm.passthroughAddresses.includes(event.address));
    switch (event.kind) {
      case "pull":
        return isThere ? hardware.pull(HOST, event.address) : undefined;
      case "plug":
        return isThere ? undefined : hardware.plug(HOST, { address: event.address, ...MODELS[event.model] });
      case "attach":
        return isThere && !isTaken ? attach(virtualMachine, event.address) : undefined;
      case "detach":
        return detach(virtualMachine, event.address);
      case "take":
        return isThere && !isTaken ? attach(other, event.address) : undefined;
      case "give":
        return detach(other, event.address);
      case "touch":
        return virtualMachine.touch();
      case "power off":
        return void (virtualMachine.powerState = "poweredOff");
      case "power on":
        return void (virtualMachine.powerState = "poweredOn");
      case "suspend":
        return void (virtualMachine.powerState = "suspended");
      case "connect host":
        return void (virtualMachine.host.connectionState = "connected");
      case "disconnect host":
        return void (virtualMachine.host.connectionState = "disconnected");
      case "expire sessions":
        return this.vcenter.sessions.terminateAll();
      case "restart vCenter":
        this.vcenter.world.tasks.forgetAll();
        return this.vcenter.sessions.terminateAll();
      default:
        throw new Error(`no guest is asked here: ${event.kind}`);
    }
  }

  arm(fault: WorldFault): void {
    const { faults } = this.vcenter;
    if (fault.kind === "blind")
      return void faults.inject(
        { operation: "RetrievePropertiesEx", occurrence: fault.look, times: fault.looks },
        { kind: "drop", when: "before" },
      );
    if (fault.kind === "deaf")
      return void faults.inject(
        { operation: "WaitForUpdatesEx", occurrence: fault.wait, times: fault.waits },
        { kind: "drop", when: "after" },
      );
    const trigger = { operation: "ReconfigVM_Task", target: "vm-42", occurrence: fault.call };
    switch (fault.kind) {
      case "refused":
        return void faults.inject(trigger, {
          kind: "task fault",
          type: "GenericVmConfigFault",
          fields: { reason: "injected" },
        });
      case "refused afterwards":
        return void faults.inject(trigger, {
          kind: "task fault",
          type: "GenericVmConfigFault",
          fields: { reason: "injected" },
          afterEffect: true,
        });
      case "busy":
        return void faults.inject(trigger, {
          kind: "fault",
          type: "TaskInProgress",
          fields: { task: new Reference("Task", "task-999") },
        });
      case "changed":
        return void faults.inject(trigger, { kind: "fault", type: "ConcurrentAccess" });
      case "lost":
        return void faults.inject(trigger, { kind: "drop", when: "after" });
      case "unanswered":
        return void faults.inject(trigger, { kind: "drop", when: "before" });
      case "slow":
        return void faults.inject(trigger, { kind: "slow task", delayMs: fault.seconds * 1000 });
    }
  }

  quiet(): void {
    this.vcenter.faults.clear();
  }

  heal(): void {
    this.quiet();
    this.happen({ kind: "power on" });
    this.happen({ kind: "connect host" });
    for (const address of this.other.passthroughAddresses) detach(this.other, address as PciAddress);
  }

  startProcess(): ProviderProcess {
    return this.processes.start((id) => {
      let before: LoggedCall | undefined;
      return (post, send) => {
        const logged = this.vcenter.log.length;
        const answer = send();
        if (post.operation === "ReconfigVM_Task") {
          before = this.record({ process: id, logged, overlaps: before !== undefined && this.isUnderWay(before) });
          this.calls.push(before);
        } else if (post.operation === "RetrievePropertiesEx" && before && this.tookEffect(before)) {
          before.verified = true;
        }
        return answer;
      };
    });
  }

  end(): void {
    this.processes.end();
  }

  /** A request for a reconfiguration, from the vCenter's own log: before it is carried out. */
  private record(arrived: { process: number; logged: number; overlaps: boolean }): LoggedCall {
    const entry = this.vcenter.log[arrived.logged]!;
    const { spec = {} } = (entry.arguments ?? {}) as { spec?: DataObject };
    const changes = (spec["deviceChange"] ?? []) as unknown as { operation: string; device: DataObject }[];
    return {
      ...arrived,
      at: this.clock.now(),
      changes: changes.map(({ operation, device }) => {
        const known =
          operation === "add" ? device : this.virtualMachine.devices.find((one) => one["key"] === device["key"]);
        return { operation, address: (known && fixedBacking(known)?.id) ?? `key ${String(device["key"])}` };
      }),
      beside: Object.keys(spec).filter((name) => !DEVICE_CHANGE.includes(name)),
      verified: false,
      get error() {
        // Who got no answer doesn't know the task either.
        if (entry.outcome === "no answer") return undefined;
        const fault = entry.task?.error?.type ?? entry.outcome;
        if (fault === undefined || fault === "ok") return undefined;
        // Whoever has stopped waiting for a task is not told how it ended: the device list is what counts then.
        const completedAt = entry.task?.completedAt;
        if (
          completedAt !== undefined &&
          Date.parse(completedAt) - Date.parse(entry.startedAt) > OPERATION_SECONDS * 1000
        )
          return undefined;
        return NOTHING_DONE.includes(fault) ? "nothing done" : "failed";
      },
    };
  }

  private isUnderWay(call: LoggedCall): boolean {
    const { outcome, task } = this.vcenter.log[call.logged]!;
    const isOver = outcome !== undefined && (task === undefined || task.completedAt !== undefined);
    return !isOver && !this.tookEffect(call);
  }

  private tookEffect({ changes }: ReconfigureCall): boolean {
    return changes.every(
      ({ operation, address }) => this.attached().includes(address as PciAddress) === (operation === "add"),
    );
  }
}

function attach(virtualMachine: VirtualMachine, address: PciAddress): void {
  const { host } = virtualMachine;
  virtualMachine.attach(backingOf(host.device(address)!, host.systemId));
  virtualMachine.touch();
}

function detach(virtualMachine: VirtualMachine, address: PciAddress): void {
  const device = virtualMachine.devices.find((one) => fixedBacking(one)?.id === address);
  if (!device) return;
  virtualMachine.detach(device["key"] as number);
  virtualMachine.touch();
}
