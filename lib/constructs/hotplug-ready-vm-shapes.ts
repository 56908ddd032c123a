import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { ORDERS } from "../hotplug/devices/plan";
import { POWER_CYCLE_POLICIES } from "../hotplug/facts";
import type {
  ExistingVirtualMachineProps,
  HotplugProps,
  HotplugReadyVmProps,
  StackVirtualMachineProps,
} from "./hotplug-ready-vm-props";
import {
  addresses,
  construct,
  duration,
  flag,
  group,
  groups,
  number,
  oneOf,
  provider,
  required,
  text,
  texts,
  timeouts,
  wholeNumber,
  type Shape,
  type Shapes,
} from "./prop-shapes";
import type { VirtualMachineArguments } from "./virtual-machine-arguments";

/** What is passed on, as it is, to the resource of the devices. */
export const DEVICE_PROPS = {
  devices: required(addresses),
  order: oneOf(...ORDERS),
  waitForDevice: duration,
  allowDeviceChange: flag,
  guest: group("it says how the guest is reached", {
    host: text("10.0.0.7"),
    port: wholeNumber(" for a port"),
    user: text("root"),
    hostKey: text("ssh-ed25519 AAAA…"),
    timeout: duration,
    rescan: flag,
    removeInUse: flag,
  }),
  timeouts: timeouts("create", "update", "delete", "operation"),
} satisfies Partial<Shapes<HotplugProps>>;

/** What is passed on, as it is, to the resource of the settings. */
export const SETTINGS_PROPS = {
  powerCycle: oneOf(...POWER_CYCLE_POLICIES),
  guestShutdownTimeout: duration,
  forcePowerOff: flag,
} satisfies Partial<Shapes<HotplugProps>>;

const HOTPLUG_PROPS: Shapes<HotplugProps> = { ...DEVICE_PROPS, ...SETTINGS_PROPS, provider };

const HOST = construct(
  'a PassthroughHost: new PassthroughHost(this, "esx01", { hostId: "host-12", devices: ["0000:3b:00.0"] })',
  "hostResource",
);

/** Those that hot plug has something to say about, and those without which there is no virtual machine. */
const VIRTUAL_MACHINE_ARGUMENTS: Shapes<Omit<VirtualMachineArguments, "pciDeviceId">> & Record<string, Shape> = {
  name: required(text("db")),
  resourcePoolId: required(text("resgroup-8")),
  datastoreId: text("datastore-11"),
  guestId: text("rhel9_64Guest"),
  firmware: text("efi"),
  hardwareVersion: number,
  numCpus: wholeNumber(" of virtual CPUs"),
  memory: wholeNumber(" of MB"),
  memoryReservation: wholeNumber(" of MB", { least: 0 }),
  memoryReservationLockedToMax: flag,
  cpuHotAddEnabled: flag,
  cpuHotRemoveEnabled: flag,
  memoryHotAddEnabled: flag,
  vvtdEnabled: flag,
  nestedHvEnabled: flag,
  extraConfig: texts('{ "disk.EnableUUID": "true" }'),
  hostSystemId: text("host-12"),
  networkInterface: groups('{ networkId: "network-7" }'),
  disk: groups('{ label: "system", size: 64 }'),
};

const META_ARGUMENTS = ["dependsOn", "provider", "lifecycle", "provisioners", "connection"];

const isVirtualMachineArgument = (name: string): boolean =>
  META_ARGUMENTS.includes(name) || `${name}Input` in VirtualMachine.prototype;

export const NEW_PROPS: Shapes<HotplugReadyVmProps> = {
  ...HOTPLUG_PROPS,
  host: required(HOST),
  virtualMachine: group(
    'it is an object with the arguments of a vsphere_virtual_machine, such as { name: "db", … }; one that the stack ' +
      "or vCenter has already is taken by HotplugReadyVm.fromVirtualMachine and fromVirtualMachineId",
    VIRTUAL_MACHINE_ARGUMENTS,
    { required: true, takesToo: isVirtualMachineArgument },
  ),
};

export const STACK_PROPS: Shapes<StackVirtualMachineProps> = {
  ...HOTPLUG_PROPS,
  host: required(HOST),
  virtualMachine: required(construct("a VirtualMachine of @cdktf/provider-vsphere in this stack", "hardwareVersion")),
};

const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;
const VIRTUAL_MACHINE_ID: Shape = {
  is: "it is a virtual machine's BIOS UUID, its instance UUID or its managed object id, such as vm-42",
  fits: (value) => typeof value === "string" && (UUID.test(value) || /^vm-./.test(value) || value.includes("/")),
};

export const EXISTING_PROPS: Shapes<ExistingVirtualMachineProps> = {
  ...HOTPLUG_PROPS,
  virtualMachineId: required(VIRTUAL_MACHINE_ID),
  host: HOST,
  hostId: text("host-12"),
  hardwareVersion: number,
};
