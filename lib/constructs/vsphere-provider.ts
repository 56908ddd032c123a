import { Aspects, TerraformElement, TerraformProvider, TerraformStack } from "cdktf";
import type { Construct } from "constructs";
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
  const ensure = (): void => {
    // The bindings ask for user and password; vmware/vsphere itself takes them from the environment.
    if (!hasVsphereProvider(stack)) new VsphereProvider(stack, ID, {} as VsphereProviderConfig);
  };
  Aspects.of(stack).add({ visit: (node) => node === stack && ensure() });
  new Prepared(stack, `${ID}-when-prepared`, ensure);
}

const ID = "vsphere-from-environment";

/**
 * Does something when its stack is prepared. Where the app is made with another copy of CDKTF, nobody asks the aspects
 * of this one; but every element is asked for its content before anything is written.
 */
class Prepared extends TerraformElement {
  constructor(
    scope: Construct,
    id: string,
    private readonly prepare: () => void,
  ) {
    super(scope, id);
  }

  override toTerraform(): object {
    this.prepare();
    return {};
  }
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
