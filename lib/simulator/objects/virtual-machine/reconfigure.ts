import { isNvme } from "../../core/host-device";
import { backingOf, fixedBacking, isDynamic, namesDevice } from "../../core/passthrough";
import { atLeast } from "../../core/version";
import { Fault } from "../../fault";
import { schema } from "../../schema/schema";
import { type DataObject, listOf, type Reference } from "../../value";
import type { Call } from "../managed-object";
import { applySettings, checkSettings } from "./config-spec";
import { isNvmeAddress, whyNotReady } from "./power";
import type { VirtualMachine } from "./virtual-machine";

interface DeviceChange {
  readonly index: number;
  readonly operation: "add" | "remove" | "edit";
  readonly device: DataObject;
}

const MAXIMUM_NVME_DEVICES = 32;
/** What VMware's page on hot plug asks for (H2). */
const MINIMUM_INTR_COOKIES = 4096;

/** ReconfigVM_Task: what it may not do is refused, the rest becomes a task. */
export function reconfigure(vm: VirtualMachine, spec: DataObject, call: Call): Reference {
  vm.requireReachable();
  const start = (fault?: Fault, hot = false): Reference => {
    if (fault && vm.world.assumptions.reconfigureFaultsAt === "call") throw fault;
    const { hotPlugMs, reconfigureMs } = vm.world.timings;
    return vm.startTask({
      descriptionId: "VirtualMachine.reconfigure",
      call,
      durationMs: fault ? 0 : hot ? hotPlugMs : reconfigureMs,
      work: () => {
        if (fault) throw fault;
        // What held when the call came may hold no longer.
        check(vm, spec);
        apply(vm, spec);
      },
    });
  };
  try {
    return start(undefined, check(vm, spec));
  } catch (error) {
    if (!(error instanceof Fault) || error.type === "TaskInProgress") throw error;
    return start(error);
  }
}

const deviceChanges = (spec: DataObject): DeviceChange[] =>
  listOf(spec["deviceChange"]).map((change, index) => {
    const { operation, device } = change as { operation?: DeviceChange["operation"]; device: DataObject };
    return { index, operation: operation ?? "edit", device };
  });

/** Throws the fault that vCenter gives; answers whether this is a hot plug of a passthrough device. */
function check(vm: VirtualMachine, spec: DataObject): boolean {
  if (spec["changeVersion"] !== undefined && spec["changeVersion"] !== vm.changeVersion) {
    throw new Fault(
      "ConcurrentAccess",
      `The configuration of ${vm.name} has changed since ${String(spec["changeVersion"])}`,
    );
  }
  const changes = deviceChanges(spec);
  const passthrough = changes.filter(({ device }) => device.$type === "VirtualPCIPassthrough");
  const hot = vm.powerState === "poweredOn" && passthrough.length > 0;
  if (vm.powerState === "suspended" && passthrough.length > 0) throw powerState(vm, "poweredOff");
  if (vm.template && passthrough.length > 0) throw new Fault("NotSupported", `${vm.name} is a template`);
  if (hot) checkHotPlug(vm, spec, passthrough);
  const other = changes.find((change) => !passthrough.includes(change));
  if (other) throw new Fault("NotSupported", `The embedded vCenter changes no ${String(other.device.$type)}`);
  for (const change of passthrough) checkDevice(vm, change);
  checkCount(vm, passthrough);
  checkSettings(vm, spec);
  return hot;
}

const powerState = (vm: VirtualMachine, requestedState: string): Fault =>
  new Fault("InvalidPowerState", `${vm.name} is ${vm.powerState}`, { requestedState, existingState: vm.powerState });

/** One device a call, nothing beside it, on what supports it: L1 to L3, V1, V2. */
function checkHotPlug(vm: VirtualMachine, spec: DataObject, changes: readonly DeviceChange[]): void {
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
  if (there && isDynamic(there)) return "dynamic passthrough devices can't be hot plugged";
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

/** The fields that tell which device a fault is about, of those that its type has. */
const deviceFields = (type: string, deviceIndex: number): DataObject => ({
  ...(schema.field(type, "property") ? { property: `configSpec.deviceChange[${deviceIndex}]` } : {}),
  ...(schema.field(type, "deviceIndex") ? { deviceIndex } : {}),
});

function checkDevice(vm: VirtualMachine, change: DeviceChange): void {
  const { assumptions } = vm.world;
  const refuse = (type: string, why: string): Fault => new Fault(type, why, deviceFields(type, change.index));
  if (change.operation === "edit") throw refuse("InvalidDeviceSpec", "A passthrough device can't be edited");
  const key = change.device["key"] as number;
  if (change.operation === "remove") {
    const there = vm.devices.find((device) => device["key"] === key);
    if (there?.$type !== "VirtualPCIPassthrough")
      throw refuse("DeviceNotFound", `${vm.name} has no passthrough device with the key ${key}`);
    return;
  }
  // Zero is what govc's device.pci.add sends.
  if (key > 0) throw refuse("InvalidDeviceSpec", "The key of a device to add is negative");
  if (change.device["slotInfo"] !== undefined)
    throw refuse("InvalidDeviceSpec", "The slot of a device to add is vCenter's to choose");
  if (isDynamic(change.device)) return;
  const backing = fixedBacking(change.device);
  if (!backing) throw refuse("InvalidDeviceBacking", "This backing is not known");
  const device = vm.host.offered.find(({ description }) => description.address === backing.id);
  if (!device)
    throw refuse(assumptions.deviceUnavailable, `${vm.host.name} offers no passthrough device ${backing.id}`);
  if (backing.systemId !== vm.host.systemId)
    throw refuse(assumptions.deviceUnavailable, `The system id of ${backing.id} is not that of ${vm.host.name}`);
  // On a machine that is off, wrong ids are taken in silence; it then fails to power on.
  if (vm.powerState === "poweredOn" && !namesDevice(backing, device)) {
    throw refuse(assumptions.deviceUnavailable, `${backing.id} is not ${backing.vendorId} ${backing.deviceId}`);
  }
  if (vm.passthroughAddresses.includes(backing.id))
    throw refuse(assumptions.deviceInUse, `${vm.name} has ${backing.id} already`);
  const user = vm.host.virtualMachines.find(
    (one) => one !== vm && one.powerState !== "poweredOff" && one.passthroughAddresses.includes(backing.id),
  );
  if (user && vm.powerState === "poweredOn") throw refuse(assumptions.deviceInUse, `${user.name} uses ${backing.id}`);
}

/** L4, cold or hot. */
function checkCount(vm: VirtualMachine, changes: readonly DeviceChange[]): void {
  const removed = new Set(changes.filter(({ operation }) => operation === "remove").map(({ device }) => device["key"]));
  const left = vm.devices.filter(
    (device) => !removed.has(device["key"]) && isNvmeAddress(vm, fixedBacking(device)?.id),
  ).length;
  const added = changes.filter(
    ({ operation, device }) => operation === "add" && isNvmeAddress(vm, fixedBacking(device)?.id),
  );
  if (added.length > 0 && left + added.length > MAXIMUM_NVME_DEVICES) {
    const type = vm.world.assumptions.tooManyDevices;
    throw new Fault(
      type,
      `${vm.name} would have more than ${MAXIMUM_NVME_DEVICES} NVMe passthrough devices`,
      deviceFields(type, added[0]!.index),
    );
  }
}

function apply(vm: VirtualMachine, spec: DataObject): void {
  for (const { operation, device } of deviceChanges(spec)) {
    if (operation === "remove") vm.detach(device["key"] as number);
    if (operation === "add") vm.attach(attachedBacking(vm, device));
  }
  applySettings(vm, spec);
  vm.touch();
}

/** The backing as given, with the name that vCenter knows. */
function attachedBacking(vm: VirtualMachine, device: DataObject): DataObject {
  const backing = device["backing"] as DataObject;
  const fixed = fixedBacking(device);
  const known = fixed && vm.host.device(fixed.id);
  return known && namesDevice(fixed, known) ? backingOf(known, vm.host.systemId) : backing;
}
