import { formatId, isNvme } from "../../hotplug/facts";
import { checkRules } from "../../hotplug/rules/rules";
import { explain } from "../../hotplug/rules/violation";
import { addressable, hostDevice, hostFacts, titleOf, type Declaration } from "../../hotplug/observed-facts";
import { printable } from "../../printable";
import type { Host } from "../../vim/host/host";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import type { DeclaredSet } from "./declared-sets";

/** What was found of a declared set: each of its devices, and what else is to be said. */
export interface Finding {
  status: "ok" | "failed" | "by_hand";
  rule?: string;
  address?: string;
  /** What is the matter, in whole sentences, with the way out. */
  sentence: string;
}

/** A declared set beside what is there. */
export interface HeldSet {
  set: DeclaredSet;
  /** The virtual machine or the host as vCenter shows it; undefined where there is none. */
  seen?: VirtualMachine | Host;
  findings: Finding[];
}

/** What was looked at, by managed object id. */
export interface Seen {
  virtualMachines: ReadonlyMap<string, VirtualMachine>;
  hosts: ReadonlyMap<string, Host>;
  /** Who has each device, by host and address. */
  holders(hostId: string, address: string): readonly VirtualMachine[];
}

/** What the rules are to know of a declared set; undefined where it isn't known. */
export function declarationOf({ addresses, forgotten, leaving, remembered }: DeclaredSet): Declaration | undefined {
  if (!addresses) return undefined;
  return { addresses: [...addresses, ...forgotten].filter((address) => !leaving.has(address)), remembered };
}

/** Holds what is declared of a virtual machine against it and its host. */
export function holdVirtualMachine(set: DeclaredSet, vm: VirtualMachine, { hosts, holders }: Seen): HeldSet {
  const host = hosts.get(vm.host?.value ?? "");
  const held = (...findings: Finding[]): HeldSet => ({ set, seen: vm, findings });
  const declaration = declarationOf(set);
  if (!declaration)
    return held({ status: "by_hand", sentence: "Its devices are known only when the plan is applied: look then." });
  if (host?.connectionState !== "connected")
    return held({
      status: "failed",
      rule: "H0",
      sentence: "Its host isn't connected, so what it really has can't be seen, and nothing is taken for well.",
    });
  const moved = set.hostId !== undefined && set.hostId !== host.reference.value && set.hostId !== host.name;
  const elsewhere: Finding[] = moved
    ? [
        {
          status: "failed",
          rule: "V8",
          sentence:
            `It is on host ${titleOf(host)}, and its devices are addresses of host ${printable(set.hostId!)}: the ` +
            "same address on another host is another drive. Plan, which tells the way out.",
        },
      ]
    : [];
  if (moved) return held(...elsewhere);
  const findings = declaration.addresses.flatMap((address) =>
    holdDevice(address, { set, vm, host, holders: holders(host.reference.value, address) }),
  );
  return held(...findings, ...undeclared(set, vm, host));
}

function holdDevice(
  address: string,
  { set, vm, host, holders }: { set: DeclaredSet; vm: VirtualMachine; host: Host; holders: readonly VirtualMachine[] },
): Finding[] {
  const onHost = addressable(host.pciDevices).find((device) => device.address === address);
  const isAttached = vm.passthroughDevices.some((device) => device.address === address);
  const isForgotten = set.forgotten.includes(address);
  // What left the state and is still in the host may have been given up on purpose.
  if (isForgotten && onHost) return [];
  const [holder] = holders.filter(({ reference }) => reference.value !== vm.reference.value);
  const remembered = set.remembered.get(address);
  const violations = checkRules({
    host: { title: titleOf(host) },
    devices: [
      {
        address,
        onHost: onHost ? hostDevice(onHost) : null,
        ...(remembered && { remembered }),
        ...(holder && !isAttached && { heldBy: titleOf(holder) }),
        ...(isAttached && { attachedAs: address }),
      },
    ],
  }).filter(({ rule }) => !isAttached || rule !== "H4");
  const [worst] = violations;
  if (worst)
    return [
      { status: "failed", rule: worst.rule, address, sentence: `${worst.summary}. ${withoutRule(explain(worst))}` },
    ];
  if (isAttached) return [{ status: "ok", address, sentence: "attached" }];
  if (set.planned.has(address)) return [{ status: "ok", address, sentence: "to be attached by this plan" }];
  return [
    {
      status: "failed",
      rule: "C1",
      address,
      sentence: `Device ${address} is declared, in its slot, and not attached. Plan and apply, which attaches it.`,
    },
  ];
}

/** NVMe devices that the virtual machine has and nobody declared: the next apply would take them off. */
function undeclared(set: DeclaredSet, vm: VirtualMachine, host: Host): Finding[] {
  return vm.passthroughDevices
    .filter(({ address }) => !set.addresses?.includes(address) && !set.leaving.has(address))
    .filter(({ address }) => host.pciDevices.some((device) => device.address === address && isNvme(device)))
    .map(({ address, vendorId, deviceId }) => ({
      status: "failed",
      rule: "C2",
      address,
      sentence:
        `Device ${address} (${formatId(vendorId)}:${formatId(deviceId)}) is attached, and isn't declared. Declare ` +
        "it, or plan and apply, which takes it off.",
    }));
}

/** Holds what is declared of a host against it. */
export function holdHost(set: DeclaredSet, host: Host): HeldSet {
  const held = (...findings: Finding[]): HeldSet => ({ set, seen: host, findings });
  if (!set.addresses)
    return held({ status: "by_hand", sentence: "Its devices are known only when the plan is applied: look then." });
  if (host.connectionState !== "connected")
    return held({
      status: "failed",
      rule: "H0",
      sentence: "It isn't connected, so what it really has can't be seen, and nothing is taken for well.",
    });
  return held(
    ...set.addresses.map((address): Finding => {
      const onHost = addressable(host.pciDevices).find((device) => device.address === address);
      const [worst] = checkRules({
        host: hostFacts(host),
        devices: [{ address, onHost: onHost ? hostDevice(onHost) : null }],
      }).filter(({ rule }) => rule !== "V1" && rule !== "H0");
      if (worst?.rule === "H4" && set.planned.has(address))
        return { status: "ok", address, sentence: "passthrough is to be enabled by this plan" };
      return worst
        ? { status: "failed", rule: worst.rule, address, sentence: `${worst.summary}. ${withoutRule(explain(worst))}` }
        : { status: "ok", address, sentence: "passthrough is enabled and active" };
    }),
  );
}

/** The object of a declared set isn't there, or isn't to be had. */
export function holdNothing(set: DeclaredSet, sentence: string): HeldSet {
  return { set, findings: [{ status: "failed", sentence }] };
}

/** The rule's number stands beside the sentence. */
function withoutRule(text: string): string {
  return text.replace(/ \(rule \w+\) More: \S+$/, "");
}
