import type { DeviceFacts, Facts, HostFacts } from "../facts";
import { isPciAddress, type PciAddress } from "../pci-address";
import { checkRules } from "../rules/rules";
import type { Violation } from "../rules/violation";
import type { DevicesObservation, RememberedDevices } from "./target";

/** One call: one device on or off, and nothing else in it. */
export interface Step {
  operation: "add" | "remove";
  address: PciAddress;
}

/** Which calls come first when a change both adds and removes. */
export const ORDERS = ["remove_first", "add_first"] as const;
export type Order = (typeof ORDERS)[number];

/** The steps that lead from what is attached to what is declared, in address order inside each operation. */
export function planSteps(change: {
  attached: Iterable<PciAddress>;
  declared: Iterable<PciAddress>;
  order: Order;
}): Step[] {
  const attached = new Set(change.attached);
  const declared = new Set(change.declared);
  const removes = [...attached]
    .filter((address) => !declared.has(address))
    .sort()
    .map((address): Step => ({ operation: "remove", address }));
  const adds = [...declared]
    .filter((address) => !attached.has(address))
    .sort()
    .map((address): Step => ({ operation: "add", address }));
  return change.order === "add_first" ? [...adds, ...removes] : [...removes, ...adds];
}

/** The largest number of devices that the virtual machine has at any moment while the steps are made. */
export function peakCount(attachedCount: number, steps: readonly Step[]): number {
  let count = attachedCount;
  let peak = count;
  for (const step of steps) {
    count += step.operation === "add" ? 1 : -1;
    peak = Math.max(peak, count);
  }
  return peak;
}

/** `add 0000:3b:00.0`: a step as a person reads it in a plan. */
export function formatStep(step: Step): string {
  return `${step.operation} ${step.address}`;
}

/** The step that `formatStep` wrote. */
export function parseStep(text: string): Step {
  const [operation, address = "", ...rest] = text.split(" ");
  if ((operation !== "add" && operation !== "remove") || !isPciAddress(address) || rest.length > 0) {
    throw new TypeError(`not a step: ${JSON.stringify(text)}`);
  }
  return { operation, address };
}

export function isSameStep(one: Step, other: Step): boolean {
  return one.operation === other.operation && one.address === other.address;
}

/**
 * What counts for these steps. Taking devices off a virtual machine that is off is no hot plug: it asks nothing of the
 * settings, or else a machine that was never ready for hot plug could not be rid of its devices.
 */
export function factsFor(steps: readonly Step[], { facts }: Pick<DevicesObservation, "facts">): Facts {
  const { endpoint, host, virtualMachine } = facts;
  if (!host || virtualMachine?.powerState !== "poweredOff" || steps.some(({ operation }) => operation === "add"))
    return facts;
  const { title, powerState, connected, template } = virtualMachine;
  return {
    endpoint,
    host: { title: host.title, connected: host.connected, expectedHost: host.expectedHost },
    virtualMachine: { title, powerState, connected, template },
  };
}

/** What stands against a virtual machine with no call to be made: what is said of it holds for one host (V8). */
export function violationsAtRest(host: HostFacts | undefined): Violation[] {
  return host?.expectedHost ? checkRules({ host: { title: host.title, expectedHost: host.expectedHost } }) : [];
}

/** What an observation tells about a device that is to be added. */
export function deviceFacts(
  address: PciAddress,
  observed: DevicesObservation,
  change: { remembered: RememberedDevices; allowDeviceChange: boolean },
): DeviceFacts {
  return {
    address,
    onHost: observed.hostDevices.get(address) ?? null,
    allowDeviceChange: change.allowDeviceChange,
    remembered: change.remembered.get(address),
    heldBy: observed.heldBy.get(address),
    leftBehind: observed.attached.find((device) => device.address === address)?.label,
  };
}
