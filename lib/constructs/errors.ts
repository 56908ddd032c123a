import { explain, type Violation } from "../hotplug/rules/violation";

/** A stack that can't be: the message names the construct, says what is wrong, why, and what to write instead. */
export class HotplugConstructError extends Error {
  override name = "HotplugConstructError";
}

const at = (path: string, text: string): HotplugConstructError => new HotplugConstructError(`${path}: ${text}`);

/** Broken rules as one text: each with its why, the way out and its number. */
export function describeViolations(violations: readonly Violation[]): string {
  return violations
    .map(({ remedy, ...violation }) => ({ ...violation, remedy: inTypeScript(remedy) }))
    .map((violation) => `${violation.summary}. ${explain(violation)}`)
    .join("\n");
}

/** Rules name an argument as HCL does; a stack knows it as `vvtdEnabled`. Values, in quotes, are the same in both. */
function inTypeScript(remedy: string): string {
  return remedy.replaceAll(/(?<!["\w])[a-z]+(?:_[a-z]+)+(?!["\w])/g, (name) =>
    name.replaceAll(/_(\w)/g, (_all, letter: string) => letter.toUpperCase()),
  );
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

export function otherProvider(path: string, hostPath: string): HotplugConstructError {
  return at(
    path,
    `provider is another one than that of ${hostPath}, and an id such as vm-42 or host-12 means something else in ` +
      "another vCenter. Leave provider out, and the host's is taken.",
  );
}

export function providerHasAlias(path: string): HotplugConstructError {
  return at(
    path,
    "It names no provider, and every HotplugProvider of the stack has an alias, so that Terraform would take one " +
      "from the environment. Say which vCenter is meant (provider), or leave the alias of one out.",
  );
}

export function otherCdktf(path: string, { app, ours }: { app: string; ours: string }): HotplugConstructError {
  return at(
    path,
    `The app is made with release ${app} of CDKTF, and cdktf-vsphere-hotplug found release ${ours}. For cdktn, put ` +
      `"overrides": { "cdktf": "npm:cdktn@${app}" } into package.json (with yarn "resolutions", with pnpm ` +
      '"pnpm.overrides"), so that all packages use it, and install anew.',
  );
}

export function devicesNotLeftAlone(path: string): HotplugConstructError {
  return at(
    path,
    "lifecycle of the virtual machine was set again, and vmware/vsphere would now take off every device that is " +
      'hot-plugged. Keep "pci_device_id" among its ignoreChanges.',
  );
}

/** `path`: where they were added, where that is known. */
export function checksOutOfReach(path?: string): string {
  const where = path === undefined ? "nothing that CDKTF asks" : path === "" ? "the app" : path;
  return (
    `HotplugReadinessChecks judged no virtual machine here: it was added to ${where}, and CDKTF asks the aspects of ` +
    "a stack and of what is below. Write Aspects.of(stack).add(new HotplugReadinessChecks()) for each stack."
  );
}

export function providerMissing(path: string): HotplugConstructError {
  return at(path, 'The stack has no HotplugProvider. Add one: new HotplugProvider(this, "hotplug").');
}

export function invalidProp(path: string, prop: string, problem: string): HotplugConstructError {
  return at(path, `${prop} ${problem}`);
}
