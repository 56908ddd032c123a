import type { Construct } from "constructs";
import { VirtualMachine } from "@cdktf/provider-vsphere/lib/virtual-machine";
import type { PowerCyclePolicy } from "../hotplug/facts";
import { MINIMUM_HARDWARE_VERSION } from "../hotplug/rules/virtual-machine";
import { brokenRules, devicesNotLeftAlone, HotplugConstructError, invalidProp, otherHost } from "./errors";
import type {
  ExistingVirtualMachineProps,
  HotplugProps,
  HotplugReadyVmProps,
  StackVirtualMachineProps,
} from "./hotplug-ready-vm-props";
import { EXISTING_PROPS, NEW_PROPS, STACK_PROPS } from "./hotplug-ready-vm-shapes";
import { known } from "./known";
import type { PassthroughHost } from "./passthrough-host";
import { checkProps } from "./prop-shapes";
import {
  argumentsOf,
  brokenByArguments,
  leavesDevicesAlone,
  leavingDevicesAlone,
  VSPHERE_DEFAULTS,
  type VirtualMachineArguments,
} from "./virtual-machine-arguments";
import { ensureVsphereProvider } from "./vsphere-provider";

/** What every source has, and what some have. */
export type SourceProps = HotplugProps & Partial<Pick<ExistingVirtualMachineProps, "host" | "hostId">>;

/** A virtual machine, wherever it comes from. */
interface TakenVirtualMachine {
  id: string;
  virtualMachine?: VirtualMachine;
  hardwareVersion?: number;
  powerCycle: PowerCyclePolicy;
}

/** Props that were checked, with the way in which their virtual machine is come by. */
export class Request {
  private constructor(
    readonly props: SourceProps,
    readonly take: (scope: Construct) => TakenVirtualMachine,
  ) {}

  static ofNew(path: string, props: HotplugReadyVmProps): Request {
    checkProps<HotplugReadyVmProps>(path, props, NEW_PROPS);
    return new Request(props, (scope) => newVirtualMachine(scope, props));
  }

  static ofStack(path: string, props: StackVirtualMachineProps): Request {
    checkProps<StackVirtualMachineProps>(path, props, STACK_PROPS);
    return new Request(props, (scope) => stackVirtualMachine(scope, props));
  }

  static ofExisting(path: string, props: ExistingVirtualMachineProps): Request {
    checkProps<ExistingVirtualMachineProps>(path, props, EXISTING_PROPS);
    return new Request(props, (scope) => existingVirtualMachine(scope, props));
  }
}

function existingVirtualMachine(
  { node: { path } }: Construct,
  { virtualMachineId, hardwareVersion }: ExistingVirtualMachineProps,
): TakenVirtualMachine {
  const violations = brokenByArguments({ hardwareVersion, ...NOTHING_ELSE }, path);
  if (violations.length > 0) throw brokenRules(path, violations);
  return { id: virtualMachineId, hardwareVersion, powerCycle: "never" };
}

/** What is not said of a virtual machine that somebody else manages, and so breaks no rule. */
const NOTHING_ELSE = { firmware: "efi", memory: 0, memoryReservation: 0 } as const;

function newVirtualMachine(
  scope: Construct,
  { virtualMachine: given, host }: HotplugReadyVmProps,
): TakenVirtualMachine {
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
  const virtualMachine = new VirtualMachine(scope, "vm", {
    ...config,
    dependsOn: [...(given.dependsOn ?? []), host.hostResource],
    lifecycle: leavingDevicesAlone(given.lifecycle),
  });
  return taken(scope, { virtualMachine, host, powerCycle: "on_create" });
}

function stackVirtualMachine(
  scope: Construct,
  { virtualMachine, host }: StackVirtualMachineProps,
): TakenVirtualMachine {
  checkArguments(scope.node.path, argumentsOf(virtualMachine), host);
  virtualMachine.lifecycle = leavingDevicesAlone(virtualMachine.lifecycle);
  return taken(scope, { virtualMachine, host, powerCycle: "never" });
}

/** A resource may be changed until the stack is synthesized, so it is looked at again then. */
function taken(
  scope: Construct,
  {
    virtualMachine,
    host,
    powerCycle,
  }: Required<Pick<TakenVirtualMachine, "virtualMachine" | "powerCycle">> & {
    host: PassthroughHost;
  },
): TakenVirtualMachine {
  const validate = (): string[] => {
    try {
      checkArguments(scope.node.path, argumentsOf(virtualMachine), host);
      if (!leavesDevicesAlone(virtualMachine.lifecycle)) throw devicesNotLeftAlone(scope.node.path);
      return [];
    } catch (error) {
      if (error instanceof HotplugConstructError) return [error.message];
      throw error;
    }
  };
  scope.node.addValidation({ validate });
  return {
    id: virtualMachine.id,
    virtualMachine,
    hardwareVersion: known(virtualMachine.hardwareVersionInput),
    powerCycle,
  };
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
