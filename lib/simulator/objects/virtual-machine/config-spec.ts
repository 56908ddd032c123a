import { Fault } from "../../fault";
import { type DataObject, isDataObject, listOf, type Value } from "../../value";
import { reservesAllMemory } from "./settings";
import { checkUpgrade, hardwareVersion } from "./upgrade";
import { changesKept, KEPT, keptAfter } from "./kept-config";
import type { VirtualMachine } from "./virtual-machine";

/** Fields of a VirtualMachineConfigSpec and the settings that they change; `off` asks for one that is off. */
const FIELDS: Readonly<Record<string, { setting: string; off?: boolean }>> = {
  name: { setting: "name" },
  annotation: { setting: "annotation" },
  guestId: { setting: "guestId", off: true },
  numCPUs: { setting: "numCpus", off: true },
  numCoresPerSocket: { setting: "coresPerSocket", off: true },
  memoryMB: { setting: "memoryMiB", off: true },
  firmware: { setting: "firmware", off: true },
  motherboardLayout: { setting: "motherboardLayout", off: true },
  memoryReservationLockedToMax: { setting: "memoryReservationLockedToMax" },
  fixedPassthruHotPlugEnabled: { setting: "fixedPassthruHotPlugEnabled", off: true },
  cpuHotAddEnabled: { setting: "cpuHotAddEnabled", off: true },
  cpuHotRemoveEnabled: { setting: "cpuHotRemoveEnabled", off: true },
  memoryHotAddEnabled: { setting: "memoryHotAddEnabled", off: true },
  nestedHVEnabled: { setting: "nestedHVEnabled", off: true },
};

/** What each field of a specification takes; VirtualMachine.Config.Settings where nothing is said. */
const PRIVILEGES: Readonly<Record<string, string>> = {
  name: "VirtualMachine.Config.Rename",
  annotation: "VirtualMachine.Config.Annotation",
  numCPUs: "VirtualMachine.Config.CPUCount",
  numCoresPerSocket: "VirtualMachine.Config.CPUCount",
  memoryMB: "VirtualMachine.Config.Memory",
  cpuAllocation: "VirtualMachine.Config.Resource",
  memoryAllocation: "VirtualMachine.Config.Resource",
  swapPlacement: "VirtualMachine.Config.SwapPlacement",
  changeTrackingEnabled: "VirtualMachine.Config.ChangeTracking",
  managedBy: "VirtualMachine.Config.ManagedBy",
  memoryReservationLockedToMax: "VirtualMachine.Config.Resource",
  extraConfig: "VirtualMachine.Config.AdvancedConfig",
  deviceChange: "VirtualMachine.Config.AddRemoveDevice",
};

/** The privileges that a specification takes. */
export const reconfigurePrivileges = (spec: DataObject): string[] => [
  ...new Set(
    Object.keys(spec)
      .filter((name) => !["$type", "changeVersion"].includes(name))
      .map((name) => PRIVILEGES[name] ?? "VirtualMachine.Config.Settings"),
  ),
];

/** Fields that are handled apart from those. */
const OTHERS = new Set(["$type", "changeVersion", "deviceChange", "extraConfig", "version"]);

const reservation = (spec: DataObject): number | undefined =>
  isDataObject(spec["memoryAllocation"]) ? (spec["memoryAllocation"]["reservation"] as number | undefined) : undefined;

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** What a field's value must be, whatever the virtual machine. */
const VALUES: Readonly<Record<string, (value: Value) => boolean>> = {
  name: (value) => value !== "",
  guestId: (value) => value !== "",
  numCPUs: (value) => (value as number) > 0,
  numCoresPerSocket: (value) => (value as number) >= 0,
  memoryMB: (value) => (value as number) > 0,
  memoryAllocation: (value) => (((value as DataObject)["reservation"] as number | undefined) ?? 0) >= 0,
  firmware: (value) => value === "bios" || value === "efi",
  motherboardLayout: (value) => value === "i440bxHostBridge" || value === "acpiHostBridges",
  uuid: (value) => UUID.test(value as string),
  instanceUuid: (value) => UUID.test(value as string),
};

/** Throws what no virtual machine can be. */
export function checkValues(spec: DataObject): void {
  const wrong = Object.keys(VALUES).find((name) => spec[name] !== undefined && !VALUES[name]!(spec[name]));
  if (wrong !== undefined)
    throw new Fault("InvalidArgument", `${wrong} can't be ${JSON.stringify(spec[wrong])}`, { invalidProperty: wrong });
}

/** Throws what forbids the settings of a specification now. */
export function checkSettings(vm: VirtualMachine, spec: DataObject): void {
  checkValues(spec);
  const off = vm.powerState === "poweredOff";
  const flags = isDataObject(spec["flags"]) ? spec["flags"] : {};
  for (const name of Object.keys(spec)) {
    if (OTHERS.has(name)) continue;
    if (KEPT[name]) {
      if (!off && KEPT[name].off && changesKept(vm.settings, name, spec)) throw mustBeOff(vm, name);
      continue;
    }
    const field = FIELDS[name];
    if (!field) throw new Fault("NotSupported", `The embedded vCenter doesn't change ${name}`);
    if (
      !off &&
      field.off &&
      !hotAdds(vm, name, spec[name]!) &&
      spec[name] !== (vm.settings as unknown as Record<string, Value>)[field.setting]
    )
      throw mustBeOff(vm, name);
  }
  if (!off && flags["vvtdEnabled"] !== undefined && flags["vvtdEnabled"] !== vm.settings.vvtdEnabled)
    throw mustBeOff(vm, "flags.vvtdEnabled");
  const lock = spec["memoryReservationLockedToMax"] === true;
  if (lock && vm.powerState === "poweredOn" && !vm.world.assumptions.memoryLockWhileRunning)
    throw mustBeOff(vm, "memoryReservationLockedToMax");
  if (spec["nestedHVEnabled"] === true && vm.attached.length > 0) throw nestedBesidePassthrough(vm);
  checkMemory(vm, spec, lock);
  if (spec["version"] !== undefined) checkVersion(vm, spec["version"] as string);
}

/** CPUs and memory grow while the machine runs, where hot plug of them is on. */
const hotAdds = ({ settings, powerState }: VirtualMachine, name: string, value: Value): boolean =>
  powerState === "poweredOn" &&
  ((name === "numCPUs" && settings.cpuHotAddEnabled && (value as number) > settings.numCpus) ||
    (name === "memoryMB" && settings.memoryHotAddEnabled && (value as number) > settings.memoryMiB));

/** Another hardware version than it has: newer, that the host has, and while it is off, as UpgradeVM_Task. */
function checkVersion(vm: VirtualMachine, version: string): void {
  if (version === `vmx-${vm.hardwareVersion}`) return;
  checkUpgrade(vm, version);
}

/** N8: whichever of the two comes second. https://knowledge.broadcom.com/external/article/437651 */
export const nestedBesidePassthrough = ({ name, world }: VirtualMachine): Fault =>
  new Fault(
    world.assumptions.nestedBesidePassthrough,
    `${name} can't have nested virtualization and a passthrough device together`,
    { property: "configSpec.nestedHVEnabled" },
  );

const mustBeOff = (vm: VirtualMachine, name: string): Fault =>
  vm.wrongPowerState("poweredOff", `${name} can be changed only while ${vm.name} is powered off`);

/** M2 is what M5 stands on, and takes memory that the host has. */
function checkMemory(vm: VirtualMachine, spec: DataObject, lock: boolean): void {
  const { settings, host } = vm;
  const memoryMiB = (spec["memoryMB"] as number | undefined) ?? settings.memoryMiB;
  const reserved = reservesAllMemory({
    memoryMiB,
    memoryReservationMiB: reservation(spec) ?? settings.memoryReservationMiB,
    memoryReservationLockedToMax:
      (spec["memoryReservationLockedToMax"] as boolean | undefined) ?? settings.memoryReservationLockedToMax,
  });
  if (spec["fixedPassthruHotPlugEnabled"] === true && !reserved) {
    throw new Fault("InvalidVmConfig", "fixedPassthruHotPlugEnabled needs all guest memory reserved", {
      property: "fixedPassthruHotPlugEnabled",
    });
  }
  const wanted = lock ? memoryMiB : (reservation(spec) ?? 0);
  if (wanted <= settings.memoryReservationMiB || vm.powerState !== "poweredOn") return;
  const fault = host.whyNotReserve(wanted, vm);
  if (fault) throw fault;
}

/** Carries out what checkSettings let pass. */
export function applySettings(vm: VirtualMachine, spec: DataObject): void {
  const settings = vm.settings as unknown as Record<string, Value>;
  for (const [name, { setting }] of Object.entries(FIELDS))
    if (spec[name] !== undefined) settings[setting] = spec[name];
  if (isDataObject(spec["flags"]) && spec["flags"]["vvtdEnabled"] !== undefined)
    settings["vvtdEnabled"] = spec["flags"]["vvtdEnabled"];
  vm.settings.kept = keptAfter(vm.settings, spec);
  if (spec["version"] !== undefined) vm.hardwareVersion = hardwareVersion(spec["version"] as string);
  vm.settings.memoryReservationMiB = vm.settings.memoryReservationLockedToMax
    ? vm.settings.memoryMiB
    : (reservation(spec) ?? vm.settings.memoryReservationMiB);
  for (const option of listOf(spec["extraConfig"]) as DataObject[]) {
    const value = option["value"];
    const text = isDataObject(value) ? String(value["value"] as Value) : "";
    if (text === "") vm.settings.extraConfig.delete(option["key"] as string);
    else vm.settings.extraConfig.set(option["key"] as string, text);
  }
  vm.name = vm.settings.name;
}
