import { writeSync } from "node:fs";
import { Annotations, Aspects, type IAspect, TerraformResource, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { checksOutOfReach, describeViolations } from "./errors";
import { known } from "./known";
import { argumentsOf, brokenByArguments, leavesDevicesAlone } from "./virtual-machine-arguments";

/**
 * Judges every `vsphere_virtual_machine` below a construct by what hot plug rules out, whoever made it and with
 * whichever bindings: an error annotation, which fails the synthesis, for each that can't have devices hot-plugged.
 *
 * @example Aspects.of(stack).add(new HotplugReadinessChecks());
 */
export class HotplugReadinessChecks implements IAspect {
  private readonly asked = new WeakSet<TerraformStack>();

  constructor() {
    if (neverAsked.size === 0) process.once("exit", complain);
    neverAsked.add(this);
  }

  /** What is wrong where checks were added above a stack. */
  static outOfReach(stack: TerraformStack): string[] {
    return stack.node.scopes
      .filter((scope) =>
        Aspects.of(scope).all.some((one) => one instanceof HotplugReadinessChecks && !one.asked.has(stack)),
      )
      .map(({ node }) => checksOutOfReach(node.path));
  }

  visit(node: IConstruct): void {
    neverAsked.delete(this);
    this.asked.add(TerraformStack.of(node));
    if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== "vsphere_virtual_machine")
      return;
    const given = argumentsOf(node);
    const violations = brokenByArguments(given, known(given.name) ?? node.node.path);
    if (violations.length > 0) Annotations.of(node).addError(describeViolations(violations));
    // One that lists its devices itself says so on purpose; with no list, vmware/vsphere takes for drift what others
    // attach.
    if (given.pciDeviceId === undefined && !leavesDevicesAlone(node.lifecycle)) {
      Annotations.of(node).addError(
        "pciDeviceId is not under ignoreChanges, so vmware/vsphere would take off every device that is " +
          'hot-plugged. Set lifecycle: { ignoreChanges: ["pci_device_id"] }, or hand the virtual machine to ' +
          "HotplugReadyVm.fromVirtualMachine.",
      );
    }
  }
}

/** Checks that CDKTF hasn't asked so far. Where a stack has nothing else of ours, only the end of the program tells. */
const neverAsked = new Set<HotplugReadinessChecks>();

function complain(): void {
  if (neverAsked.size > 0) writeSync(process.stderr.fd, `${checksOutOfReach()}\n`);
}
