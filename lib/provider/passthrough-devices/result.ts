import type { Change, DevicesOutcome } from "../../hotplug/devices/change";
import { formatStep, type Step } from "../../hotplug/devices/plan";
import { changedDrives, type Sightings } from "../../hotplug/devices/guest";
import { classify, type DevicesObservation } from "../../hotplug/devices/target";
import { titleOf, type Named } from "../../hotplug/observed-facts";
import type * as tf from "../../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { sameValue } from "../attributes/values";
import { changedDrive, guestSkipped } from "./guest-report";
import {
  attachedValue,
  knownSightings,
  remember,
  rememberDepartures,
  rememberedDevices,
  writeMemory,
  type Memory,
} from "./model";
import type { PlanNotes } from "../plan-notes";
import { allTakenOff, pulledDevices } from "./losses";
import { diagnosticsOf, observationWarnings } from "./report";
import type { VimDevicesObservation } from "./target";

/** What a refresh answers: what is attached, and what a person should know of it. */
export function refreshed(
  observed: VimDevicesObservation,
  { priorState, memory, notes }: { priorState: ObjectValue; memory: Memory; notes: PlanNotes },
): tf.ReadResponse {
  const remembered = rememberedDevices(memory);
  const { nvme, unclassified } = classify(observed, remembered);
  const addresses = nvme.map(({ address }) => address);
  const found = observed.host.reference.value;
  const host = memory.host ?? found;
  // Where others have changed the devices since, the last steps are history: the same ones, planned again, are to be
  // seen as a change.
  const isAsBefore = sameValue(addresses, priorState.devices ?? []);
  const keep = [...remembered.keys(), ...addresses];
  const before = Object.keys(priorState.attached ?? {});
  const allowDeviceChange = priorState.allow_device_change === true;
  return {
    state: {
      ...priorState,
      host_id: priorState.host_id ?? found,
      attached: attachedValue(nvme, { before: priorState }),
      devices: addresses,
      steps: isAsBefore ? (priorState.steps ?? []) : [],
    },
    private: writeMemory({
      vcenter: memory.vcenter,
      virtualMachine: observed.virtualMachine.reference.value,
      host,
      foundOnHost: found === host ? undefined : found,
      runs: runs(observed),
      serialNumbers: memory.serialNumbers,
      departures: memory.departures,
      systems: observed.systems,
      devices: remember(remembered, { nvme, hostDevices: observed.hostDevices }, { keep, overwrite: false }),
    }),
    diagnostics: [
      ...pulledDevices(observed, { before, remembered, host, notes }),
      ...(found === host ? allTakenOff(observed, before, remembered) : []),
      ...observationWarnings(observed, { nvme, unclassified, remembered, allowDeviceChange }),
    ],
  };
}

interface Applied {
  operation: "create" | "update" | "delete";
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  planned: Step[];
  memory: Memory;
  change: Change;
  outcome: DevicesOutcome<DevicesObservation & { virtualMachine: Named; host: Named; systems?: Memory["systems"] }>;
  reference: ManagedObjectReference;
  /** The resource has a guest, and this run asks none. */
  skipsGuest?: boolean;
}

/** What an apply answers: the planned state where all went well, and else what is true, beside what went wrong. */
export function resultOf(applied: Applied): tf.ApplyResponse {
  const { operation, priorState, plannedState, planned, memory, change, outcome, reference } = applied;
  const { observed } = outcome;
  const nvme = observed ? classify(observed, outcome.known).nvme : [];
  const attached = nvme.map(({ address }) => address).sort();
  const virtualMachine = observed ? titleOf(observed.virtualMachine) : reference.value;
  const errors = diagnosticsOf(outcome, { ...applied, virtualMachine, attached });
  const known = knownSightings(priorState, memory);
  const diagnostics = [
    ...errors,
    ...changedDrives(known, outcome.sightings ?? new Map()).map((drive) => changedDrive(virtualMachine, drive)),
    ...(applied.skipsGuest ? [guestSkipped(virtualMachine)] : []),
  ];
  const failed = errors.length > 0;
  if (operation === "delete" && !failed) return { state: null, diagnostics };
  // Any state would be tainted, and the next apply would detach what works to attach it again.
  if (operation === "create" && failed) return { state: null, diagnostics };
  if (!observed) return { state: priorState, private: writeMemory(memory), diagnostics };

  const found = observed.host.reference.value;
  const seen = attachedValue(nvme, { before: priorState, sightings: outcome.sightings });
  const base = !failed
    ? plannedState!
    : {
        ...(plannedState ?? priorState!),
        host_id: priorState!.host_id!,
        devices: attached,
        attached: seen,
      };
  const keep = failed ? [...Object.keys(memory.devices), ...attached] : change.declared;
  return {
    state: {
      ...base,
      host_id: isUnknown(base.host_id) ? found : base.host_id!,
      attached: isUnknown(base.attached) ? seen : base.attached!,
      // Terraform hides in a plan what is in the state already: after a failure that may only be what was done.
      steps: (failed ? outcome.done : planned).map(formatStep),
    },
    private: writeMemory({
      ...(memory.vcenter !== undefined && { vcenter: memory.vcenter }),
      virtualMachine: reference.value,
      // A change that succeeded was made on the host that was meant, or on another that was accepted.
      host: failed && !change.allowDeviceChange ? (memory.host ?? found) : found,
      runs: runs(observed),
      systems: observed.systems,
      serialNumbers: serialNumbers(known, outcome.sightings, keep),
      departures: outcome.departures && rememberDepartures(outcome.departures),
      devices: remember(
        outcome.known,
        { nvme, hostDevices: observed.hostDevices },
        { keep, overwrite: change.allowDeviceChange },
      ),
    }),
    diagnostics,
  };
}

function runs({ facts }: Pick<DevicesObservation, "facts">): boolean {
  return facts.virtualMachine?.powerState === "poweredOn";
}

/** What is remembered of drives that a guest has shown: what it shows now, and of those to `keep` what it showed. */
function serialNumbers(known: Sightings, seen: Sightings | undefined, keep: Iterable<string>): Record<string, string> {
  const addresses = new Set([...keep, ...(seen?.keys() ?? [])]);
  return Object.fromEntries(
    [...addresses].flatMap((address) => {
      const serialNumber = seen?.get(address)?.serialNumber ?? known.get(address)?.serialNumber;
      return serialNumber === undefined ? [] : [[address, serialNumber]];
    }),
  );
}
