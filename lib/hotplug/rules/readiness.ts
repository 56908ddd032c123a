import { formatIdentity, isNvme, isSameModel, type DeviceFacts, type Facts, type HostDevice } from "../facts";
import { checkRules } from "./rules";
import type { RuleId } from "./violation";

/** Rules that no API tells of at all. */
export type HandRule = "N6" | "H1" | "G1" | "G2" | "G3";
export type CheckedRule = RuleId | HandRule;

export interface ReadinessCheck {
  rule: CheckedRule;
  /** `by_hand`: no API tells, or vCenter didn't. It is never passed for fulfilled. */
  status: "ok" | "failed" | "by_hand";
  /** What is the matter, in one sentence. */
  sentence: string;
  /** The way out, or how to check by hand; undefined where nothing is to be done. */
  remedy?: string;
}

/** What is known of a virtual machine, of its host, or of both. What is left out is not judged. */
export interface ReadinessFacts extends Facts {
  /** Every PCI device that the host shows. */
  hostDevices?: readonly HostDevice[];
  /** The server, to be looked up in compatibility guides. */
  server?: { vendor?: string; model?: string; biosVersion?: string };
}

interface Question {
  rule: CheckedRule;
  about: "host" | "virtual_machine" | "endpoint";
  /** Said where the rule holds, and named where it can't be told. */
  holds: string;
  /** Whether the facts suffice to call the rule fulfilled when nothing breaks it. Without it, no API tells. */
  isKnown?(facts: ReadinessFacts): boolean;
  /** How to check by hand what isn't known. */
  byHand?(facts: ReadinessFacts): string;
}

const vm = (known: (vm: NonNullable<Facts["virtualMachine"]>) => unknown) => (facts: ReadinessFacts) =>
  facts.virtualMachine !== undefined && known(facts.virtualMachine) !== undefined;
const host = (known: (host: NonNullable<Facts["host"]>) => unknown) => (facts: ReadinessFacts) =>
  facts.host !== undefined && known(facts.host) !== undefined;

/** Every rule that a readiness report answers, in the order in which it answers them. */
const QUESTIONS: readonly Question[] = [
  {
    rule: "V1",
    about: "endpoint",
    holds: "vCenter and the host are 8.0 Update 1 or later",
    isKnown: ({ endpoint, host: on }) =>
      endpoint?.apiVersion !== undefined && (!on || (on.version !== undefined && on.fptHotplugSupported !== undefined)),
  },
  { rule: "V2", about: "host", holds: "The host has NVMe devices", isKnown: host(({ nvmeCount }) => nvmeCount) },
  {
    rule: "V6",
    about: "virtual_machine",
    holds: "Every passthrough device of the virtual machine is still in its slot",
    isKnown: ({ devices }) => devices !== undefined,
  },
  {
    rule: "V8",
    about: "virtual_machine",
    holds: "Every passthrough device is the model that was attached",
    isKnown: ({ devices, hostDevices = [] }) => devices !== undefined && twins(devices, hostDevices).length === 0,
    byHand: ({ devices = [], hostDevices = [] }) =>
      "Drives of one model can't be told apart by any API; compare the serial numbers of " +
      `${twins(devices, hostDevices).join(", ") || "the drives"}.`,
  },
  {
    rule: "N1",
    about: "virtual_machine",
    holds: "No IOMMU is exposed to the guest",
    isKnown: vm(({ vvtdEnabled }) => vvtdEnabled),
  },
  {
    rule: "N2",
    about: "virtual_machine",
    holds: "CPU hot plug is off",
    isKnown: vm(({ cpuHotAddEnabled, cpuHotRemoveEnabled }) => cpuHotAddEnabled ?? cpuHotRemoveEnabled),
  },
  {
    rule: "N3",
    about: "virtual_machine",
    holds: "Memory hot plug is off",
    isKnown: vm(({ memoryHotAddEnabled }) => memoryHotAddEnabled),
  },
  {
    rule: "N4",
    about: "virtual_machine",
    holds: "The virtual machine has no Dynamic DirectPath I/O device",
    isKnown: vm(({ dynamicPassthroughDevices }) => dynamicPassthroughDevices),
  },
  {
    rule: "N5",
    about: "virtual_machine",
    holds: "The virtual machine has at most 128 virtual CPUs",
    isKnown: vm(({ numCpus }) => numCpus),
  },
  {
    rule: "N6",
    about: "virtual_machine",
    holds: "Posted interrupts may be off for the virtual machine",
    byHand: () =>
      "With hot plug on, interrupts of passthrough devices may not be posted to the guest directly: measure " +
      "latency if it matters. Nothing has to be changed.",
  },
  {
    rule: "N7",
    about: "virtual_machine",
    holds: "The virtual machine is no template, isn't suspended and has no snapshot",
    isKnown: vm(({ template, powerState, hasSnapshot }) =>
      template === undefined || powerState === undefined ? undefined : hasSnapshot,
    ),
  },
  {
    rule: "H0",
    about: "endpoint",
    holds: "The endpoint is a vCenter, and its host is connected and installed statefully",
    isKnown: ({ endpoint, host: on }) =>
      endpoint?.apiType !== undefined && (!on || (on.connected === true && on.bootedFromStatelessCache !== undefined)),
    byHand: () =>
      "vCenter doesn't tell how the host boots: check that ESXi is installed on a boot disk of its own, not " +
      "booted over the network (Auto Deploy).",
  },
  {
    rule: "H1",
    about: "host",
    holds: "The server's firmware and hardware are made for it",
    byHand: ({ server }) =>
      `Look up ${describeServer(server)} in VMware's compatibility guide, and ask its maker: UEFI firmware, ` +
      "support of NVMe hot plug by the OEM (see KB 2142307), certification for VMDirectPath I/O, PCIe native " +
      "hot plug, and surprise hot plug.",
  },
  {
    rule: "H2",
    about: "host",
    holds: "The VMkernel runs with maxIntrCookies of at least 4096",
    isKnown: host(({ runningIntrCookies }) => runningIntrCookies),
    byHand: () =>
      "Run on the host: esxcli system settings kernel list -o maxIntrCookies; the runtime value has to be 4096 " +
      "or more.",
  },
  {
    rule: "H4",
    about: "host",
    holds: "Passthrough is enabled and active for devices of the host",
    isKnown: ({ hostDevices }) =>
      hostDevices?.some((device) => isNvme(device) && device.passthroughActive !== undefined) === true,
  },
  {
    rule: "H5",
    about: "host",
    holds: "No device that the host uses itself is given away",
    isKnown: ({ hostDevices }) => hostDevices?.every(({ usedByHost }) => usedByHost !== undefined) === true,
    byHand: () =>
      "vCenter doesn't tell what the host uses itself: check in the vSphere Client (host, Configure, Storage " +
      "Devices) that no datastore, vSAN, boot disk or coredump partition is on a device that is passed through.",
  },
  { rule: "M1", about: "virtual_machine", holds: "The firmware is EFI", isKnown: vm(({ firmware }) => firmware) },
  {
    rule: "M2",
    about: "virtual_machine",
    holds: "All guest memory is reserved and locked",
    isKnown: vm(({ memoryReservationLockedToMax }) => memoryReservationLockedToMax),
  },
  {
    rule: "M3",
    about: "virtual_machine",
    holds: "The hardware version is 20 or later",
    isKnown: vm(({ hardwareVersion }) => hardwareVersion),
  },
  {
    rule: "M4",
    about: "virtual_machine",
    holds: "The motherboard layout is acpiHostBridges",
    isKnown: vm(({ motherboardLayout }) => motherboardLayout),
  },
  {
    rule: "M5",
    about: "virtual_machine",
    holds: "Hot plug of passthrough devices is switched on",
    isKnown: vm(({ fixedPassthruHotPlugEnabled }) => fixedPassthruHotPlugEnabled),
  },
  {
    rule: "C3",
    about: "virtual_machine",
    holds: "No device is left on the virtual machine that its host no longer shows",
    isKnown: ({ devices }) => devices !== undefined,
  },
  {
    rule: "G1",
    about: "virtual_machine",
    holds: "The guest shows each hot-added device",
    byHand: () =>
      "Run lspci in the guest after a hot-add: the device has to be there, told by its ids since its address " +
      "may differ.",
  },
  {
    rule: "G2",
    about: "virtual_machine",
    holds: "The guest no longer shows a device that was hot-removed",
    byHand: () => "Run lspci in the guest after a hot-remove: the device has to be gone.",
  },
  {
    rule: "G3",
    about: "virtual_machine",
    holds: "The guest no longer shows a device that was pulled out",
    byHand: () => "Run lspci in the guest after a surprise removal: the device has to be gone.",
  },
  {
    rule: "G4",
    about: "virtual_machine",
    holds: "The guest's operating system supports NVMe hot plug and surprise removal",
    byHand: ({ virtualMachine }) =>
      `${virtualMachine?.guestSupportsHotPlugPci ? `vSphere lists ${virtualMachine.guestId} with hot plug of PCI devices; check` : "Check"} ` +
      "with the maker of the guest's operating system that it supports hot plug and surprise removal of NVMe " +
      "devices, and that it is a current stable release.",
  },
];

/** The rules of a readiness report, in its order. */
export const CHECKED_RULES: readonly CheckedRule[] = QUESTIONS.map(({ rule }) => rule);

/**
 * Judges what is known by every rule that a readiness report answers. A host alone is judged by the rules about hosts.
 * What is wrong and the way out are said in the words of the rules themselves.
 */
export function checkReadiness(facts: ReadinessFacts): ReadinessCheck[] {
  const violations = [...checkRules(facts), ...hostDeviceViolations(facts)];
  const asked = QUESTIONS.filter(
    ({ about }) => about === "endpoint" || (about === "host" ? facts.host : facts.virtualMachine) !== undefined,
  );
  return asked.map(({ rule, holds, isKnown, byHand }): ReadinessCheck => {
    const broken = violations.filter((violation) => violation.rule === rule);
    const [first] = broken;
    if (first) {
      const more = broken.length > 1 ? ` (and ${broken.length - 1} more)` : "";
      return { rule, status: "failed", sentence: `${first.summary}${more}.`, remedy: first.remedy };
    }
    if (isKnown?.(facts)) return { rule, status: "ok", sentence: `${holds}.` };
    return {
      rule,
      status: "by_hand",
      sentence: `To be checked by hand: ${lowerFirst(holds)}.`,
      remedy:
        byHand?.(facts) ??
        "vCenter doesn't tell: check that the account may read the object, and that vCenter and the host are " +
          "8.0 Update 1 or later.",
    };
  });
}

/**
 * H4 and H5, asked of a host as a whole: some NVMe device can be hot-added, and none that the host needs is given away.
 */
function hostDeviceViolations({ host: on, hostDevices }: ReadinessFacts): ReturnType<typeof checkRules> {
  if (!on || !hostDevices) return [];
  const ask = (devices: readonly HostDevice[]) =>
    checkRules({ devices: devices.map((onHost) => ({ address: onHost.address, onHost })), host: { title: on.title } });
  const nvme = hostDevices.filter(isNvme);
  const candidates = nvme.filter(({ usedByHost }) => !usedByHost?.length);
  const pending = ask(
    candidates.filter(({ passthroughEnabled, passthroughActive }) => passthroughEnabled && passthroughActive === false),
  );
  const unusable = candidates.some(({ passthroughActive }) => passthroughActive)
    ? []
    : ask(candidates.filter(({ passthroughActive }) => passthroughActive === false));
  const given = ask(nvme.filter(({ passthroughEnabled, usedByHost }) => passthroughEnabled && usedByHost?.length));
  return [...(pending.length > 0 ? pending : unusable), ...given];
}

/** Attached drives that the host has another one of the same model beside. */
function twins(devices: readonly DeviceFacts[], hostDevices: readonly HostDevice[]): string[] {
  return devices.flatMap(({ address, onHost }) =>
    onHost && hostDevices.some((other) => other.address !== address && isSameModel(other, onHost))
      ? [`${address} (${formatIdentity(onHost)})`]
      : [],
  );
}

function describeServer({ vendor, model, biosVersion }: NonNullable<ReadinessFacts["server"]> = {}): string {
  const name = [vendor, model].filter(Boolean).join(" ");
  return `${name || "the server"}${biosVersion ? ` (BIOS ${biosVersion})` : ""}`;
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text[0]!.toLowerCase() + text.slice(1) : text;
}
