import type { EndpointFacts, HostFacts } from "../facts";
import type { Violation } from "./violation";

const MINIMUM_VERSION = "8.0.1.0";
/** The value of maxIntrCookies that hot plug asks for; the default is 1024 up to 8.0 U2 and 4096 from 8.0 U3. */
export const MIN_INTR_COOKIES = 4096;

/** Compares dotted versions number by number; what one side lacks counts as zero. */
export function isAtLeastVersion(version: string, minimum: string): boolean {
  const [have, need] = [version, minimum].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let i = 0; i < need!.length; i++) {
    const difference = (have![i] ?? 0) - need![i]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}

export function endpointRules(endpoint: EndpointFacts): Violation[] {
  const violations: Violation[] = [];
  if (endpoint.apiType !== undefined && endpoint.apiType !== "VirtualCenter") {
    violations.push({
      rule: "H0",
      summary: `The server is not a vCenter (its API type is ${endpoint.apiType})`,
      why:
        "Hot plug of passthrough devices is asked of a vCenter that has the host in its inventory, not of a " +
        "single ESXi host.",
      remedy: "Set vsphere_server to the vCenter that manages the host.",
      weight: "fixed",
    });
  } else if (endpoint.apiVersion !== undefined && !isAtLeastVersion(endpoint.apiVersion, MINIMUM_VERSION)) {
    violations.push({
      rule: "V1",
      summary: `vCenter is too old for hot plug: its API version is ${endpoint.apiVersion}`,
      why: "Hot plug of passthrough devices came with vSphere 8.0 Update 1 (API version 8.0.1.0).",
      remedy: "Upgrade vCenter, and the host, to 8.0 Update 1 or later.",
      weight: "fixed",
    });
  }
  return violations;
}

export function hostRules(host: HostFacts): Violation[] {
  const violations: Violation[] = [];
  if (host.connected === false) {
    violations.push({
      rule: "H0",
      summary: `Host ${host.title} is not connected to vCenter`,
      why:
        "What the host and its virtual machines really have can't be seen, so nothing is changed and nothing is " +
        "taken for removed.",
      remedy: "Reconnect the host in vCenter, then plan again.",
      weight: "changeable",
    });
  }
  if (host.version !== undefined && !isAtLeastVersion(host.version, MINIMUM_VERSION)) {
    violations.push({
      rule: "V1",
      summary: `Host ${host.title} is too old for hot plug: ESXi ${host.version}`,
      why: "Hot plug of passthrough devices came with ESXi 8.0 Update 1.",
      remedy: "Upgrade the host to 8.0 Update 1 or later.",
      weight: "fixed",
    });
  } else if (host.fptHotplugSupported === false) {
    violations.push({
      rule: "V1",
      summary: `Host ${host.title} does not offer hot plug of passthrough devices`,
      why: "Its capability fptHotplugSupported is false.",
      remedy:
        "Use a host whose server and ESXi support it: 8.0 Update 1 or later on hardware that VMware's " +
        "compatibility guide lists for it.",
      weight: "fixed",
    });
  }
  if (host.bootedFromStatelessCache === true) {
    violations.push({
      rule: "H0",
      summary: `Host ${host.title} was booted stateless`,
      why:
        "Hot plug asks for an ESXi that is installed on the host: what is set on a stateless one is gone after a " +
        "restart.",
      remedy: "Install ESXi on the host's own boot disk.",
      weight: "fixed",
    });
  }
  if (host.nvmeCount === 0) {
    violations.push({
      rule: "V2",
      summary: `Host ${host.title} shows no NVMe device`,
      why: "vSphere hot-plugs NVMe devices only (PCI class 0108).",
      remedy:
        "Put an NVMe drive into the host; a hotplug_host resource finds it while the host runs (wait_for_device).",
      weight: "changeable",
    });
  }
  if (host.expectedHost) violations.push(otherHost(host.title, host.expectedHost));
  if (host.runningIntrCookies !== undefined && host.runningIntrCookies < MIN_INTR_COOKIES) {
    violations.push({
      rule: "H2",
      summary:
        `Host ${host.title} runs with maxIntrCookies ${host.runningIntrCookies}, and hot plug needs ` +
        `${MIN_INTR_COOKIES}`,
      why:
        "Each passthrough device takes interrupt cookies of the VMkernel; the boot parameter is in force only " +
        "after a restart of the host.",
      remedy:
        "Set it with a hotplug_host resource (min_intr_cookies), or by hand with esxcli system settings kernel " +
        `set -s maxIntrCookies -v ${MIN_INTR_COOKIES} and a restart.`,
      weight: "changeable",
    });
  }
  if (host.restart) violations.push(...restartRules(host.title, host.restart));
  return violations;
}

function restartRules(
  title: string,
  { reasons, denied, blockedBy = [], takes = [] }: NonNullable<HostFacts["restart"]>,
): Violation[] {
  const why = `A restart is due: ${reasons.join("; ")}.`;
  if (denied) {
    return [
      {
        rule: "H3",
        summary: `Host ${title} has to be restarted, and reboot = "never" doesn't allow it`,
        why,
        remedy: 'Restart the host yourself, through maintenance mode, or set reboot = "if_needed".',
        weight: "advice",
      },
    ];
  }
  const violations: Violation[] = [];
  if (takes.length > 0) {
    violations.push({
      rule: "H5",
      summary: `A restart of host ${title} would take devices from it that it uses itself: ${takes.join(", ")}`,
      why: `${why} Passthrough is enabled for them and waits for a restart, whoever enabled it.`,
      remedy: "Disable their passthrough in the vSphere Client (host, Configure, PCI Devices), then apply again.",
      weight: "fixed",
    });
  }
  if (blockedBy.length > 0) {
    violations.push({
      rule: "H3",
      summary:
        `Host ${title} can't be restarted while virtual machines run that can't leave it: ` + `${blockedBy.join(", ")}`,
      why: `${why} It goes through maintenance mode, which would wait for them; nothing was evacuated.`,
      remedy: "Power them off or move them, then apply again.",
      weight: "changeable",
    });
  }
  return violations;
}

function otherHost(title: string, expected: { title: string; configured: boolean }): Violation {
  const meant = expected.configured ? "host_id names" : "the devices were attached on";
  return {
    rule: "V8",
    summary: `The virtual machine is on host ${title}, and ${meant} host ${expected.title}`,
    why: "A PCI address names a slot of one host; the same address on another host is another drive.",
    remedy: expected.configured
      ? `Move the virtual machine back to ${expected.title}, or set host_id to the host it is on now and check ` +
        "that devices are that host's addresses."
      : `Move the virtual machine back to ${expected.title}, or check that devices are the addresses of ${title} ` +
        "and set allow_device_change = true for one apply.",
    weight: "changeable",
  };
}
