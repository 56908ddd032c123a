import { TerraformElement } from "cdktf";
import { Construct } from "constructs";
import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { ORDERS } from "../hotplug/devices/plan";
import { POWER_CYCLE_POLICIES, type PowerCyclePolicy } from "../hotplug/facts";
import { checkRules } from "../hotplug/rules/rules";
import { MINIMUM_HARDWARE_VERSION } from "../hotplug/rules/virtual-machine";
import { PassthroughDevices } from "./bindings/passthrough-devices";
import { VirtualMachineSettings } from "./bindings/virtual-machine-settings";
import { brokenRules, deviceNotOfHost, invalidProp, otherHost } from "./errors";
import type {
  ExistingVirtualMachineProps,
  HotplugProps,
  HotplugReadyVmProps,
  StackVirtualMachineProps,
} from "./hotplug-ready-vm-props";
import { known, knownMembers } from "./known";
import { claim } from "./ownership";
import type { PassthroughHost } from "./passthrough-host";
import {
  argumentsOf,
  brokenByArguments,
  leavingDevicesAlone,
  VSPHERE_DEFAULTS,
  type VirtualMachineArguments,
} from "./virtual-machine-arguments";
import { ensureVsphereProvider } from "./vsphere-provider";

/** All three; which of them is told by how they name the virtual machine. */
type AnyProps = HotplugReadyVmProps | StackVirtualMachineProps | ExistingVirtualMachineProps;

/** What any of them may have. */
type EveryProp = HotplugProps &
  Partial<Omit<ExistingVirtualMachineProps, keyof HotplugProps>> & { readonly virtualMachine?: unknown };

/** A virtual machine, wherever it comes from. */
interface TakenVirtualMachine {
  id: string;
  virtualMachine?: VirtualMachine;
  hardwareVersion?: number;
  powerCycle: PowerCyclePolicy;
}

/**
 * A virtual machine whose NVMe passthrough devices are a declared set: changed one call at a time while it runs.
 *
 * A deploy prepares the host first, then the virtual machine, and then attaches the devices; a destroy takes the
 * devices off before anything else goes.
 */
export class HotplugReadyVm extends Construct {
  /** The virtual machine's own resource, where this stack has it. */
  readonly virtualMachine?: VirtualMachine;
  /** The resource that sets what the virtual machine needs for hot plug. */
  readonly settings: VirtualMachineSettings;
  /** The resource that owns the virtual machine's NVMe passthrough devices. */
  readonly passthroughDevices: PassthroughDevices;

  /**
   * A virtual machine that the stack has already. Its arguments are checked as they stand now.
   *
   * @throws HotplugConstructError as the constructor does
   */
  static fromVirtualMachine(scope: Construct, id: string, props: StackVirtualMachineProps): HotplugReadyVm {
    return new HotplugReadyVm(scope, id, props);
  }

  /**
   * A virtual machine that exists already, named by its BIOS UUID, its instance UUID or its managed object id
   * (`vm-42`).
   *
   * @throws HotplugConstructError as the constructor does
   */
  static fromVirtualMachineId(scope: Construct, id: string, props: ExistingVirtualMachineProps): HotplugReadyVm {
    return new HotplugReadyVm(scope, id, props);
  }

  /**
   * A new virtual machine, made by vmware/vsphere. Where the stack has no VsphereProvider, it gets one that takes its
   * arguments from the environment.
   *
   * @throws HotplugConstructError on what hot plug rules out, a malformed address, more than 32 devices, a device that
   * isn't the host's or that another virtual machine of the stack has, or a virtual machine that the stack has twice
   */
  constructor(scope: Construct, id: string, props: AnyProps) {
    super(scope, id);
    checkProps(this.node.path, props);
    const taken = virtualMachineOf(this, props);
    const {
      host,
      hostId: namedHostId,
      virtualMachine: _virtualMachine,
      virtualMachineId: _virtualMachineId,
      hardwareVersion: _hardwareVersion,
      powerCycle,
      guestShutdownTimeout,
      forcePowerOff,
      ...deviceArguments
    }: EveryProp = props;
    const hostId = host?.hostId ?? namedHostId;
    claim(this, {
      virtualMachineId: taken.virtualMachine?.node.path ?? taken.id,
      ...(hostId !== undefined && { devices: { hostId, addresses: knownMembers(props.devices) } }),
    });

    const hostFirst = host ? [host.hostResource] : [];
    this.virtualMachine = taken.virtualMachine;
    this.settings = new VirtualMachineSettings(this, "settings", {
      virtualMachineId: taken.id,
      hardwareVersion: taken.hardwareVersion,
      powerCycle: powerCycle ?? taken.powerCycle,
      guestShutdownTimeout,
      forcePowerOff,
      provider: props.provider,
      dependsOn: hostFirst,
    });
    this.passthroughDevices = new PassthroughDevices(this, "devices", {
      ...deviceArguments,
      virtualMachineId: taken.id,
      hostId,
      dependsOn: [this.settings, ...hostFirst],
    });
  }
}

function virtualMachineOf(scope: HotplugReadyVm, props: AnyProps): TakenVirtualMachine {
  if ("virtualMachineId" in props)
    return { id: props.virtualMachineId, hardwareVersion: props.hardwareVersion, powerCycle: "never" };
  const virtualMachine = isStackProps(props) ? stackVirtualMachine(scope, props) : newVirtualMachine(scope, props);
  const hardwareVersion = known(virtualMachine.hardwareVersionInput);
  return {
    id: virtualMachine.id,
    virtualMachine,
    hardwareVersion,
    powerCycle: isStackProps(props) ? "never" : "on_create",
  };
}

function isStackProps(props: HotplugReadyVmProps | StackVirtualMachineProps): props is StackVirtualMachineProps {
  return TerraformElement.isTerraformElement(props.virtualMachine);
}

function newVirtualMachine(
  scope: HotplugReadyVm,
  { virtualMachine: given, host }: HotplugReadyVmProps,
): VirtualMachine {
  const memory = given.memory ?? VSPHERE_DEFAULTS.memory;
  const config = {
    ...given,
    memory,
    memoryReservation: given.memoryReservation ?? memory,
    memoryReservationLockedToMax: given.memoryReservationLockedToMax ?? true,
    firmware: given.firmware ?? "efi",
    hardwareVersion: given.hardwareVersion ?? MINIMUM_HARDWARE_VERSION,
    hostSystemId: given.hostSystemId ?? host.hostId,
  };
  checkArguments(scope.node.path, config, host);
  if (!given.provider) ensureVsphereProvider(scope);
  return new VirtualMachine(scope, "vm", {
    ...config,
    dependsOn: [...(given.dependsOn ?? []), host.hostResource],
    lifecycle: leavingDevicesAlone(given.lifecycle),
  });
}

function stackVirtualMachine(
  scope: HotplugReadyVm,
  { virtualMachine, host }: StackVirtualMachineProps,
): VirtualMachine {
  checkArguments(scope.node.path, argumentsOf(virtualMachine), host);
  virtualMachine.lifecycle = leavingDevicesAlone(virtualMachine.lifecycle);
  return virtualMachine;
}

function checkArguments(path: string, given: VirtualMachineArguments, host: PassthroughHost): void {
  if (given.pciDeviceId !== undefined) {
    throw invalidProp(
      path,
      "virtualMachine.pciDeviceId",
      "has a second owner for the passthrough devices. List them in devices.",
    );
  }
  const [hostSystemId, hostId] = [known(given.hostSystemId), known(host.hostId)];
  if (hostSystemId !== undefined && !/^host-\d+$/.test(hostSystemId)) {
    throw invalidProp(
      path,
      "virtualMachine.hostSystemId",
      `is ${JSON.stringify(hostSystemId)}; it has to be a managed object id. Name the PassthroughHost by its ` +
        "id, such as host-12.",
    );
  }
  if (hostSystemId !== undefined && hostId !== undefined && hostSystemId !== hostId)
    throw otherHost(path, "virtualMachine.hostSystemId", { given: hostSystemId, host });
  const violations = brokenByArguments(given, known(given.name) ?? path);
  if (violations.length > 0) throw brokenRules(path, violations);
}

function checkProps(path: string, props: AnyProps): void {
  const { order, powerCycle, devices, host } = props;
  checkChoice(path, "order", order, ORDERS);
  checkChoice(path, "powerCycle", powerCycle, POWER_CYCLE_POLICIES);
  const addresses = knownMembers(devices);
  const violations = checkRules({
    declaredCount: new Set(addresses).size,
    devices: addresses.map((address) => ({ address })),
    ...("virtualMachineId" in props && {
      virtualMachine: { title: path, hardwareVersion: known(props.hardwareVersion) },
    }),
  });
  if (violations.length > 0) throw brokenRules(path, violations);
  if (!host) return;
  const hostId = "hostId" in props ? known(props.hostId) : undefined;
  if (hostId !== undefined && known(host.hostId) !== undefined && hostId !== host.hostId)
    throw otherHost(path, "hostId", { given: hostId, host });
  const ofHost = knownMembers(host.devices);
  // A token among the host's devices may stand for any of them.
  const strangers =
    ofHost.length === host.devices.length ? addresses.filter((address) => !ofHost.includes(address)) : [];
  if (strangers.length > 0) throw deviceNotOfHost(path, strangers, host.node.path);
}

function checkChoice(path: string, prop: string, value: string | undefined, choices: readonly string[]): void {
  if (known(value) === undefined || choices.includes(value!)) return;
  throw invalidProp(
    path,
    prop,
    `is ${JSON.stringify(value)}; it can be ${choices.map((choice) => `"${choice}"`).join(" or ")}.`,
  );
}
