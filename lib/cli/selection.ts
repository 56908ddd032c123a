import type { Abortable, Session } from "../vim/session/session";
import { findHosts, findVirtualMachines } from "../vim/find";
import { readInventory, type Inventory, type Unreadable } from "../vim/inventory";
import { hostPlaces, virtualMachinePlaces, type Place } from "../vim/places";
import { readVirtualMachines, type VirtualMachine } from "../vim/virtual-machine/virtual-machine";
import { IncompleteAnswerError } from "../vim/session/incomplete-answer-error";
import { VimFault } from "../vim/wire/fault";
import { distinct, type ManagedObjectReference } from "../vim/wire/managed-object-reference";
import { UsageError, type CommandInput } from "./command";
import { didYouMean } from "./suggestion";
import { VcenterError } from "./vcenter";

/** The options by which a command's hosts and virtual machines are chosen. */
export const SELECTION_OPTIONS = {
  vm: {
    type: "string",
    value: "VM",
    description: "One virtual machine and its host: its name, vm-42, BIOS or instance UUID, or inventory path.",
  },
  host: {
    type: "string",
    value: "HOST",
    description: "One host and its virtual machines: its name, host-12, or inventory path. Default: everything.",
  },
} as const;

/** The same for commands that take several, of both. */
export const SELECTION_OPTIONS_OF_MANY = {
  vm: {
    ...SELECTION_OPTIONS.vm,
    multiple: true,
    description: "A virtual machine: its name, vm-42, BIOS or instance UUID, or inventory path. May come often.",
  },
  host: {
    ...SELECTION_OPTIONS.host,
    multiple: true,
    description:
      "A host and its virtual machines: its name, host-12, or inventory path. May come often. Default: everything.",
  },
} as const;

export function manyNamedBy({ options }: CommandInput, signal: AbortSignal): Named {
  const { vm = [], host = [] } = options as Record<string, string[] | undefined>;
  return { vms: vm, hosts: host, signal };
}

/** What a person names on the command line. */
export interface Named extends Abortable {
  vms: readonly string[];
  hosts: readonly string[];
}

/** @throws UsageError where a virtual machine and a host are named */
export function namedBy({ options }: CommandInput, signal: AbortSignal): Named {
  const { vm, host } = options as Record<string, string | undefined>;
  if (vm !== undefined && host !== undefined)
    throw new UsageError("Name a virtual machine (--vm) or a host (--host), not both.");
  return { vms: vm === undefined ? [] : [vm], hosts: host === undefined ? [] : [host], signal };
}

/** Hosts with all virtual machines on them, and those that were asked for. */
export interface Selection extends Inventory {
  /** The virtual machines that were asked for: all, where only hosts or nothing was named. */
  chosen: VirtualMachine[];
  /** Neighbours of theirs that can't be read, beside those in `unreadable`. */
  unreadableBeside: Unreadable[];
}

/**
 * Looks at virtual machines with their hosts and their neighbours there, at hosts with their virtual machines, or at
 * all.
 *
 * @throws VcenterError where there is no object of a name, or more than one
 */
export async function readSelection(session: Session, { vms, hosts, signal }: Named): Promise<Selection> {
  if (vms.length === 0 && hosts.length === 0) {
    const inventory = await readInventory(session, { signal });
    return { ...inventory, chosen: inventory.virtualMachines, unreadableBeside: [] };
  }
  const chosen = await resolveNamed(session, { vms, hosts, signal });
  return readChosen(session, chosen, { signal, withVirtualMachines: true });
}

/** @throws VcenterError where there is no object of a name, or more than one */
export async function resolveNamed(
  session: Session,
  { vms, hosts, signal }: Named,
): Promise<{ vms: ManagedObjectReference[]; hosts: ManagedObjectReference[] }> {
  const chosen = { vms: [] as ManagedObjectReference[], hosts: [] as ManagedObjectReference[] };
  for (const name of vms) chosen.vms.push(await resolveVirtualMachine(session, name, { signal }));
  for (const name of hosts) chosen.hosts.push(await resolveHost(session, name, { signal }));
  return chosen;
}

/** The same for objects that were found already. `withVirtualMachines`: hosts stand for all that are on them. */
export async function readChosen(
  session: Session,
  chosen: { vms: readonly ManagedObjectReference[]; hosts: readonly ManagedObjectReference[] },
  { signal, withVirtualMachines }: Abortable & { withVirtualMachines: boolean },
): Promise<Selection> {
  const { virtualMachines, unreadable } = await readEach(session, distinct(chosen.vms), { signal });
  const hosts = distinct([...chosen.hosts, ...virtualMachines.flatMap(({ host }) => host ?? [])]);
  const inventory =
    hosts.length > 0
      ? await readInventory(session, { hosts, signal })
      : { hosts: [], virtualMachines: [], unreadable: [] };
  const named = new Set(withVirtualMachines ? chosen.hosts.map(({ value }) => value) : []);
  const isKnown = ({ value }: ManagedObjectReference): boolean =>
    [...virtualMachines, ...unreadable].some(({ reference }) => reference.value === value);
  const beside = inventory.virtualMachines.filter(
    ({ reference, host }) => named.has(host?.value ?? "") && !isKnown(reference),
  );
  const others = inventory.unreadable.filter(({ reference }) => !isKnown(reference));
  const concerns = ({ reference }: Unreadable): boolean => reference.type === "HostSystem" || named.size > 0;
  return {
    ...inventory,
    unreadable: [...unreadable, ...others.filter(concerns)],
    unreadableBeside: others.filter((one) => !concerns(one)),
    chosen: [...virtualMachines, ...beside],
  };
}

/** Reads virtual machines by one call; where one of them can't be read, one by one, so that it keeps no other. */
async function readEach(
  session: Session,
  references: readonly ManagedObjectReference[],
  { signal }: Abortable,
): Promise<Pick<Inventory, "virtualMachines" | "unreadable">> {
  try {
    return { virtualMachines: await readVirtualMachines(session, references, { signal }), unreadable: [] };
  } catch (error) {
    const isOwn = error instanceof VimFault || error instanceof IncompleteAnswerError;
    if (!isOwn) throw error;
    if (references.length === 1)
      return { virtualMachines: [], unreadable: [{ reference: references[0]!, name: references[0]!.value, error }] };
    const one = await Promise.all(references.map((reference) => readEach(session, [reference], { signal })));
    return {
      virtualMachines: one.flatMap(({ virtualMachines }) => virtualMachines),
      unreadable: one.flatMap(({ unreadable }) => unreadable),
    };
  }
}

/** @throws VcenterError where there is none of that name, or more than one */
async function resolveVirtualMachine(
  session: Session,
  name: string,
  { signal }: Abortable,
): Promise<ManagedObjectReference> {
  const found = await findVirtualMachines(session, name, { signal });
  return only(found, `virtual machine ${name}`, {
    places: () => virtualMachinePlaces(session, { signal }),
    name,
    forms: "BIOS UUID, its instance UUID, its managed object id (vm-42), its inventory path (/DC0/vm/db) or its name",
  });
}

/** @throws VcenterError where there is none of that name, or more than one */
async function resolveHost(session: Session, name: string, { signal }: Abortable): Promise<ManagedObjectReference> {
  const found = await findHosts(session, name, { signal });
  return only(found, `host ${name}`, {
    places: () => hostPlaces(session, { signal }),
    name,
    forms: "managed object id (host-12), its inventory path (/DC0/host/cluster/esx01) or its name",
  });
}

/** What was found by its id, or else what is alone in having that name or the end of that path. */
async function only(
  found: readonly ManagedObjectReference[],
  title: string,
  { places, name, forms }: { places(): Promise<Place[]>; name: string; forms: string },
): Promise<ManagedObjectReference> {
  if (found.length === 1) return found[0]!;
  const all = await places();
  const meant = found.length > 0 ? all.filter(({ reference }) => isAmong(found, reference)) : placesCalled(all, name);
  const references = distinct(found.length > 0 ? found : meant.map(({ reference }) => reference));
  if (references.length === 1) return references[0]!;
  if (references.length === 0)
    throw new VcenterError(
      `vCenter shows no ${title}.${didYouMean(
        name,
        all.map(({ name: known }) => known),
      )} Name it by its ${forms}, ` + "and check that the account may see it.",
    );
  const titles = references.map(({ value }) => {
    const path = meant.find(({ reference }) => reference.value === value)?.path;
    return path === undefined ? value : `${value} (${path})`;
  });
  throw new VcenterError(
    `More than one is meant by ${title}: ${titles.join(", ")}. Name it by one of these ids or paths.`,
  );
}

/** Those whose name or whose end of the path it is: as it is written, or else letter case aside, or else shortened. */
function placesCalled(places: readonly Place[], name: string): Place[] {
  const wanted = name.split("/").filter(Boolean);
  const endsSo = (path: string, same: (one: string, other: string) => boolean): boolean => {
    const names = path.split("/").filter(Boolean);
    return wanted.length > 0 && wanted.every((part, index) => same(part, names.at(index - wanted.length) ?? ""));
  };
  const ways: ((one: string, other: string) => boolean)[] = [
    (one, other) => one === other || one === decoded(other),
    (one, other) => one.toLowerCase() === decoded(other).toLowerCase(),
    // The first label of a host's name stands for it; a virtual machine's name has dots as it likes.
    (one, other) => one.toLowerCase() === other.toLowerCase().split(".")[0],
  ];
  const whole = places.filter(({ name: own }) => decoded(own) === name);
  if (whole.length > 0) return whole;
  const kinds = places.some(({ reference }) => reference.type === "HostSystem") ? ways : ways.slice(0, 2);
  for (const same of kinds) {
    const found = places.filter(({ path }) => endsSo(path, same));
    if (found.length > 0) return found;
  }
  return [];
}

/** A name as a person knows it: vCenter escapes slash, backslash and percent. */
function decoded(name: string): string {
  return name.replace(/%(2f|5c|25)/gi, (escape) => decodeURIComponent(escape));
}

function isAmong(references: readonly ManagedObjectReference[], { value }: ManagedObjectReference): boolean {
  return references.some((reference) => reference.value === value);
}
