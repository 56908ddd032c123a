import { titleOf } from "../../hotplug/observed-facts";
import { grantedPrivileges, leastRoles } from "../../vim/privileges";
import type { Session } from "../../vim/session/session";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";

type Use = keyof typeof leastRoles;

interface Entity {
  reference: ManagedObjectReference;
  name: string;
}

/** Whether the account may do one of the things that this package does, on every object that was looked at. */
export interface AccountUse {
  use: Use;
  /** What it lacks, and on which objects. */
  missing: { privilege: string; objects: string[] }[];
}

/** What each use is about; a plan looks at hosts and virtual machines alike. */
const ABOUT: Record<Use, readonly ("hosts" | "virtualMachines")[]> = {
  doctorAndPlan: ["hosts", "virtualMachines"],
  attach: ["virtualMachines"],
  prepareVirtualMachine: ["virtualMachines"],
  prepareHost: ["hosts"],
};

/** Compares what the account may do with the least role for each use: a request for hosts, one for virtual machines. */
export async function checkAccount(
  session: Session,
  entities: Record<"hosts" | "virtualMachines", readonly Entity[]>,
  signal?: AbortSignal,
): Promise<AccountUse[]> {
  const granted = new Map<string, Set<string>>();
  for (const kind of ["hosts", "virtualMachines"] as const) {
    const references = entities[kind].map(({ reference }) => reference);
    const privileges = [...new Set(usesOf(kind).flatMap((use) => leastRoles[use]))];
    for (const [id, ids] of await grantedPrivileges(session, references, { privileges, signal })) granted.set(id, ids);
  }
  const uses = (Object.keys(leastRoles) as Use[]).filter((use) => ABOUT[use].some((kind) => entities[kind].length > 0));
  return uses.map((use) => ({
    use,
    missing: leastRoles[use].flatMap((privilege) => {
      const lacking = ABOUT[use]
        .flatMap((kind) => entities[kind])
        .filter(({ reference }) => !granted.get(reference.value)?.has(privilege));
      return lacking.length > 0 ? [{ privilege, objects: lacking.map(titleOf) }] : [];
    }),
  }));
}

function usesOf(kind: "hosts" | "virtualMachines"): Use[] {
  return (Object.keys(ABOUT) as Use[]).filter((use) => ABOUT[use].includes(kind));
}
