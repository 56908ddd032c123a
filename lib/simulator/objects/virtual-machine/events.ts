import type { HappenedToVirtualMachine } from "../../core/events";
import { fixedBacking } from "../../core/passthrough";
import type { World } from "../../core/world";
import type { DataObject } from "../../value";

type Teller = HappenedToVirtualMachine["vm"] & { readonly world: World };

interface Reconfigured {
  /** What was asked for; empty where nobody asked. */
  readonly configSpec: DataObject;
  readonly userName?: string;
  readonly before: readonly DataObject[];
  readonly after: readonly DataObject[];
}

/** A reconfiguration, with the devices that came and went by it. */
export function tellOfReconfiguration(vm: Teller, { configSpec, userName, before, after }: Reconfigured): void {
  const added = described(after.filter(({ key }) => !before.some((device) => device["key"] === key)));
  const deleted = described(before.filter(({ key }) => !after.some((device) => device["key"] === key)));
  vm.world.events.post({
    $type: "VmReconfiguredEvent",
    userName,
    vm,
    message: `Reconfigured ${vm.name} on ${vm.host.name}. Added: ${added} Deleted: ${deleted}`,
    fields: { configSpec, configChanges: { modified: "", added, deleted } },
  });
}

/** Nobody asked: the drive was pulled out of its slot (V6). */
export function tellOfPulledDevice(vm: Teller, lost: readonly DataObject[]): void {
  const kind = vm.world.assumptions.pulledDeviceEvent;
  if (kind === "VmReconfiguredEvent") tellOfReconfiguration(vm, { configSpec: {}, before: lost, after: [] });
  if (kind !== "VmMessageWarningEvent") return;
  for (const device of lost) {
    const message = `The passthrough device ${fixedBacking(device)!.id} was removed from its slot`;
    vm.world.events.post({
      $type: kind,
      vm,
      message: `Warning message on ${vm.name} on ${vm.host.name}: ${message}`,
      fields: { message },
    });
  }
}

/** Devices as the changes of a VmReconfiguredEvent write them. */
function described(devices: readonly DataObject[]): string {
  return devices
    .map((device) => {
      const { label = "" } = (device["deviceInfo"] ?? {}) as { label?: string };
      const id = fixedBacking(device)?.id;
      const backing = id === undefined ? "" : `, backing = (id = "${id}")`;
      return `config.hardware.device(${String(device["key"])}): (label = "${label}"${backing}); `;
    })
    .join("");
}
