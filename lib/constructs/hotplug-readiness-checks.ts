import { Annotations, type IAspect, TerraformResource } from "cdktf";
import type { IConstruct } from "constructs";
import { describeViolations } from "./errors";
import { known } from "./known";
import { argumentsOf, brokenByArguments, leavesDevicesAlone } from "./virtual-machine-arguments";

/**
 * Judges every `vsphere_virtual_machine` below a construct by what hot plug rules out, whoever made it and with
 * whichever bindings: an error annotation, which fails the synthesis, for each that can't have devices hot-plugged.
 *
 * @example Aspects.of(stack).add(new HotplugReadinessChecks());
 */
export class HotplugReadinessChecks implements IAspect {
  visit(node: IConstruct): void {
    if (!TerraformResource.isTerraformResource(node) || node.terraformResourceType !== "vsphere_virtual_machine")
      return;
    const given = argumentsOf(node);
    const violations = brokenByArguments(given, known(given.name) ?? node.node.path);
    if (violations.length > 0) Annotations.of(node).addError(describeViolations(violations));
    // One that lists its devices itself says so on purpose; with no list, vmware/vsphere takes for drift what others
    // attach.
    if (given.pciDeviceId === undefined && !leavesDevicesAlone(node.lifecycle)) {
      Annotations.of(node).addError(
        "pci_device_id is not under ignore_changes, so vmware/vsphere would take off every device that is " +
          'hot-plugged. Set lifecycle: { ignoreChanges: ["pci_device_id"] }, or hand the virtual machine to ' +
          "HotplugReadyVm.fromVirtualMachine.",
      );
    }
  }
}
