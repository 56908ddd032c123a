import { type TerraformProvider, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { checkRules } from "../hotplug/rules";
import { PassthroughDevices, type PassthroughDevicesConfig } from "./bindings/passthrough-devices";
import { HotplugProvider as ProviderBinding } from "./bindings/provider";
import { brokenRules, deviceOfTwoVirtualMachines, invalidProp, providerMissing, virtualMachineOfTwo } from "./errors";

/** The devices that a virtual machine which exists already is to have. */
export interface ExistingVirtualMachineProps
  extends Pick<PassthroughDevicesConfig, "virtualMachineId" | "hostId" | "waitForDevice" | "allowDeviceChange" | "timeouts"> {
  /** The host's PCI addresses of all NVMe passthrough devices that the virtual machine is to have, such as `0000:3b:00.0`; at most 32. */
  readonly devices: string[];
  /**
   * Which calls come first when a change both adds and removes.
   *
   * @default "remove_first"
   */
  readonly order?: "remove_first" | "add_first";
  /** @default the stack's only HotplugProvider */
  readonly provider?: TerraformProvider;
}

/** A virtual machine whose NVMe passthrough devices are a declared set: changed one call at a time while it runs. */
export class HotplugReadyVm extends Construct {
  /** The resource that owns the virtual machine's NVMe passthrough devices. */
  readonly passthroughDevices: PassthroughDevices;

  /**
   * A virtual machine that exists already, named by its BIOS UUID, its instance UUID or its managed object id (`vm-42`).
   *
   * @throws HotplugConstructError on a malformed address, more than 32 devices, a device that another virtual machine of
   * the stack has, or a virtual machine that the stack has twice
   */
  static fromVirtualMachineId(scope: Construct, id: string, props: ExistingVirtualMachineProps): HotplugReadyVm {
    return new HotplugReadyVm(scope, id, props);
  }

  private constructor(scope: Construct, id: string, props: ExistingVirtualMachineProps) {
    super(scope, id);
    checkProps(this.node.path, props);
    claim(this, props);
    this.passthroughDevices = new PassthroughDevices(this, "devices", props);
  }
}

function checkProps(path: string, { devices, order }: ExistingVirtualMachineProps): void {
  if (order !== undefined && !Token.isUnresolved(order) && order !== "remove_first" && order !== "add_first") {
    throw invalidProp(path, "order", `is ${JSON.stringify(order)}; it can be "remove_first" or "add_first".`);
  }
  const addresses = knownAddresses(devices);
  const violations = checkRules({ declaredCount: new Set(addresses).size, devices: addresses.map((address) => ({ address })) });
  if (violations.length > 0) throw brokenRules(path, violations);
}

/** What can be judged now: tokens are resolved by Terraform, which asks the same rules again. */
function knownAddresses(devices: readonly string[]): string[] {
  return Token.isUnresolved(devices) ? [] : devices.filter((device) => !Token.isUnresolved(device));
}

/** Who owns what in a stack: each virtual machine once, each device of a host once. */
const owners = new WeakMap<TerraformStack, Map<string, string>>();

function claim(construct: Construct, { virtualMachineId, hostId, devices }: ExistingVirtualMachineProps): void {
  const { path } = construct.node;
  const stack = TerraformStack.of(construct);
  const claimed = owners.get(stack) ?? new Map<string, string>();
  if (!owners.has(stack)) {
    owners.set(stack, claimed);
    stack.node.addValidation({ validate: () => (hasProvider(stack) ? [] : [providerMissing(path).message]) });
  }

  const owner = claimed.get(virtualMachineId);
  if (owner !== undefined) throw virtualMachineOfTwo(path, virtualMachineId, owner);
  claimed.set(virtualMachineId, path);

  // Hosts have the same addresses, so a device is known only together with its host.
  if (hostId === undefined) return;
  for (const device of new Set(knownAddresses(devices))) {
    const key = `${hostId} ${device}`;
    const deviceOwner = claimed.get(key);
    if (deviceOwner !== undefined) throw deviceOfTwoVirtualMachines(path, device, deviceOwner);
    claimed.set(key, path);
  }
}

function hasProvider(stack: TerraformStack): boolean {
  return stack.node.findAll().some((candidate) => candidate instanceof ProviderBinding);
}
