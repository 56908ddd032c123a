import type { Change, Outcome } from "../hotplug/execute";
import { titleOf } from "../hotplug/observed-facts";
import { formatStep, type Step } from "../hotplug/steps";
import { classify } from "../hotplug/target";
import type { ApplyResponse } from "../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../tfplugin6/value";
import type { ManagedObjectReference } from "../vim/managed-object-reference";
import { attachedValue, remember, writeMemory, type Memory } from "./passthrough-devices-model";
import { problemDiagnostics } from "./problems";
import type { Sight } from "./virtual-machine-target";

export interface Applied {
  operation: "create" | "update" | "delete";
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  planned: Step[];
  memory: Memory;
  change: Change;
  outcome: Outcome;
  reference: ManagedObjectReference;
}

/** What an apply answers: the planned state where all went well, and else what is true, beside what went wrong. */
export function resultOf({
  operation,
  priorState,
  plannedState,
  planned,
  memory,
  change,
  outcome,
  reference,
}: Applied): ApplyResponse {
  const sight = outcome.observation as Sight | undefined;
  const nvme = sight ? classify(sight, outcome.known).nvme : [];
  const attached = nvme.map(({ address }) => address).sort();
  const virtualMachine = sight ? titleOf(sight.virtualMachine) : reference.value;
  const diagnostics = problemDiagnostics(outcome, { virtualMachine, operation, planned, attached });
  const failed = diagnostics.length > 0;
  if (operation === "delete" && !failed) return { state: null };
  // Any state would be tainted, and the next apply would detach what works to attach it again.
  if (operation === "create" && failed) return { state: null, diagnostics };
  if (!sight) return { state: priorState, private: writeMemory(memory), diagnostics };

  const found = sight.host.reference.value;
  const base = !failed
    ? plannedState!
    : {
        ...(plannedState ?? priorState!),
        host_id: priorState!.host_id!,
        devices: attached,
        attached: attachedValue(nvme),
      };
  const keep = failed ? [...Object.keys(memory.devices), ...attached] : change.declared;
  return {
    state: {
      ...base,
      host_id: isUnknown(base.host_id) ? found : base.host_id!,
      attached: isUnknown(base.attached) ? attachedValue(nvme) : base.attached!,
      steps: planned.map(formatStep),
    },
    private: writeMemory({
      ...(memory.vcenter !== undefined && { vcenter: memory.vcenter }),
      virtualMachine: reference.value,
      // A change that succeeded was made on the host that was meant, or on another that was accepted.
      host: failed && !change.allowDeviceChange ? (memory.host ?? found) : found,
      devices: remember(
        outcome.known,
        { nvme, hostDevices: sight.hostDevices },
        { keep, overwrite: change.allowDeviceChange },
      ),
    }),
    diagnostics,
  };
}
