import type { Operations, Properties } from "../../core/operation";
import { classOf, type HostDevice, passthruInfo } from "../../core/host-device";
import { Fault } from "../../fault";
import { type DataObject, listOf } from "../../value";
import type { HostSystem } from "./host-system";
import { hostUse } from "./host-storage";
import { extensible, ManagedObject } from "../managed-object";

/** A host's passthrough devices. */
export class PciPassthruSystem extends ManagedObject {
  constructor(private readonly host: HostSystem) {
    super(host.world, "HostPciPassthruSystem", `pciPassthruSystem-${host.number}`);
  }

  override readonly properties: Properties = {
    ...extensible,
    pciPassthruInfo: () => this.host.knownDevices.map(passthruInfo),
  };

  override readonly operations: Operations = {
    Refresh: { privilege: "Host.Config.Settings", run: () => this.host.refreshSlots() },
    UpdatePassthruConfig: {
      privilege: "Host.Config.PciPassthru",
      run: ({ config }) => this.update(listOf(config) as DataObject[]),
    },
  };

  /**
   * What the host uses is not taken from it, nor from a running machine; devices that depend on each other go together
   * (H5).
   */
  private checkToggle(device: HostDevice, enabled: boolean, together: ReadonlySet<HostDevice>): void {
    const { address } = device.description;
    const refuse = (why: string): Fault =>
      new Fault("HostConfigFault", `Passthrough of ${address} can't be changed: ${why}`);
    if (device.enabled === enabled) return;
    const use = hostUse(device, this.host);
    if (use !== undefined) throw refuse(`the host uses it for ${use}`);
    const user = this.host.users(address).find((vm) => vm.powerState !== "poweredOff");
    if (user) throw refuse(`${user.name} uses it`);
    const leader = ({ description }: HostDevice): string => description.dependentDevice ?? description.address;
    // A port or a switch, of class 06, is nothing that a virtual machine or the host could miss.
    const left = this.host.knownDevices.find(
      (other) =>
        leader(other) === leader(device) &&
        other.enabled !== enabled &&
        !together.has(other) &&
        !classOf(other).startsWith("06"),
    );
    if (left) throw refuse(`${left.description.address} depends on it and isn't named`);
  }

  private update(config: readonly DataObject[]): void {
    const wanted = config.map((one) => {
      const device = this.host.knownDevices.find(({ description }) => description.address === one["id"]);
      if (!device || device.description.passthrough === "unsupported") {
        throw new Fault("InvalidArgument", `The host has no device ${String(one["id"])} that can be passed through`, {
          invalidProperty: "config.id",
        });
      }
      return { device, one };
    });
    for (const { device, one } of wanted)
      this.checkToggle(device, one["passthruEnabled"] as boolean, new Set(wanted.map((other) => other.device)));
    for (const { device, one } of wanted) {
      device.enabled = one["passthruEnabled"] as boolean;
      const now = one["applyNow"] !== false && this.host.rebindWithoutReboot;
      if (now) device.active = device.enabled;
    }
    this.world.changes.announce();
  }
}
