import { Aspects, TerraformProvider, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { VsphereProvider, type VsphereProviderConfig } from "@cdktf/provider-vsphere/lib/provider";

const stacks = new WeakSet<TerraformStack>();

/**
 * Sees to it that the stack has a VsphereProvider for those that name none: where nobody made one until synth, one that
 * takes all its arguments from the VSPHERE_* environment variables, as ours does.
 */
export function ensureVsphereProvider(scope: Construct): void {
  const stack = TerraformStack.of(scope);
  if (stacks.has(stack)) return;
  stacks.add(stack);
  Aspects.of(stack).add({
    visit(node: IConstruct) {
      // The bindings ask for user and password; vmware/vsphere itself takes them from the environment.
      if (node === stack && !hasVsphereProvider(stack))
        new VsphereProvider(stack, "vsphere-from-environment", {} as VsphereProviderConfig);
    },
  });
}

function hasVsphereProvider(stack: TerraformStack): boolean {
  return stack.node
    .findAll()
    .some(
      (candidate) =>
        TerraformProvider.isTerraformProvider(candidate) &&
        candidate.terraformResourceType === "vsphere" &&
        candidate.alias === undefined,
    );
}
