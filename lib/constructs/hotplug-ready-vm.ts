import { Construct } from "constructs";
import type { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import { checkRules } from "../hotplug/rules/rules";
import { PassthroughDevices } from "./bindings/passthrough-devices";
import { VirtualMachineSettings } from "./bindings/virtual-machine-settings";
import { brokenRules, deviceNotOfHost, otherHost, otherProvider } from "./errors";
import type {
  ExistingVirtualMachineProps,
  HotplugReadyVmProps,
  StackVirtualMachineProps,
} from "./hotplug-ready-vm-props";
import { DEVICE_PROPS, SETTINGS_PROPS } from "./hotplug-ready-vm-shapes";
import { known, knownMembers } from "./known";
import { requireOneCdktf } from "./one-cdktf";
import { aliasOf, claim } from "./ownership";
import { pathOf } from "./prop-shapes";
import { Request, type SourceProps } from "./virtual-machine-sources";

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
   * A virtual machine that the stack has already. Its arguments are checked as they stand now, and once more when the
   * stack is synthesized.
   *
   * @throws HotplugConstructError as the constructor does
   */
  static fromVirtualMachine(scope: Construct, id: string, props: StackVirtualMachineProps): HotplugReadyVm {
    return new HotplugReadyVm(scope, id, Request.ofStack(pathOf(scope, id), props) as never);
  }

  /**
   * A virtual machine that exists already, named by its BIOS UUID, its instance UUID or its managed object id
   * (`vm-42`).
   *
   * @throws HotplugConstructError as the constructor does
   */
  static fromVirtualMachineId(scope: Construct, id: string, props: ExistingVirtualMachineProps): HotplugReadyVm {
    return new HotplugReadyVm(scope, id, Request.ofExisting(pathOf(scope, id), props) as never);
  }

  /**
   * A new virtual machine, made by vmware/vsphere. Where the stack has no VsphereProvider, it gets one that takes its
   * arguments from the environment.
   *
   * @throws HotplugConstructError on a prop that is missing or of the wrong kind, what hot plug rules out, a malformed
   * address, more than 32 devices, a device that isn't the host's or that another virtual machine of the stack has, or
   * a virtual machine that the stack has twice
   */
  constructor(scope: Construct, id: string, props: HotplugReadyVmProps) {
    super(scope, id);
    requireOneCdktf(scope);
    const request = props instanceof Request ? props : Request.ofNew(this.node.path, props);
    const { props: given } = request;
    checkDevices(this.node.path, given);
    const { host } = given;
    const provider = given.provider ?? host?.hostResource.provider;
    const hostId = host?.hostId ?? given.hostId;
    const taken = request.take(this);
    claim(this, {
      provider,
      virtualMachineId: taken.virtualMachine?.node.path ?? taken.id,
      ...(hostId !== undefined && { devices: { hostId, addresses: knownMembers(given.devices) } }),
    });

    const hostFirst = host ? [host.hostResource] : [];
    this.virtualMachine = taken.virtualMachine;
    this.settings = new VirtualMachineSettings(this, "settings", {
      ...pick(given, SETTINGS_PROPS),
      virtualMachineId: taken.id,
      hardwareVersion: taken.hardwareVersion,
      powerCycle: given.powerCycle ?? taken.powerCycle,
      provider,
      dependsOn: hostFirst,
    });
    this.passthroughDevices = new PassthroughDevices(this, "devices", {
      ...pick(given, DEVICE_PROPS),
      virtualMachineId: taken.id,
      hostId,
      provider,
      dependsOn: [this.settings, ...hostFirst],
    });
  }
}

function pick<Props, Name extends keyof Props>(props: Props, names: Record<Name, unknown>): Pick<Props, Name> {
  return Object.fromEntries((Object.keys(names) as Name[]).map((name) => [name, props[name]])) as never;
}

function checkDevices(path: string, { devices, host, hostId: named, provider }: SourceProps): void {
  const addresses = knownMembers(devices);
  const violations = checkRules({
    declaredCount: new Set(addresses).size,
    devices: addresses.map((address) => ({ address })),
  });
  if (violations.length > 0) throw brokenRules(path, violations);
  if (!host) return;
  const hostId = known(named);
  if (hostId !== undefined && known(host.hostId) !== undefined && hostId !== host.hostId)
    throw otherHost(path, "hostId", { given: hostId, host });
  if (provider && aliasOf(provider) !== aliasOf(host.hostResource.provider)) throw otherProvider(path, host.node.path);
  const ofHost = knownMembers(host.devices);
  // A token among the host's devices may stand for any of them.
  const strangers =
    ofHost.length === host.devices.length ? addresses.filter((address) => !ofHost.includes(address)) : [];
  if (strangers.length > 0) throw deviceNotOfHost(path, strangers, host.node.path);
}
