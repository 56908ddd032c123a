import { isNvme } from "../../core/host-device";
import { fixedBacking, isDynamic } from "../../core/passthrough";
import { atLeast } from "../../core/version";
import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import type { DataObject } from "../../value";
import { type DeviceChange, deviceChanges, deviceFields } from "./device-change";
import { reservesAllMemory } from "./settings";
import type { VirtualMachine } from "./virtual-machine";

/** What VMware's page on hot plug asks for (H2). */
const MINIMUM_INTR_COOKIES = 4096;

/** One device a call, nothing beside it, on what supports it: L1 to L3, V1, V2. */
export function checkHotPlug(vm: VirtualMachine, spec: DataObject, changes: readonly DeviceChange[]): void {
  const { assumptions, options } = vm.world;
  const [change, second] = changes;
  const refuse = (type: string, why: string, fields: DataObject = {}): Fault =>
    new Fault(type, `Hot plug on ${vm.name} is refused: ${why}`, {
      ...deviceFields(type, change!.index),
      ...(schema.field(type, "invalidProperty") ? fields : {}),
    });
  if (second) throw refuse(assumptions.twoDevicesInOneCall, "one passthrough device a call");
  const beside = Object.keys(spec).filter((name) => !["$type", "changeVersion", "deviceChange"].includes(name));
  if (beside.length > 0 || deviceChanges(spec).length > 1) {
    throw refuse(
      assumptions.changeBesideDevice,
      `beside the device the call changes ${beside.join(", ") || "another device"}`,
      { invalidProperty: beside[0] },
    );
  }
  const reason = whyNoHotPlug(vm, change!, String(options.about["apiVersion"]));
  if (reason) throw refuse(assumptions.hotPlugRefused, reason);
}

function whyNoHotPlug(vm: VirtualMachine, { operation, device }: DeviceChange, apiVersion: string): string | undefined {
  if (!atLeast(apiVersion, "8.0.1")) return `vCenter ${apiVersion} is older than 8.0 U1`;
  if (!atLeast(vm.host.version, "8.0.1") || !vm.host.hotPlugSupported) return `the host runs ESXi ${vm.host.version}`;
  const there = operation === "add" ? device : vm.devices.find((one) => one["key"] === device["key"]);
  if (there && isDynamic(there["backing"])) return "dynamic passthrough devices can't be hot plugged";
  const address = there && fixedBacking(there)?.id;
  const hostDevice = address === undefined ? undefined : vm.host.device(address);
  if (hostDevice && !isNvme(hostDevice)) return `${address} is no NVMe device`;
  const { running } = vm.host.maxIntrCookies;
  if (
    operation === "add" &&
    running < MINIMUM_INTR_COOKIES &&
    vm.world.assumptions.hotAddBelowIntrCookies === "refused"
  )
    return `the host runs with maxIntrCookies ${running}`;
  return whyNotReady(vm);
}

/** What hot plug can't be together with: N1 to N5. */
export function hotPlugConflict({ settings, hasDynamicDevice }: VirtualMachine): string | undefined {
  if (settings.vvtdEnabled) return "an IOMMU in the guest";
  if (settings.cpuHotAddEnabled || settings.cpuHotRemoveEnabled) return "hot plug of CPUs";
  if (settings.memoryHotAddEnabled) return "hot plug of memory";
  if (hasDynamicDevice) return "a dynamic passthrough device";
  return settings.numCpus > 128 ? "more than 128 virtual CPUs" : undefined;
}

/** What in the virtual machine's own settings rules hot plug out: M1 to M5, N1 to N5. */
function whyNotReady(vm: VirtualMachine): string | undefined {
  const { settings } = vm;
  if (!vm.hotPlugAtPowerOn) return "fixedPassthruHotPlugEnabled was not set when it was powered on";
  if (settings.firmware !== "efi") return "its firmware is not EFI";
  if (!reservesAllMemory(settings)) return "not all of its memory is reserved";
  if (vm.hardwareVersion < 20) return `its hardware version is ${vm.hardwareVersion}, below 20`;
  if (settings.motherboardLayout !== "acpiHostBridges") return "its board is not acpiHostBridges";
  const conflict = hotPlugConflict(vm);
  if (conflict) return `it has ${conflict}`;
  return vm.snapshots.length > 0 ? "it has a snapshot" : undefined;
}
