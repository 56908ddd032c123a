// What the resource does around the core, without a vCenter's particulars.

import type { Clock } from "../../lib/clock";
import { execute } from "../../lib/hotplug/devices/execute";
import type { DevicesGuest } from "../../lib/hotplug/devices/guest";
import type { GuestPolicy } from "../../lib/hotplug/devices/guest-work";
import {
  classify,
  type AttachedDevice,
  type DevicesObservation,
  type DevicesTarget,
} from "../../lib/hotplug/devices/target";
import { violationDiagnostic } from "../../lib/provider/errors";
import { isSet } from "../../lib/provider/attributes/values";
import { guestPolicy } from "../../lib/provider/passthrough-devices/guest";
import {
  attachedValue,
  changeOf,
  limitsOf,
  readMemory,
  remember,
  rememberedDevices,
  writeMemory,
} from "../../lib/provider/passthrough-devices/model";
import { plannedSteps, planState } from "../../lib/provider/passthrough-devices/plan";
import { resultOf } from "../../lib/provider/passthrough-devices/result";
import { errorDiagnostic } from "../../lib/tfplugin6/diagnostic";
import type {
  ApplyRequest,
  ApplyResponse,
  OperationContext,
  PlanRequest,
  PlanResponse,
  ReadRequest,
  ReadResponse,
} from "../../lib/tfplugin6/provider";
import type { ModelVcenter } from "../support/model-vcenter";
import type { ReconfigureCall } from "./world";

export const VIRTUAL_MACHINE = { name: "db", reference: { type: "VirtualMachine", value: "vm-42" } };
export const HOST = { name: "esx01", reference: { type: "HostSystem", value: "host-12" } };

/** A look that names what it is about, as the provider's do. */
export type NamedObservation = DevicesObservation & { virtualMachine: typeof VIRTUAL_MACHINE; host: typeof HOST };

/** What a control breaks on purpose. */
export interface Broken {
  target?<O extends DevicesObservation>(target: DevicesTarget<O>, vcenter: ModelVcenter): DevicesTarget<O>;
  change?(change: ReturnType<typeof changeOf>): ReturnType<typeof changeOf>;
  call?: Partial<ReconfigureCall>;
  guest?(guest: DevicesGuest): DevicesGuest;
  read?(nvme: AttachedDevice[]): AttachedDevice[];
}

export async function read(
  target: DevicesTarget,
  { priorState, private: bytes }: ReadRequest,
  broken: Broken,
): Promise<ReadResponse> {
  let sight: DevicesObservation;
  try {
    sight = await target.observe();
  } catch (error) {
    return { state: priorState, private: bytes, diagnostics: [errorDiagnostic("blind", String(error))] };
  }
  const memory = readMemory(bytes);
  const remembered = rememberedDevices(memory);
  const classified = classify(sight, remembered).nvme;
  const nvme = broken.read?.(classified) ?? classified;
  const addresses = nvme.map(({ address }) => address);
  const devices = remember(
    remembered,
    { nvme, hostDevices: sight.hostDevices },
    { keep: [...remembered.keys(), ...addresses], overwrite: false },
  );
  return {
    state: { ...priorState, attached: attachedValue(nvme, { before: priorState }), devices: addresses },
    private: writeMemory({
      virtualMachine: "vm-42",
      host: "host-12",
      runs: sight.facts.virtualMachine?.powerState === "poweredOn",
      serialNumbers: memory.serialNumbers,
      departures: memory.departures,
      devices,
    }),
  };
}

export async function plan({ priorState, proposedNewState, config, priorPrivate }: PlanRequest): Promise<PlanResponse> {
  if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
  const { plannedState, violations } = planState({
    priorState,
    proposedNewState,
    config: config!,
    memory: readMemory(priorPrivate),
  });
  return {
    plannedState,
    plannedPrivate: priorPrivate,
    diagnostics: violations.map((violation) => violationDiagnostic(violation, "error")),
  };
}

/** One run of the provider. */
interface Run {
  target: DevicesTarget<NamedObservation>;
  guest: { target: DevicesGuest; asks(policy: GuestPolicy): void };
  clock: Clock;
  broken: Broken;
}

export async function apply(
  { target, guest, clock, broken }: Run,
  { priorState, plannedState, plannedPrivate }: ApplyRequest,
  { signal }: OperationContext,
): Promise<ApplyResponse> {
  const operation = plannedState ? (priorState ? "update" : "create") : "delete";
  const wanted = plannedState ?? { ...priorState!, devices: [] };
  const memory = readMemory(plannedPrivate);
  const planned = plannedSteps(priorState, plannedState);
  const change = changeOf(wanted, planned, memory);
  const asked = broken.guest?.(guest.target) ?? guest.target;
  const policy = isSet(wanted.guest) ? guestPolicy(wanted, asked, { priorState, memory }) : undefined;
  if (policy) guest.asks(policy);
  const confirmed = { ...change, ...(policy && { guest: policy }) };
  const outcome = await execute(target, broken.change?.(confirmed) ?? confirmed, {
    clock,
    signal,
    ...limitsOf(wanted, operation),
  });
  return resultOf({
    operation,
    priorState,
    plannedState,
    planned,
    memory,
    change,
    outcome,
    reference: VIRTUAL_MACHINE.reference,
  });
}
