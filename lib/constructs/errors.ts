import { explain, type Violation } from "../hotplug/violation";

/** A stack that can't be: the message names the construct, says what is wrong, why, and what to write instead. */
export class HotplugConstructError extends Error {
  override name = "HotplugConstructError";
}

const at = (path: string, text: string): HotplugConstructError => new HotplugConstructError(`${path}: ${text}`);

export function brokenRules(path: string, violations: readonly Violation[]): HotplugConstructError {
  return at(path, violations.map((violation) => `${violation.summary}. ${explain(violation)}`).join("\n"));
}

export function deviceOfTwoVirtualMachines(path: string, device: string, otherPath: string): HotplugConstructError {
  return at(path, `Device ${device} is in the devices of ${otherPath} too. A passthrough device belongs to one virtual machine at a time: take it out of one of them.`);
}

export function virtualMachineOfTwo(path: string, virtualMachineId: string, otherPath: string): HotplugConstructError {
  return at(path, `Virtual machine ${virtualMachineId} belongs to ${otherPath} already. One construct owns all NVMe passthrough devices of a virtual machine: list them in one place.`);
}

export function providerMissing(path: string): HotplugConstructError {
  return at(path, 'The stack has no HotplugProvider. Add one: new HotplugProvider(this, "hotplug").');
}

export function invalidProp(path: string, prop: string, problem: string): HotplugConstructError {
  return at(path, `${prop} ${problem}`);
}
