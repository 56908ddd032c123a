import type { Clock } from "../../lib/clock";
import { CallError } from "../../lib/hotplug/call-error";
import { NVME_CLASS_ID, type Facts, type HostDevice, type VirtualMachineFacts } from "../../lib/hotplug/facts";
import type { PciAddress } from "../../lib/hotplug/pci-address";
import type { Step } from "../../lib/hotplug/devices/plan";
import type { AttachedDevice, DevicesTarget, DevicesObservation } from "../../lib/hotplug/devices/target";

/**
 * What becomes of one call. `ok`: carried out. `refused`: a fault. `busy`, `changed`: another task, another version.
 * `lost`: carried out, and the answer never comes. `unanswered`: neither. `ignored`: reported as done, and not done.
 * `late`: reported as done, and shown some seconds afterwards.
 */
export type Fate = "ok" | "refused" | "busy" | "changed" | "lost" | "unanswered" | "ignored" | "late";

export interface ModelCall {
  step: Step;
  fate: Fate;
  beganAt: number;
  endedAt?: number;
  error?: unknown;
}

export interface ModelBehaviour {
  /** Before a look; throws where nothing can be seen. */
  beforeLook?(): Promise<void> | void;
  /** Before a call reaches the world: what becomes of it, and how long it takes. */
  beforeCall?(step: Step): Promise<{ fate: Fate; seconds?: number }> | { fate: Fate; seconds?: number };
  afterLook?(observation: DevicesObservation): void;
  /** Told of each call as it begins, and as it ends. */
  onCall?(call: ModelCall): void;
}

export const SAMSUNG = { classId: NVME_CLASS_ID, vendorId: 0x144d, deviceId: 0xa824 };

/** One host with its slots and one virtual machine, in memory: enough of a vCenter for the core. */
export class ModelVcenter {
  readonly slots = new Map<PciAddress, HostDevice>();
  attached: AttachedDevice[] = [];
  readonly heldBy = new Map<PciAddress, string>();
  readonly comingFree = new Set<PciAddress>();
  virtualMachine: VirtualMachineFacts = {
    title: "db (vm-42)",
    powerState: "poweredOn",
    connected: true,
    fixedPassthruHotPlugEnabled: true,
  };
  host: NonNullable<Facts["host"]> = { title: "esx01 (host-12)", connected: true, version: "8.0.3" };
  /** Every call that arrived, in order. */
  readonly calls: ModelCall[] = [];
  /** Told when the devices of the virtual machine, or what has happened to it, are others. */
  onChange?: () => void;
  private version = 1;
  private nextKey = 13000;

  plug(address: PciAddress, model: Partial<HostDevice> = {}): void {
    this.slots.set(address, {
      ...SAMSUNG,
      vendorName: "Samsung",
      deviceName: "PM1733",
      passthroughEnabled: true,
      passthroughActive: true,
      address,
      ...model,
    });
  }

  /** Out of its slot; `shown`: the virtual machine still shows what it had there. */
  pull(address: PciAddress, { shown = false } = {}): void {
    this.slots.delete(address);
    if (!shown) this.detach(address);
  }

  attach(address: PciAddress): void {
    const { vendorId, deviceId } = this.slots.get(address) ?? SAMSUNG;
    const key = this.nextKey++;
    this.attached = [
      ...this.attached,
      { address, key, label: `PCI device ${key - 13000}`, name: "PM1733", vendorId, deviceId },
    ];
    this.touch();
  }

  detach(address: PciAddress): void {
    this.attached = this.attached.filter((device) => device.address !== address);
    this.touch();
  }

  /** Somebody changes something that is of no concern here. */
  touch(): void {
    this.version++;
    this.onChange?.();
  }

  has(address: PciAddress): boolean {
    return this.attached.some((device) => device.address === address);
  }

  /** The virtual machine as the core sees it, under the faults of `behaviour`. */
  target(clock: Clock, behaviour: ModelBehaviour = {}): DevicesTarget {
    return {
      observe: async () => {
        await behaviour.beforeLook?.();
        const observation = this.look();
        behaviour.afterLook?.(observation);
        return observation;
      },
      add: (device, seen) => this.call({ operation: "add", address: device.address }, { clock, behaviour, seen }),
      remove: (device, seen) =>
        this.call({ operation: "remove", address: device.address }, { clock, behaviour, seen, key: device.key }),
    };
  }

  private look(): DevicesObservation & { version: number } {
    return {
      facts: {
        endpoint: { apiType: "VirtualCenter", apiVersion: "8.0.3.0" },
        host: { ...this.host },
        virtualMachine: { ...this.virtualMachine },
      },
      attached: this.attached,
      hostDevices: new Map(this.slots),
      heldBy: new Map(this.heldBy),
      ...(this.comingFree.size > 0 && { comingFree: new Set(this.comingFree) }),
      version: this.version,
    };
  }

  private async call(
    step: Step,
    {
      clock,
      behaviour,
      seen,
      key,
    }: { clock: Clock; behaviour: ModelBehaviour; seen: DevicesObservation; key?: number },
  ): Promise<void> {
    const { fate, seconds = 0 } = (await behaviour.beforeCall?.(step)) ?? { fate: "ok" };
    const call: ModelCall = { step, fate, beganAt: clock.now() };
    this.calls.push(call);
    behaviour.onCall?.(call);
    try {
      if (fate === "busy" || fate === "changed")
        throw new CallError(fate, fate === "busy" ? "another task is in progress" : "somebody else changed it");
      if ((seen as { version?: number }).version !== this.version) throw new CallError("changed", "not as it was seen");
      if (this.calls.some((other) => other !== call && other.endedAt === undefined))
        throw new CallError("busy", "another task is in progress");
      if (seconds > 0) await clock.sleep(seconds * 1000);
      if (fate === "refused" || fate === "unanswered")
        throw new CallError(fate === "refused" ? "refused" : "unknown", fate === "refused" ? "a fault" : "no answer");
      if (fate === "late")
        void clock
          .sleep(3000)
          .then(() => this.carryOut(step, key))
          .catch(() => undefined);
      else if (fate !== "ignored") this.carryOut(step, key);
      if (fate === "lost") throw new CallError("unknown", "no answer");
    } catch (error) {
      call.error = error;
      throw error;
    } finally {
      call.endedAt = clock.now();
      behaviour.onCall?.(call);
    }
  }

  private carryOut({ operation, address }: Step, key?: number): void {
    if (operation === "add") {
      if (!this.slots.has(address) || this.has(address) || this.heldBy.has(address))
        throw new CallError("refused", `nothing to add at ${address}`);
      this.attach(address);
    } else {
      if (!this.attached.some((device) => device.key === key))
        throw new CallError("refused", `no device with key ${key}`);
      this.attached = this.attached.filter((device) => device.key !== key);
      this.touch();
    }
  }
}
