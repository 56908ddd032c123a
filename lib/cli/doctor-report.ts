import { readinessFacts, type HostExtras } from "../hotplug/observed-facts";
import { checkReadiness, type ReadinessCheck } from "../hotplug/rules/readiness";
import { MINIMUM_HARDWARE_VERSION } from "../hotplug/rules/virtual-machine";
import type { Session } from "../vim/session/session";
import type { Host } from "../vim/host/host";
import { readHostExtras } from "../vim/host/extras";
import type { Unreadable } from "../vim/inventory";
import { orUnknown } from "../vim/session/answers";
import type { VirtualMachine } from "../vim/virtual-machine/virtual-machine";
import { checkAccount, type AccountUse } from "./doctor-account";
import { readSelection, type Named } from "./selection";

/** A host or a virtual machine, judged rule by rule. */
export interface Examined<T> {
  seen: T;
  checks: ReadinessCheck[];
}

export interface DoctorReport {
  hosts: Examined<Host>[];
  /** What was said of a virtual machine's host already is not said of it again. */
  virtualMachines: Examined<VirtualMachine>[];
  /** What vCenter doesn't show in full can't be judged, which is never taken for fine. */
  unreadable: Unreadable[];
  account: AccountUse[];
  /** Nothing failed, and everything could be read. */
  ready: boolean;
}

/** Hosts that are asked at the same time: each takes some requests, and vCenter is not to be overrun. */
const HOSTS_AT_ONCE = 4;

/** Looks and judges; writes nothing. */
export async function examine(session: Session, named: Named): Promise<DoctorReport> {
  const { signal } = named;
  const { apiType, apiVersion } = (await session.content(signal)).about;
  const endpoint = { apiType, apiVersion };
  const selection = await readSelection(session, named);
  const virtualMachines = selection.virtualMachine ? [selection.virtualMachine] : selection.virtualMachines;
  const unreadable = selection.virtualMachine
    ? selection.unreadable.filter(({ reference }) => reference.type === "HostSystem")
    : selection.unreadable;

  const byHost = await inTurns(selection.hosts, async (host) => {
    const own = virtualMachines.filter((vm) => vm.host?.value === host.reference.value);
    const [extras, guests] = await Promise.all([
      readHostExtras(session, host, { signal }),
      readGuests(session, host, own, signal),
    ]);
    const examined = { seen: host, checks: checkReadiness(readinessFacts({ endpoint, host, extras })) };
    return {
      host: examined,
      virtualMachines: own.map((vm) => examineVirtualMachine(vm, examined, { endpoint, extras, guests })),
    };
  });
  const placed = new Set(selection.hosts.map(({ reference }) => reference.value));
  const alone = virtualMachines
    .filter(({ host }) => !placed.has(host?.value ?? ""))
    .map((vm) => ({ seen: vm, checks: checkReadiness(readinessFacts({ endpoint, virtualMachine: vm })) }));
  const examined = {
    hosts: byHost.map(({ host }) => host),
    virtualMachines: [...byHost.flatMap((one) => one.virtualMachines), ...alone],
  };
  const account = (await orUnknown(checkAccount(session, { hosts: selection.hosts, virtualMachines }, signal))) ?? [];
  const ready =
    unreadable.length === 0 &&
    [...examined.hosts, ...examined.virtualMachines].every(({ checks }) =>
      checks.every(({ status }) => status !== "failed"),
    );
  return { ...examined, unreadable, account, ready };
}

function examineVirtualMachine(
  virtualMachine: VirtualMachine,
  host: Examined<Host>,
  {
    endpoint,
    extras,
    guests,
  }: { endpoint: { apiType: string; apiVersion: string }; extras: HostExtras; guests: ReadonlyMap<string, boolean> },
): Examined<VirtualMachine> {
  const guestSupportsHotPlugPci = guests.get(virtualMachine.guestId ?? "");
  const facts = readinessFacts({
    endpoint,
    host: host.seen,
    extras,
    virtualMachine,
    ...(guestSupportsHotPlugPci !== undefined && { guestSupportsHotPlugPci }),
  });
  const said = new Set(host.checks.map(({ rule, sentence }) => `${rule} ${sentence}`));
  return {
    seen: virtualMachine,
    checks: checkReadiness(facts).filter(({ rule, sentence }) => !said.has(`${rule} ${sentence}`)),
  };
}

/**
 * Which guest operating systems vSphere lists with hot plug of PCI devices: one request a host, at the hardware version
 * that a virtual machine will have at least.
 */
async function readGuests(
  session: Session,
  host: Host,
  virtualMachines: readonly VirtualMachine[],
  signal: AbortSignal,
): Promise<Map<string, boolean>> {
  const guestId = [...new Set(virtualMachines.flatMap((vm) => vm.guestId ?? []))];
  const [first] = virtualMachines;
  if (!first || guestId.length === 0 || host.connectionState !== "connected") return new Map();
  const spec = { key: `vmx-${MINIMUM_HARDWARE_VERSION}`, host: host.reference, guestId };
  const option = await orUnknown(session.call("QueryConfigOptionEx", first.environmentBrowser, { spec }, { signal }));
  return new Map(
    (option?.guestOSDescriptor ?? []).flatMap(({ id, supportsHotPlugPCI }) =>
      supportsHotPlugPCI === undefined ? [] : [[id, supportsHotPlugPCI] as const],
    ),
  );
}

async function inTurns<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: HOSTS_AT_ONCE }, worker));
  return results;
}
