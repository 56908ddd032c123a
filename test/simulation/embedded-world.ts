import { attach, detach, machineOf, MODELS, type EmbeddedVirtualMachine } from "./embedded-virtual-machine";
import { EmbeddedProcesses } from "./embedded-processes";
import { pciAddress, type PciAddress } from "../../lib/hotplug/pci-address";
import { fixedBacking } from "../../lib/simulator/core/passthrough";
import { Hardware } from "../../lib/simulator/hardware";
import { VirtualMachine } from "../../lib/simulator/objects/virtual-machine/virtual-machine";
import type { InventoryHost } from "../../lib/simulator/inventory/inventory";
import { Reference, type DataObject } from "../../lib/simulator/value";
import { Vcenter } from "../../lib/simulator/vcenter";
import { VirtualClock } from "../support/virtual-clock";
import {
  OPERATION_SECONDS,
  type ProviderProcess,
  type ReconfigureCall,
  type SimulatedWorld,
  type WorldDevices,
  type WorldEvent,
  type WorldFault,
} from "./world";

const GRAPHICS_MODEL = { class: "0302", vendor: "10de", device: "2330" };
const SECOND_GRAPHICS = pciAddress("0000:b0:00.0");
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
  readonly machines: readonly EmbeddedVirtualMachine[];
  private readonly other: VirtualMachine;
  private readonly processes: EmbeddedProcesses;
  /** When vCenter restarted. */
  private readonly tasksForgotten: number[] = [];

  /** With `machines`, the second one is on the first one's host, or alone on another that has the same addresses. */
  constructor(
    { slots, graphics, pulledStayShown }: WorldDevices,
    { machines = 1, apart = false }: { machines?: 1 | 2; apart?: boolean } = {},
  ) {
    const host = (id: string, name: string): InventoryHost => ({
      id,
      name,
      devices: [
        ...slots.map((address) => ({ address, ...MODELS.first })),
        ...[graphics, SECOND_GRAPHICS].map((address) => ({ address, ...GRAPHICS_MODEL })),
      ],
    });
    const secondHost = apart ? "esx02" : "esx01";
    this.vcenter = new Vcenter({
      clock: this.clock,
      seed: "simulation",
      sessionTimeoutSeconds: 1800,
      assumptions: { pulledDeviceLeavesVm: pulledStayShown ? "at refresh" : "at once" },
      inventory: {
        hosts: [host("host-12", "esx01"), ...(apart ? [host("host-13", "esx02")] : [])],
        virtualMachines: [
          { id: "vm-42", name: "db", host: "esx01", devices: [graphics] },
          { id: "vm-7", name: "web", host: "esx01" },
          ...(machines > 1 ? [{ id: "vm-43", name: "cache", host: secondHost, devices: [SECOND_GRAPHICS] }] : []),
        ],
      },
    });
    this.processes = new EmbeddedProcesses(this.vcenter, this.clock);
    this.hardware = new Hardware(this.vcenter.world);
    const [first, other, second] = this.vcenter.world.all(VirtualMachine);
    this.other = other!;
    this.machines = [
      { ...machineOf(first!), graphics },
      ...(second ? [{ ...machineOf(second), graphics: SECOND_GRAPHICS }] : []),
    ];
  }

  happen(event: WorldEvent): void {
    const { hardware, other } = this;
    const { virtualMachine, slots, host } = this.machines[event.machine ?? 0]!;
    const isThere = "address" in event && slots().has(event.address);
    const isTaken =
      "address" in event &&
      virtualMachine.host.virtualMachines.some((vm) => vm.passthroughAddresses.includes(event.address));
    switch (event.kind) {
      case "pull":
        return isThere ? hardware.pull(host, event.address) : undefined;
      case "plug":
        return isThere ? undefined : hardware.plug(host, { address: event.address, ...MODELS[event.model] });
      case "attach":
        return isThere && !isTaken ? attach(virtualMachine, event.address) : undefined;
      case "detach":
        return detach(virtualMachine, event.address);
      case "take":
        return isThere && !isTaken && other.host.ref.id === host ? attach(other, event.address) : undefined;
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
        this.tasksForgotten.push(this.clock.now());
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
    const trigger = { operation: "ReconfigVM_Task", occurrence: fault.call };
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
    this.machines.forEach((_, machine) => {
      this.happen({ kind: "power on", machine });
      this.happen({ kind: "connect host", machine });
    });
    for (const address of this.other.passthroughAddresses) detach(this.other, address as PciAddress);
  }

  startProcess(): ProviderProcess {
    return this.processes.start((id) => {
      const last = new Map<string, LoggedCall>();
      return (post, send) => {
        const logged = this.vcenter.log.length;
        const answer = send();
        if (post.operation === "ReconfigVM_Task") {
          const machine = this.vcenter.log[logged]!.target!.value;
          const before = last.get(machine);
          const call = this.record({
            process: id,
            machine,
            logged,
            overlaps: before !== undefined && this.isUnderWay(before),
          });
          last.set(machine, call);
          this.calls.push(call);
        } else {
          // A wait's answer that came after the effect is a look, too.
          const look = (): void => {
            for (const call of last.values())
              call.verified ||= this.showsDevices(logged, call.machine) && this.tookEffect(call);
          };
          void answer.then(look, () => undefined);
        }
        return answer;
      };
    });
  }

  end(): void {
    this.processes.end();
  }

  /** A request for a reconfiguration, from the vCenter's own log: before it is carried out. */
  private record(arrived: Pick<LoggedCall, "process" | "machine" | "logged" | "overlaps">): LoggedCall {
    const entry = this.vcenter.log[arrived.logged]!;
    const { tasksForgotten } = this;
    const arrivedAt = this.clock.now();
    const { spec = {} } = (entry.arguments ?? {}) as { spec?: DataObject };
    const changes = (spec["deviceChange"] ?? []) as unknown as { operation: string; device: DataObject }[];
    return {
      ...arrived,
      at: this.clock.now(),
      changes: changes.map(({ operation, device }) => {
        const known =
          operation === "add"
            ? device
            : this.machine(arrived.machine).virtualMachine.devices.find((one) => one["key"] === device["key"]);
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
        // A vCenter that has restarted since the call knows nothing of its task: then, too.
        const completedAt = entry.task?.completedAt;
        if (tasksForgotten.some((time) => time >= arrivedAt && time <= Date.parse(completedAt ?? ""))) return undefined;
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

  /** Whether an answer had the virtual machine's devices. */
  private showsDevices(logged: number, machine: string): boolean {
    const read = this.vcenter.log[logged]?.read ?? [];
    return read.some(({ value, paths }) => value === machine && paths.includes("config.hardware.device"));
  }

  private tookEffect({ machine, changes }: ReconfigureCall): boolean {
    const attached = this.machine(machine).attached();
    return changes.every(
      ({ operation, address }) => attached.includes(address as PciAddress) === (operation === "add"),
    );
  }

  private machine(id: string): EmbeddedVirtualMachine {
    return this.machines.find((machine) => machine.id === id)!;
  }
}
