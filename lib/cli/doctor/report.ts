import { systemClock } from "../../clock";
import { readinessFacts, type Declaration, type HostExtras } from "../../hotplug/observed-facts";
import { checkReadiness, type ReadinessCheck } from "../../hotplug/rules/readiness";
import { MINIMUM_HARDWARE_VERSION } from "../../hotplug/rules/virtual-machine";
import type { Session } from "../../vim/session/session";
import type { Host } from "../../vim/host/host";
import { readSystemId } from "../../vim/virtual-machine/environment-browser";
import { readHostExtras } from "../../vim/host/extras";
import type { Unreadable } from "../../vim/inventory";
import { orUnknown } from "../../vim/session/answers";
import { lately, readSurpriseRemovals, type DeviceRemoval } from "../../vim/surprise-removals";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { readSelection, type Named, type Selection } from "../selection";
import { checkAccount, type AccountUse } from "./account";
import type { DeclaredSet } from "./declared-sets";
import { declarationOf, type HeldSet } from "./hold";
import { holdSets, placeSets, readPlaced, type PlacedSet } from "./state";

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
  /** What a state or a plan declares, held against it; undefined where none was given. */
  declared?: HeldSet[];
  /** Whether vCenter's events were read, and all of them. */
  events: { read: boolean; isCut: boolean };
  account: AccountUse[];
  /** Nothing failed, and everything could be read. */
  ready: boolean;
}

/** Hosts that are asked at the same time: each takes some requests, and vCenter is not to be overrun. */
const HOSTS_AT_ONCE = 4;

/** What all judgements share. */
interface Known {
  endpoint: { apiType: string; apiVersion: string };
  declarations: ReadonlyMap<string, Declaration>;
  removals: readonly DeviceRemoval[];
}

/** Looks and judges; writes nothing. */
export async function examine(session: Session, named: Named, sets?: readonly DeclaredSet[]): Promise<DoctorReport> {
  const { signal } = named;
  const { apiType, apiVersion } = (await session.content(signal)).about;
  const isNamed = named.vms.length > 0 || named.hosts.length > 0;
  const placed = sets && (await placeSets(session, sets, { signal }));
  const selection =
    placed && !isNamed ? await readPlaced(session, placed, { signal }) : await readSelection(session, named);
  const declared = placed && holdSets(placed, selection, { isNamed });
  const { unreadable } = selection;
  const events = await readEvents(session, selection, { isNamed: isNamed || placed !== undefined, signal });
  const known = {
    endpoint: { apiType, apiVersion },
    declarations: declarationsOf(placed ?? []),
    removals: events?.removals ?? [],
  };

  const byHost = await inTurns(selection.hosts, async (host) => {
    const own = selection.chosen.filter((vm) => vm.host?.value === host.reference.value);
    const [extras, guests, hostSystemId] = await Promise.all([
      readHostExtras(session, host, { signal }),
      readGuests(session, host, own, signal),
      readSystemId(session, host, own, { signal }),
    ]);
    const { endpoint } = known;
    const examined = { seen: host, checks: checkReadiness(readinessFacts({ endpoint, host, extras })) };
    return {
      host: examined,
      virtualMachines: own.map((vm) => examineVirtualMachine(vm, examined, { ...known, extras, guests, hostSystemId })),
    };
  });
  const placedOn = new Set(selection.hosts.map(({ reference }) => reference.value));
  const alone = selection.chosen
    .filter(({ host }) => !placedOn.has(host?.value ?? ""))
    .map((vm) => ({
      seen: vm,
      checks: checkReadiness(readinessFacts({ endpoint: known.endpoint, virtualMachine: vm })),
    }));
  const examined = {
    hosts: byHost.map(({ host }) => host),
    virtualMachines: [...byHost.flatMap((one) => one.virtualMachines), ...alone],
  };
  const entities = { hosts: selection.hosts, virtualMachines: selection.chosen };
  const account = (await orUnknown(checkAccount(session, entities, signal))) ?? [];
  const ready =
    unreadable.length === 0 &&
    [...examined.hosts, ...examined.virtualMachines].every(({ checks }) => isWell(checks)) &&
    (declared ?? []).every(({ findings }) => isWell(findings));
  return {
    ...examined,
    unreadable,
    ...(declared && { declared }),
    events: { read: events !== undefined, isCut: events?.isCut === true },
    account,
    ready,
  };
}

export function isWell(checks: readonly { status: string }[]): boolean {
  return checks.every(({ status }) => status !== "failed");
}

function examineVirtualMachine(
  virtualMachine: VirtualMachine,
  host: Examined<Host>,
  {
    endpoint,
    declarations,
    removals,
    extras,
    guests,
    hostSystemId,
  }: Known & { extras: HostExtras; guests: ReadonlyMap<string, boolean>; hostSystemId: string | undefined },
): Examined<VirtualMachine> {
  const guestSupportsHotPlugPci = guests.get(virtualMachine.guestId ?? "");
  const id = virtualMachine.reference.value;
  const declaration = declarations.get(id);
  const facts = readinessFacts({
    endpoint,
    host: host.seen,
    extras,
    virtualMachine,
    ...(hostSystemId !== undefined && { hostSystemId }),
    ...(guestSupportsHotPlugPci !== undefined && { guestSupportsHotPlugPci }),
    ...(declaration && { declaration }),
    lost: removals.filter((removal) => removal.virtualMachine.value === id),
  });
  const said = new Set(host.checks.map(({ rule, sentence }) => `${rule} ${sentence}`));
  return {
    seen: virtualMachine,
    checks: checkReadiness(facts).filter(({ rule, sentence }) => !said.has(`${rule} ${sentence}`)),
  };
}

/** What is declared of each virtual machine, by its id. */
function declarationsOf(placed: readonly PlacedSet[]): Map<string, Declaration> {
  return new Map(
    placed.flatMap(({ set, references: [reference, ...more] }) => {
      const declaration = set.kind === "virtualMachine" ? declarationOf(set) : undefined;
      return reference && more.length === 0 && declaration ? [[reference.value, declaration] as const] : [];
    }),
  );
}

/** What vCenter's events tell of surprise removals: of all, by one request, or of each host that was looked at. */
async function readEvents(
  session: Session,
  { hosts }: Selection,
  { isNamed, signal }: { isNamed: boolean; signal?: AbortSignal },
): Promise<{ removals: DeviceRemoval[]; isCut: boolean } | undefined> {
  const { rootFolder, eventManager } = await session.content(signal);
  if (!eventManager) return undefined;
  const since = lately(systemClock);
  const of = isNamed ? hosts.map(({ reference }) => reference) : [rootFolder];
  const read = await inTurns(of, (entity) => orUnknown(readSurpriseRemovals(session, entity, { since, signal })));
  if (read.includes(undefined)) return undefined;
  return {
    removals: read.flatMap((one) => one?.removals ?? []),
    isCut: read.some((one) => one?.isCut),
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
  signal?: AbortSignal,
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
