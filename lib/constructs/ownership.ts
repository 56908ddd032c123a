import { TerraformStack } from "cdktf";
import type { Construct } from "constructs";
import { HotplugProvider as ProviderBinding } from "./bindings/provider";
import { deviceOfTwoVirtualMachines, hostOfTwo, providerMissing, virtualMachineOfTwo } from "./errors";

/** What a construct takes for itself in its stack. A token is one thing with itself: what it stands for isn't known. */
interface Claim {
  virtualMachineId?: string;
  /** A host that is prepared. */
  preparedHostId?: string;
  /** Devices, known only together with their host: hosts have the same addresses. */
  devices?: { hostId: string; addresses: readonly string[] };
}

const owners = new WeakMap<TerraformStack, Map<string, string>>();

/**
 * Takes what a construct owns: in a stack each virtual machine, each host and each device of a host has one owner. The
 * first claim in a stack also makes its validation ask for a HotplugProvider.
 *
 * @throws HotplugConstructError that names both owners
 */
export function claim(construct: Construct, { virtualMachineId, preparedHostId, devices }: Claim): void {
  const { path } = construct.node;
  const claimed = claimsOf(TerraformStack.of(construct), path);
  const take = (key: string, taken: (owner: string) => Error): void => {
    const owner = claimed.get(key);
    if (owner !== undefined) throw taken(owner);
    claimed.set(key, path);
  };
  if (virtualMachineId !== undefined)
    take(`vm ${virtualMachineId}`, (owner) => virtualMachineOfTwo(path, virtualMachineId, owner));
  if (preparedHostId !== undefined) take(`host ${preparedHostId}`, (owner) => hostOfTwo(path, preparedHostId, owner));
  for (const address of new Set(devices?.addresses))
    take(`device ${devices!.hostId} ${address}`, (owner) => deviceOfTwoVirtualMachines(path, address, owner));
}

function claimsOf(stack: TerraformStack, firstPath: string): Map<string, string> {
  const known = owners.get(stack);
  if (known) return known;
  const claimed = new Map<string, string>();
  owners.set(stack, claimed);
  const hasProvider = (): boolean => stack.node.findAll().some((candidate) => candidate instanceof ProviderBinding);
  stack.node.addValidation({ validate: () => (hasProvider() ? [] : [providerMissing(firstPath).message]) });
  return claimed;
}
