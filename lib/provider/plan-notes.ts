import type { RuleId, Violation } from "../hotplug/rules/violation";
import type { Diagnostic } from "../tfplugin6/diagnostic";

/** What a preparation of a virtual machine or of a host brings up. */
const OF_MACHINE: readonly RuleId[] = ["M2", "M3", "M4", "M5"];
const OF_HOST: readonly RuleId[] = ["H2"];
const OF_DEVICE: readonly RuleId[] = ["H4"];

/** What a violation is about, beside itself: managed object ids. */
interface Subject {
  virtualMachine?: string;
  host: string;
}

/**
 * What the plans of one run have told already, and what they take care of, so that a person reads each trouble once,
 * and none that the same apply mends. Terraform plans a resource after those that it depends on.
 */
export class PlanNotes {
  private readonly told = new Set<string>();
  private readonly machines = new Set<string>();
  /** By host, the devices that are prepared on it. */
  private readonly hosts = new Map<string, ReadonlySet<string>>();

  /** Says that a plan makes a virtual machine ready, and tells what stands in the way of it. */
  preparesMachine(id: string): void {
    this.machines.add(id);
  }

  /** The same of a host and its devices. */
  preparesHost(id: string, devices: ReadonlySet<string>): void {
    this.hosts.set(id, devices);
  }

  /** Those that no plan so far takes care of, and that nobody was told of. */
  toTell(violations: readonly Violation[], subject: Subject): Violation[] {
    return violations.filter((violation) => !this.isTakenCareOf(violation, subject) && this.isNews(violation, subject));
  }

  /** An error of a refresh or a plan, unless it is about more than one resource and was told of another one. */
  toTellOnce(error: Diagnostic): Diagnostic[] {
    const isOfResource = error.path !== undefined && error.path[0] !== "vsphere_server";
    return isOfResource || this.isFirst(`${error.summary} ${error.detail}`) ? [error] : [];
  }

  private isTakenCareOf({ rule, onlyDevice }: Violation, { virtualMachine, host }: Subject): boolean {
    const devices = this.hosts.get(host);
    return (
      (OF_MACHINE.includes(rule) && virtualMachine !== undefined && this.machines.has(virtualMachine)) ||
      (OF_HOST.includes(rule) && devices !== undefined) ||
      (OF_DEVICE.includes(rule) && onlyDevice !== undefined && devices?.has(onlyDevice) === true)
    );
  }

  /** What is the matter with a host or a virtual machine is news once; the rest for each resource that it concerns. */
  private isNews({ rule, summary, onlyDevice }: Violation, { virtualMachine = "", host }: Subject): boolean {
    const isOfResource = onlyDevice !== undefined || rule === "V8";
    return this.isFirst(isOfResource ? `${host} ${virtualMachine} ${summary}` : summary);
  }

  private isFirst(key: string): boolean {
    if (this.told.has(key)) return false;
    this.told.add(key);
    return true;
  }
}
