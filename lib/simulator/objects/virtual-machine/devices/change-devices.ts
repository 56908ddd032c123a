import { Fault } from "../../../fault";
import { schema } from "../../../schema/schema";
import type { DataObject } from "../../../value";
import { type DeviceChange, deviceFields } from "../device-change";
import { familyOf } from "./device-families";
import { slotsOf } from "./device-list";
import type { DeviceContext, DeviceFamily, Place } from "./device-family";
import type { DeviceOwner } from "./device-owner";

interface ChangeOptions {
  /** All devices of the owner, those that are passed through too: they have places on the bus. */
  readonly others?: readonly DataObject[];
  /** The virtual machine is being made: what it is made with anyway may be named as new. */
  readonly creating?: boolean;
}

type Refuse = DeviceContext["refuse"];

/** An owner's devices after a specification's changes, one after the other; throws what forbids one of them. */
export function changedDevices(
  owner: DeviceOwner,
  changes: readonly DeviceChange[],
  { others = [], creating = false }: ChangeOptions = {},
): readonly DataObject[] {
  /** Keys that the specification gives to what it adds, and what they became. */
  const keys = new Map<number, number>();
  let devices = owner.hardware;
  for (const change of changes) {
    const refuse: Refuse = (type, why, fields = {}) =>
      new Fault(type, `${owner.name}: ${why}`, { ...deviceFields(type, change.index), ...fields });
    const family = familyOf(change.device);
    if (!family) throw refuse("NotSupported", `The embedded vCenter changes no ${String(change.device.$type)}`);
    const given = { ...change, device: withRealController(change.device, keys) };
    const context = { owner, devices: [...devices, ...others], fileOperation: change.fileOperation, refuse };
    const former = devices.find(({ key }) => key === change.device["key"]);
    checkFileOperation(change, refuse);
    if (change.operation === "add") {
      const known = creating && family.builtIn ? builtIn(devices, given.device, refuse) : undefined;
      if (!known) refuseBuiltIn(family, given, refuse);
      const made = known ? { ...known, ...given.device, key: known["key"]! } : added(family, given.device, context);
      keys.set(change.device["key"] as number, made["key"] as number);
      devices = known ? replaced(devices, known, made) : [...devices, made];
    } else {
      if (!former || former.$type !== change.device.$type)
        throw refuse(
          "DeviceNotFound",
          `There is no ${String(change.device.$type)} with the key ${change.device["key"] as number}`,
        );
      if (change.operation === "remove") {
        refuseBuiltIn(family, given, refuse);
        requireHotPlug(family, former, context);
        devices = devices.filter((device) => device !== former);
      } else devices = replaced(devices, former, edited(family, given.device, { ...context, former }));
    }
  }
  requireControllers(owner, devices);
  return devices;
}

const replaced = (devices: readonly DataObject[], former: DataObject, next: DataObject): DataObject[] =>
  devices.map((device) => (device === former ? next : device));

const withRealController = (device: DataObject, keys: ReadonlyMap<number, number>): DataObject => {
  const key = device["controllerKey"] as number | undefined;
  return key !== undefined && keys.has(key) ? { ...device, controllerKey: keys.get(key)! } : device;
};

const builtIn = (devices: readonly DataObject[], { $type, busNumber }: DataObject, refuse: Refuse): DataObject => {
  const known = devices.find(
    (one) => one.$type === $type && (one["busNumber"] ?? 0) === Math.max(0, (busNumber as number | undefined) ?? 0),
  );
  if (!known) throw refuse("InvalidDeviceSpec", `There is no ${$type!} beside those that are built in`);
  return known;
};

function refuseBuiltIn({ builtIn }: DeviceFamily, { operation, device }: DeviceChange, refuse: Refuse): void {
  if (builtIn)
    throw refuse("InvalidDeviceOperation", `The embedded vCenter doesn't ${operation} a ${device.$type!}`, {
      badOp: operation,
    });
}

/** Files come and go with disks alone. */
function checkFileOperation({ operation, fileOperation, device }: DeviceChange, refuse: Refuse): void {
  if (fileOperation === undefined) return;
  const fits = operation === "add" ? fileOperation === "create" : fileOperation === "destroy" && operation === "remove";
  if (device.$type !== "VirtualDisk" || !fits)
    throw refuse("InvalidDeviceOperation", `${fileOperation} doesn't go with ${operation} of a ${device.$type!}`, {
      badOp: operation,
      badFileOp: fileOperation,
    });
}

type Context = Omit<DeviceContext, "operation">;

function added(family: DeviceFamily, device: DataObject, context: Context): DataObject {
  const { carrier, place } = placeFor(family, device, context);
  requireHotPlug(family, { ...device, controllerKey: carrier["key"]! }, context);
  const whole = { ...device, controllerKey: carrier["key"]!, ...place, ...slot(device, carrier, context) };
  const index = freeIndex(family, context.devices);
  return described(family, connectable(complete(family, whole, { ...context, operation: "add" }), context), (device_) =>
    family.label(index, device_),
  );
}

function edited(family: DeviceFamily, device: DataObject, context: Context & { former: DataObject }): DataObject {
  const { former } = context;
  const whole: DataObject = { ...former, ...device };
  if (family.builtIn || schema.isA(former.$type!, "VirtualController"))
    requireOff(context, `A ${former.$type!} is changed`);
  const moved = whole["controllerKey"] !== former["controllerKey"] || whole["unitNumber"] !== former["unitNumber"];
  if (moved && family.builtIn) throw context.refuse("InvalidDeviceSpec", `A ${former.$type!} stays on its controller`);
  if (moved) requireOff(context, `A device goes to another controller`);
  const rest = { ...context, devices: context.devices.filter((one) => one !== former) };
  const place = moved ? placeFor(family, whole, rest).place : {};
  const label = (former["deviceInfo"] as DataObject)["label"] as string;
  return described(
    family,
    connectable(complete(family, { ...whole, ...place }, { ...rest, operation: "edit" }), context),
    () => label,
  );
}

/** A device on the PCI bus has a slot of it in the guest: 160 for the first SCSI controller, the others from 192. */
function slot(device: DataObject, { $type }: DataObject, { devices }: Context): DataObject {
  if ($type !== "VirtualPCIController" || device["slotInfo"] !== undefined) return {};
  const taken = slotsOf(devices);
  let pciSlotNumber = schema.isA(device.$type!, "VirtualSCSIController") ? 160 : 192;
  while (taken.has(pciSlotNumber)) pciSlotNumber += 32;
  return { slotInfo: { $type: "VirtualDevicePciBusSlotInfo", pciSlotNumber } };
}

const complete = ({ complete: make }: DeviceFamily, device: DataObject, context: DeviceContext): DataObject =>
  make ? make(device, context) : device;

/** What it is called is vCenter's to say. */
const described = (family: DeviceFamily, device: DataObject, label: (device: DataObject) => string): DataObject => ({
  ...device,
  deviceInfo: { label: label(device), summary: family.summary(device) },
});

/** What can be disconnected says whether it is. */
function connectable(device: DataObject, { owner }: Context): DataObject {
  const known = ["VirtualCdrom", "VirtualFloppy", "VirtualSerialPort"].includes(device.$type!);
  if (!known && !schema.isA(device.$type!, "VirtualEthernetCard")) return device;
  const given = device["connectable"] as DataObject | undefined;
  const startConnected = given?.["startConnected"] ?? true;
  const connected = owner.powerState === "poweredOn" && (given?.["connected"] ?? startConnected);
  return {
    ...device,
    connectable: { allowGuestControl: true, ...given, startConnected, connected, status: connected ? "ok" : "untried" },
  };
}

/** A free place on the controller that is asked for. */
function placeFor(
  family: DeviceFamily,
  device: DataObject,
  { devices, refuse }: Context,
): { carrier: DataObject; place: Place } {
  const controllerKey = (device["controllerKey"] as number | undefined) ?? family.defaultController;
  const carrier = devices.find(({ key }) => key === controllerKey);
  const type = carrier && Object.keys(family.carriers).find((base) => schema.isA(carrier.$type!, base));
  if (!carrier || !type)
    throw refuse(
      "InvalidController",
      `A ${device.$type!} needs a controller of the type ${Object.keys(family.carriers).join(" or ")}, ` +
        `and ${controllerKey ?? "no key"} names none`,
      { controllerKey: controllerKey ?? 0 },
    );
  // A floppy drive and a serial port may have the same number on the SIO controller.
  const apart = type === "VirtualSIOController";
  const taken = new Set(
    devices
      .filter((one) => one["controllerKey"] === controllerKey && !(apart && one.$type !== device.$type))
      .map(({ unitNumber }) => unitNumber),
  );
  const places = family.carriers[type]!(carrier);
  const wanted = wantedUnit(family, device, places);
  const free = places.find(
    ({ key, unitNumber }) =>
      (wanted === undefined || wanted === unitNumber) &&
      !taken.has(unitNumber) &&
      !devices.some((one) => one["key"] === key),
  );
  if (free) return { carrier, place: free };
  throw wanted === undefined
    ? refuse("TooManyDevices", `There is no room for another ${device.$type!}`)
    : refuse("InvalidDeviceSpec", `The unit ${wanted} of the controller ${controllerKey} isn't free`);
}

/** A controller is asked for by its bus, another device by its unit; a negative number asks for any. */
function wantedUnit(
  { defaultController }: DeviceFamily,
  device: DataObject,
  places: readonly Place[],
): number | undefined {
  const bus = device["busNumber"] as number | undefined;
  if (bus !== undefined) return bus < 0 ? undefined : (places[bus]?.unitNumber ?? bus);
  const unit = device["unitNumber"] as number | undefined;
  // Units of the PCI bus are vCenter's to choose.
  return unit === undefined || unit < 0 || defaultController === 100 ? undefined : unit;
}

/** The lowest number that no device of its family is called by. */
function freeIndex(family: DeviceFamily, devices: readonly DataObject[]): number {
  const labels = new Set(devices.map((device) => (device["deviceInfo"] as DataObject | undefined)?.["label"]));
  let index = 0;
  while (labels.has(family.label(index, { busNumber: -1 }))) index++;
  return index;
}

function requireOff({ owner, refuse }: Context, what: string): void {
  if (owner.powerState !== "poweredOff")
    throw refuse("InvalidPowerState", `${what} only while the virtual machine is powered off`, {
      requestedState: "poweredOff",
      existingState: owner.powerState,
    });
}

function requireHotPlug({ hotPlug }: DeviceFamily, device: DataObject, context: Context): void {
  const controller = context.devices.find(({ key }) => key === device["controllerKey"]);
  if (hotPlug === true || (typeof hotPlug === "function" && controller && hotPlug(controller))) {
    if (context.owner.powerState === "suspended") requireOff(context, `A ${device.$type!} comes and goes`);
    return;
  }
  requireOff(context, `A ${device.$type!} comes and goes`);
}

/** No device is left behind by its controller. */
function requireControllers({ name }: DeviceOwner, devices: readonly DataObject[]): void {
  const lost = devices.find(
    ({ controllerKey }) => controllerKey !== undefined && !devices.some(({ key }) => key === controllerKey),
  );
  if (lost)
    throw new Fault("InvalidDeviceSpec", `${name}: the device ${lost["key"] as number} would lose its controller`, {
      ...deviceFields("InvalidDeviceSpec", 0),
    });
}
