import { text } from "node:stream/consumers";
import { titleOf } from "../../hotplug/observed-facts";
import { findHosts, findVirtualMachines } from "../../vim/find";
import type { Abortable, Session } from "../../vim/session/session";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import type { VirtualMachine } from "../../vim/virtual-machine/virtual-machine";
import { UsageError, type CommandContext } from "../command";
import { readChosen, type Selection } from "../selection";
import { NoDeclarationError, readDeclaredSets, type DeclaredSet } from "./declared-sets";
import { holdHost, holdNothing, holdVirtualMachine, type HeldSet, type Seen } from "./hold";
import { readTextFile } from "../../environment/text-file";

/** A declared set with the objects that it names: one, where all is well. */
export interface PlacedSet {
  set: DeclaredSet;
  references: ManagedObjectReference[];
  /** It is about another vCenter. */
  isElsewhere: boolean;
}

/** @throws UsageError where the file can't be read, or is neither a state nor a plan */
export async function readStateFile(file: string, { stdin }: Pick<CommandContext, "stdin">): Promise<DeclaredSet[]> {
  const title = file === "-" ? "standard input" : file;
  try {
    const sets = readDeclaredSets(file === "-" ? await text(stdin) : readTextFile(file));
    if (sets.length > 0) return sets;
    throw new NoDeclarationError(
      "It holds no hotplug_passthrough_devices and no hotplug_host: nothing is declared that could be held against " +
        "what is there.",
    );
  } catch (error) {
    if (error instanceof NoDeclarationError)
      throw new UsageError(`--state ${title}: ${error.message}`, { cause: error });
    if ((error as NodeJS.ErrnoException).code === undefined) throw error;
    throw new UsageError(`--state ${title} can't be read: ${(error as Error).message}.`, { cause: error });
  }
}

/** Finds the objects of the declared sets: by the id that the state remembers of this vCenter, or else by name. */
export async function placeSets(
  session: Session,
  sets: readonly DeclaredSet[],
  { signal }: Abortable,
): Promise<PlacedSet[]> {
  const { instanceUuid } = (await session.content(signal)).about;
  const placed: PlacedSet[] = [];
  for (const set of sets) {
    const { kind, id, name, vcenter } = set;
    const find = kind === "host" ? findHosts : findVirtualMachines;
    const isElsewhere = vcenter !== undefined && instanceUuid !== undefined && vcenter !== instanceUuid;
    const byId = id === undefined || isElsewhere ? [] : await find(session, id, { signal });
    const references =
      byId.length > 0 || name === undefined || isElsewhere ? byId : await find(session, name, { signal });
    placed.push({ set, references, isElsewhere });
  }
  return placed;
}

/** What is declared and what is beside it on the same hosts. */
export function readPlaced(session: Session, placed: readonly PlacedSet[], options: Abortable): Promise<Selection> {
  const of = (kind: DeclaredSet["kind"]): ManagedObjectReference[] =>
    placed.filter(({ set }) => set.kind === kind).flatMap(({ references }) => references);
  return readChosen(
    session,
    { vms: of("virtualMachine"), hosts: of("host") },
    { ...options, withVirtualMachines: false },
  );
}

/** Holds each declared set against what was read; of those not asked for by name, nothing is said. */
export function holdSets(
  placed: readonly PlacedSet[],
  { hosts, virtualMachines, chosen, unreadable }: Selection,
  { isNamed }: { isNamed: boolean },
): HeldSet[] {
  const all = new Map([...virtualMachines, ...chosen].map((vm) => [vm.reference.value, vm]));
  const seen: Seen = {
    virtualMachines: new Map(chosen.map((vm) => [vm.reference.value, vm])),
    hosts: new Map(hosts.map((host) => [host.reference.value, host])),
    holders: (hostId, address) => [...all.values()].filter((vm) => has(vm, hostId, address)),
  };
  return placed.flatMap(({ set, references, isElsewhere }) => {
    const [reference, ...more] = references;
    const what = set.kind === "host" ? "host" : "virtual machine";
    const title = set.name ?? set.id;
    if (!reference) {
      if (isNamed) return [];
      if (isElsewhere)
        return [holdNothing(set, `It is about another vCenter (${set.vcenter}): nothing was looked at.`)];
      return title === undefined
        ? [{ set, findings: [{ status: "by_hand", sentence: `Its ${what} is known only when the plan is applied.` }] }]
        : [holdNothing(set, `vCenter shows no ${what} ${title}: it is gone, or the account may not see it.`)];
    }
    if (more.length > 0)
      return [holdNothing(set, `${references.length} are meant by ${title}: ${list(references)}. Name one by its id.`)];
    const host = set.kind === "host" ? seen.hosts.get(reference.value) : undefined;
    if (host) return [holdHost(set, host)];
    const vm = seen.virtualMachines.get(reference.value);
    if (vm) return [holdVirtualMachine(set, vm, seen)];
    const hidden = unreadable.find((one) => one.reference.value === reference.value);
    if (hidden) return [holdNothing(set, `${titleOf(hidden)} can't be read: ${hidden.error.message}`)];
    return isNamed ? [] : [holdNothing(set, `${reference.value} can't be read.`)];
  });
}

const list = (references: readonly ManagedObjectReference[]): string => references.map(({ value }) => value).join(", ");

function has({ host, passthroughDevices }: VirtualMachine, hostId: string, address: string): boolean {
  return host?.value === hostId && passthroughDevices.some((device) => device.address === address);
}
