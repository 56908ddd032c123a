import { explain, type Violation } from "../hotplug/rules/violation";

/** A stack that can't be: the message names the construct, says what is wrong, why, and what to write instead. */
export class HotplugConstructError extends Error {
  override name = "HotplugConstructError";
}

const at = (path: string, text: string): HotplugConstructError => new HotplugConstructError(`${path}: ${text}`);

/** Broken rules as one text: each with its why, the way out and its number. */
export function describeViolations(violations: readonly Violation[]): string {
  return violations.map((violation) => `${violation.summary}. ${explain(violation)}`).join("\n");
}

export function brokenRules(path: string, violations: readonly Violation[]): HotplugConstructError {
  return at(path, describeViolations(violations));
}

export function deviceOfTwoVirtualMachines(path: string, device: string, otherPath: string): HotplugConstructError {
  return at(
    path,
    `Device ${device} is in the devices of ${otherPath} too. A passthrough device belongs to one virtual ` +
      "machine at a time: take it out of one of them.",
  );
}

export function virtualMachineOfTwo(path: string, virtualMachineId: string, otherPath: string): HotplugConstructError {
  return at(
    path,
    `Virtual machine ${virtualMachineId} belongs to ${otherPath} already. One construct owns all NVMe ` +
      "passthrough devices of a virtual machine: list them in one place.",
  );
}

export function hostOfTwo(path: string, hostId: string, otherPath: string): HotplugConstructError {
  return at(
    path,
    `Host ${hostId} belongs to ${otherPath} already. One construct prepares a host, so that it is restarted at ` +
      "most once: list all devices in one place, and pass that construct on.",
  );
}

export function deviceNotOfHost(path: string, devices: readonly string[], hostPath: string): HotplugConstructError {
  return at(
    path,
    `${devices.join(", ")} ${devices.length === 1 ? "is" : "are"} not among the devices of ${hostPath}, so ` +
      "nobody would enable passthrough there. Add to its devices, or take out here.",
  );
}

export function otherHost(
  path: string,
  prop: string,
  { given, host }: { given: string; host: { hostId: string; node: { path: string } } },
): HotplugConstructError {
  return at(
    path,
    `${prop} is ${given}, and ${host.node.path} is host ${host.hostId}. A passthrough device can't leave its ` +
      `host: leave ${prop} out, or name the other host's construct.`,
  );
}

export function providerMissing(path: string): HotplugConstructError {
  return at(path, 'The stack has no HotplugProvider. Add one: new HotplugProvider(this, "hotplug").');
}

export function invalidProp(path: string, prop: string, problem: string): HotplugConstructError {
  return at(path, `${prop} ${problem}`);
}
