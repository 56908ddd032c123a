import { type TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HotplugProvider as ProviderBinding } from "./bindings/provider";
import {
  deviceOfTwoVirtualMachines,
  hostOfTwo,
  providerHasAlias,
  providerMissing,
  virtualMachineOfTwo,
} from "./errors";

/**
 * What a construct takes for itself in its stack. A token is one thing with itself: what it stands for isn't known.
 */
interface Claim {
  /** Ids and names are those of its vCenter, and mean something else in another one. */
  provider?: TerraformProvider;
  virtualMachineId?: string;
  /** A host that is prepared. */
  preparedHostId?: string;
  /** Devices, known only together with their host: hosts have the same addresses. */
  devices?: { hostId: string; addresses: readonly string[] };
}

/** What is claimed in a stack. */
interface StackClaims {
  /** The paths of the owners. */
  owners: Map<string, string>;
  /** The first construct, and the first that names no provider. */
  first: string;
  withoutProvider?: string;
}

const claims = new WeakMap<TerraformStack, StackClaims>();

/**
 * Takes what a construct owns: in a stack each virtual machine, each host and each device of a host has one owner for
 * each provider. The first claim in a stack also makes its validation ask for a HotplugProvider.
 *
 * @throws HotplugConstructError that names both owners
 */
export function claim(construct: Construct, { provider, virtualMachineId, preparedHostId, devices }: Claim): void {
  const { path } = construct.node;
  const claimed = claimsOf(TerraformStack.of(construct), path);
  if (provider === undefined) claimed.withoutProvider ??= path;
  const take = (what: string, taken: (owner: string) => Error): void => {
    const key = JSON.stringify([aliasOf(provider), what]);
    const owner = claimed.owners.get(key);
    if (owner !== undefined) throw taken(owner);
    claimed.owners.set(key, path);
  };
  if (virtualMachineId !== undefined)
    take(`vm ${virtualMachineId.toLowerCase()}`, (owner) => virtualMachineOfTwo(path, virtualMachineId, owner));
  if (preparedHostId !== undefined) take(`host ${preparedHostId}`, (owner) => hostOfTwo(path, preparedHostId, owner));
  for (const address of new Set(devices?.addresses))
    take(`device ${devices!.hostId} ${address}`, (owner) => deviceOfTwoVirtualMachines(path, address, owner));
}

/** What tells a provider of a stack from the others: the one that is taken where none is named has no alias. */
export function aliasOf(provider: TerraformProvider | undefined): string {
  return provider?.alias ?? "";
}

function claimsOf(stack: TerraformStack, first: string): StackClaims {
  const known = claims.get(stack);
  if (known) return known;
  const claimed: StackClaims = { owners: new Map(), first };
  claims.set(stack, claimed);
  stack.node.addValidation({ validate: () => missingProvider(stack, claimed).map(({ message }) => message) });
  return claimed;
}

function missingProvider(stack: TerraformStack, { first, withoutProvider }: StackClaims): Error[] {
  const providers = stack.node.findAll().filter((candidate) => candidate instanceof ProviderBinding);
  if (providers.length === 0) return [providerMissing(first)];
  if (withoutProvider !== undefined && providers.every((provider) => aliasOf(provider) !== ""))
    return [providerHasAlias(withoutProvider)];
  return [];
}
