import {
  type Check,
  text,
  anyText,
  flag,
  count,
  integer,
  time,
  oneOf,
  matching,
  either,
  list,
  isObject,
  dictionary,
  object,
} from "./checks";
import { type Inventory, type InventoryVirtualMachine, KEPT_SERIES } from "./inventory";
import { checkKeptDevice, keptData } from "./kept-data";

const hex = matching(/^[0-9a-f]{4}$/, "8086");
const address = matching(
  /^(?!0)[0-9a-f]{5,8}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$|^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/,
  "0000:3b:00.0",
);
const version = matching(/^\d+\.\d+\.\d+(\.\d+)?$/, "8.0.3");
const uuid = matching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, "42170f0a-1c0b-6a49-b0a3-2d1a5c4f0042");

const isText = (value: unknown): boolean => typeof value === "string";

const DEVICE_IDS = { address, vendor: hex, device: hex };
const DEVICE: Record<string, Check> = {
  class: hex,
  subsystemVendor: hex,
  subsystemDevice: hex,
  serialNumber: text,
  vendorName: text,
  name: text,
  slot: count,
  passthrough: oneOf("active", "enabled", "disabled", "disabledAfterRestart", "unsupported"),
  dependentDevice: address,
  usedFor: either(
    oneOf("boot", "coredump", "vsan", "vsanEsa", "flash"),
    object({ datastore: text }, { scratch: flag, hostCacheMB: count }),
    isText,
  ),
};

/** A device to plug in. */
export const checkDevice: Check = object(DEVICE_IDS, DEVICE);
const checkHostDevice = object(DEVICE_IDS, { ...DEVICE, pulled: flag, known: flag });

const FIXED = "VirtualPCIPassthroughDeviceBackingInfo";
const checkFixed = object(
  { $type: oneOf(FIXED), id: text, deviceId: anyText, systemId: text, vendorId: integer },
  { deviceName: anyText, useAutoDetect: flag },
);
const checkDynamic = object(
  { $type: oneOf("VirtualPCIPassthroughDynamicBackingInfo") },
  {
    deviceName: anyText,
    useAutoDetect: flag,
    customLabel: anyText,
    assignedId: anyText,
    allowedDevice: list(
      object(
        { vendorId: integer, deviceId: integer },
        { $type: text, subVendorId: integer, subDeviceId: integer, revisionId: integer },
      ),
    ),
  },
);
const checkAttached = object(
  {
    key: count,
    ordinal: count,
    backing: either(checkFixed, checkDynamic, (value) => isObject(value) && value["$type"] === FIXED),
  },
  { slot: count },
);

const disks = list(object({ path: text, capacityKiB: count }));
/** A value, or the one that runs beside the one that is configured. */
const bootSetting = (check: Check, type: "number" | "boolean"): Check =>
  either(check, object({ configured: check, running: check }), (value) => typeof value === type);

const checkHost = object(
  { name: text },
  {
    id: matching(/^host-\d+$/, "host-12"),
    version,
    build: text,
    cluster: text,
    vendor: text,
    model: text,
    biosVersion: text,
    uuid,
    memoryGiB: count,
    cpuThreads: count,
    connectionState: oneOf("connected", "disconnected", "notResponding"),
    maintenanceMode: flag,
    bootedFromStatelessCache: either(oneOf(null), flag, (value) => value === null),
    hotPlugSupported: flag,
    rebindWithoutReboot: flag,
    maxIntrCookies: bootSetting(count, "number"),
    enablePCIEHotplug: bootSetting(flag, "boolean"),
    bootTime: time,
    restarting: flag,
    devices: list(checkHostDevice),
    datastores: list(
      object({ name: text }, { device: address, disks, id: matching(/^datastore-\d+$/, "datastore-103") }),
    ),
  },
);

const checkVirtualMachine = object(
  { name: text, host: text },
  {
    id: matching(/^vm-\d+$/, "vm-42"),
    folder: text,
    resourcePool: text,
    uuid,
    instanceUuid: uuid,
    powerState: oneOf("poweredOn", "poweredOff", "suspended"),
    connectionState: oneOf("connected", "disconnected", "orphaned", "inaccessible", "invalid"),
    template: flag,
    snapshot: text,
    numCpus: count,
    memoryMiB: count,
    hardwareVersion: count,
    firmware: oneOf("efi", "bios"),
    motherboardLayout: oneOf("acpiHostBridges", "i440bxHostBridge"),
    memoryReservationLockedToMax: flag,
    fixedPassthruHotPlugEnabled: flag,
    vvtdEnabled: flag,
    cpuHotAddEnabled: flag,
    cpuHotRemoveEnabled: flag,
    memoryHotAddEnabled: flag,
    nestedHVEnabled: flag,
    dynamicDevice: object({ vendor: hex, device: hex }),
    devices: list(either(address, checkAttached, isText)),
    rawDisks: list(object({ device: address }, { mode: oneOf("virtual", "physical") })),
    guestId: text,
    tools: oneOf("running", "notRunning", "notInstalled"),
    ignoresShutdown: flag,
    directory: text,
    datastore: text,
    hardware: list(checkKeptDevice),
    config: keptData("VirtualMachineConfigSpec"),
    ipAddress: text,
    annotation: anyText,
    coresPerSocket: count,
    memoryReservationMiB: count,
    lastDevice: object({ key: count, slot: count }),
    extraConfig: list(object({ key: anyText, value: text })),
    guestRequest: oneOf("shutdown", "reboot"),
    bootTime: time,
    modified: time,
    changeVersion: text,
    snapshots: list(
      object({ id: matching(/^snapshot-\d+$/, "snapshot-1001"), name: anyText, description: anyText, created: time }),
    ),
  },
);

const checkTagCategory = object(
  { name: text },
  {
    id: matching(/^urn:vmomi:InventoryServiceCategory:[^:]+:GLOBAL$/, "urn:vmomi:InventoryServiceCategory:…:GLOBAL"),
    description: anyText,
    cardinality: oneOf("SINGLE", "MULTIPLE"),
    associableTypes: list(text),
    tags: list(
      object(
        { name: text },
        {
          id: matching(/^urn:vmomi:InventoryServiceTag:[^:]+:GLOBAL$/, "urn:vmomi:InventoryServiceTag:…:GLOBAL"),
          description: anyText,
          attachedTo: list(matching(/^[A-Z]\w+:\S+$/, "VirtualMachine:vm-42")),
        },
      ),
    ),
  },
);

const checkInventory = object(
  { hosts: list(checkHost) },
  {
    vcenter: object({}, { version, build: text, instanceUuid: uuid, apiType: oneOf("VirtualCenter", "HostAgent") }),
    datacenter: text,
    networks: list(object({ name: text }, { id: matching(/^network-\d+$/, "network-100") })),
    folders: list(object({ path: text, id: matching(/^group-[dhnsv]\d+$/, "group-v105") })),
    numbers: object({}, Object.fromEntries(KEPT_SERIES.map((series) => [series, count]))),
    virtualMachines: list(checkVirtualMachine),
    clusters: list(object({ name: text }, { drs: flag })),
    resourcePools: list(
      object(
        { id: matching(/^resgroup-\d+$/, "resgroup-1001"), name: text, parent: text },
        { cpuAllocation: keptData("ResourceAllocationInfo"), memoryAllocation: keptData("ResourceAllocationInfo") },
      ),
    ),
    tagCategories: list(checkTagCategory),
    roles: dictionary(list(text)),
    users: list(object({ name: text, password: text }, { role: text, noAccess: list(text) })),
  },
);

/** An inventory from JSON text or as an object; throws what is wrong in it, with the place. */
export function parseInventory(content: string | object, source: string): Inventory {
  let value: unknown = content;
  if (typeof content === "string") {
    try {
      value = JSON.parse(content);
    } catch (error) {
      throw new Error(`${source}: this is not JSON: ${(error as Error).message}`, { cause: error });
    }
  }
  checkInventory(value, source);
  const inventory = value as Inventory;
  checkReferences(inventory, source);
  return inventory;
}

/** What one object says of another. */
function checkReferences(
  { hosts, folders = [], virtualMachines = [], users = [], roles = {} }: Inventory,
  source: string,
): void {
  const once = (values: readonly (string | undefined)[], what: string): void => {
    const twice = values.find((value, index) => value !== undefined && values.indexOf(value) !== index);
    if (twice !== undefined) throw new Error(`${source}: ${what} ${twice} is there twice`);
  };
  once(
    hosts.map(({ name }) => name),
    "the host",
  );
  once(
    [...hosts, ...hosts.flatMap(({ datastores = [] }) => datastores), ...folders, ...virtualMachines].map(
      ({ id }) => id,
    ),
    "the id",
  );
  for (const host of hosts)
    once(
      (host.devices ?? []).map((device) => device.address),
      `on ${host.name}, the device`,
    );
  for (const host of hosts) {
    const kept = new Set([
      ...(host.devices ?? []).flatMap((device) => (device.usedFor ? device.address : [])),
      ...(host.datastores ?? []).flatMap(({ device }) => device ?? []),
    ]);
    const taken = host.devices?.find(
      (device) => kept.has(device.address) && ["active", "enabled"].includes(device.passthrough ?? "active"),
    );
    if (taken)
      throw new Error(`${source}: ${host.name} uses ${taken.address} itself: its passthrough must be "disabled"`);
  }
  for (const vm of virtualMachines) {
    const host = hosts.find(({ name, id }) => name === vm.host || id === vm.host);
    if (!host) throw new Error(`${source}: the virtual machine ${vm.name} is on a host that isn't there: ${vm.host}`);
    const given = (vm.devices ?? []).filter((device) => typeof device === "string");
    const missing = given.find((wanted) => !host.devices?.some((device) => device.address === wanted));
    if (missing)
      throw new Error(`${source}: the virtual machine ${vm.name} has a device that ${host.name} hasn't: ${missing}`);
    if (!runs(vm)) continue;
    const idle = host.devices?.find(
      (device) => given.includes(device.address) && (device.passthrough ?? "active") !== "active",
    );
    if (idle)
      throw new Error(
        `${source}: the virtual machine ${vm.name} runs with ${idle.address}, whose passthrough must then be "active"`,
      );
    once(
      virtualMachines
        .filter((other) => runs(other) && (other.host === host.name || other.host === host.id))
        .flatMap(addresses),
      `among the running machines on ${host.name}, the device`,
    );
  }
  for (const { name, role = "Admin" } of users) {
    if (role !== "Admin" && role !== "ReadOnly" && !Object.hasOwn(roles, role))
      throw new Error(`${source}: the user ${name} has a role that isn't there: ${role}`);
  }
}

const runs = ({ powerState = "poweredOn" }: InventoryVirtualMachine): boolean => powerState === "poweredOn";

const addresses = ({ devices = [] }: InventoryVirtualMachine): (string | undefined)[] =>
  devices.map((device) => (typeof device === "string" ? device : (device.backing["id"] as string | undefined)));
