import {
  describeVirtualMachinePlan,
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
} from "../../hotplug/virtual-machine/plan";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import type {
  ApplyRequest,
  ApplyResponse,
  ImportRequest,
  ImportResponse,
  OperationContext,
  PlanRequest,
  PlanResponse,
  ReadRequest,
  ReadResponse,
  Resource,
} from "../../tfplugin6/provider";
import { isUnknown } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { readPrivate, writePrivate } from "../attributes/memory";
import { emptyState, text } from "../attributes/values";
import type { Connection } from "../connection";
import { connected, whereConnected, type Dependencies } from "../guarded";
import { otherObject } from "../user-error";
import { violationDiagnostic } from "../passthrough-devices/problems";
import {
  isReady,
  obstacles,
  prepareVirtualMachine,
  type VirtualMachineObservation,
  type WantedSettings,
} from "../../hotplug/virtual-machine/prepare";
import { wantedOf, type Memory } from "./model";
import { planState } from "./plan";
import { virtualMachineSettingsSchema } from "./schema";
import { VimVirtualMachineTarget, type VimVirtualMachineObservation } from "./target";

/** `hotplug_virtual_machine_settings`: what a virtual machine needs for hot plug, set with at most one power cycle. */
export class VirtualMachineSettingsResource implements Resource {
  readonly schema = virtualMachineSettingsSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read({ priorState, private: bytes }: ReadRequest, { signal }: OperationContext): Promise<ReadResponse> {
    return whereConnected<ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const memory = await connection.requireVcenter(readPrivate<Memory>(bytes), signal);
        const reference = await connection.findOwnVirtualMachine(
          { known: text(priorState.moid), name: text(priorState.virtual_machine_id)! },
          signal,
        );
        if (!reference) return { state: null };
        const observed = await new VimVirtualMachineTarget(connection, reference).observe(signal);
        return {
          state: {
            ...priorState,
            moid: reference.value,
            ready: isReady(observed, wantedOf(priorState, { creating: false })),
          },
          private: writePrivate(memory),
        };
      },
    );
  }

  /** What is planned follows from the state and the configuration alone; what is seen besides comes as warnings. */
  async plan(
    { priorState, proposedNewState, priorPrivate }: PlanRequest,
    { signal }: OperationContext,
  ): Promise<PlanResponse> {
    if (!proposedNewState) return { plannedState: null };
    const { plannedState, changed } = planState({ priorState, proposedNewState });
    const planned: PlanResponse = { plannedState, plannedPrivate: priorPrivate };
    if (!changed) return planned;
    return whereConnected(this.dependencies, planned, async (connection) => {
      const replaced: PlanResponse = { ...planned, requiresReplace: [["virtual_machine_id"]] };
      const name = proposedNewState.virtual_machine_id!;
      if (isUnknown(name)) return priorState ? replaced : planned;
      await connection.requireVcenter(priorState ? readPrivate<Memory>(priorPrivate) : {}, signal);
      const reference = await connection.requireVirtualMachine(name as string, signal);
      if (priorState && priorState.moid !== reference.value) {
        if (priorState.virtual_machine_id === name)
          throw otherObject("virtual_machine_id", name as string, {
            found: reference.value,
            known: String(priorState.moid),
          });
        return replaced;
      }
      return {
        ...planned,
        diagnostics: await this.lookAhead(
          connection,
          reference,
          wantedOf(proposedNewState, { creating: !priorState }),
          signal,
        ),
      };
    });
  }

  private async lookAhead(
    connection: Connection,
    reference: ManagedObjectReference,
    wanted: WantedSettings,
    signal: AbortSignal,
  ): Promise<Diagnostic[]> {
    const observed = await new VimVirtualMachineTarget(connection, reference).observe(signal);
    const violations = obstacles(observed, wanted);
    return [
      ...violations.map((violation) =>
        violationDiagnostic(violation, violation.weight === "fixed" ? "error" : "warning"),
      ),
      ...announce(observed, wanted),
    ];
  }

  async apply(
    { priorState, plannedState, plannedPrivate }: ApplyRequest,
    { signal, log }: OperationContext,
  ): Promise<ApplyResponse> {
    // The settings are the virtual machine's by now: a guest that was made for them wouldn't start without.
    if (!plannedState) return { state: null };
    const unchanged: ApplyResponse = { state: priorState, private: plannedPrivate };
    return connected(this.dependencies, unchanged, async (connection) => {
      const memory = await connection.requireVcenter(priorState ? readPrivate<Memory>(plannedPrivate) : {}, signal);
      const reference = await connection.requireVirtualMachine(plannedState.virtual_machine_id as string, signal);
      if (priorState && priorState.moid !== reference.value) {
        const detail = "Nothing was changed. Plan again: the resource will be replaced.";
        return {
          ...unchanged,
          diagnostics: [
            errorDiagnostic("virtual_machine_id names another virtual machine than at plan", detail, [
              "virtual_machine_id",
            ]),
          ],
        };
      }
      const target = new VimVirtualMachineTarget(connection, reference);
      const wanted = wantedOf(plannedState, { creating: !priorState });
      const { host } = await target.observe(signal);
      const prepared = await connection.ownership.exclusively(reference.value, () =>
        connection.hosts.together(host.reference.value, () =>
          prepareVirtualMachine(target, wanted, {
            clock: this.dependencies.clock,
            signal,
            onProgress: (message) => log("info", message, { virtual_machine: reference.value }),
          }),
        ),
      );
      return {
        state: { ...plannedState, ready: true, moid: reference.value },
        private: writePrivate(memory),
        diagnostics: staysOff(prepared),
      };
    });
  }

  async import({ id }: ImportRequest, { signal }: OperationContext): Promise<ImportResponse> {
    return connected<ImportResponse>(this.dependencies, { state: null }, async (connection) => {
      const memory = await connection.requireVcenter({}, signal);
      const { reference, name } = await connection.importVirtualMachine(id, signal);
      return {
        state: { ...emptyState(this.schema), virtual_machine_id: name, moid: reference.value },
        private: writePrivate(memory),
      };
    });
  }
}

/** What a plan can tell of what the apply will do, and what the person should know before. */
function announce(observed: VimVirtualMachineObservation, wanted: WantedSettings): Diagnostic[] {
  const vm = observed.facts.virtualMachine;
  const preparation = planVirtualMachine(vm, wanted);
  if (isPrepared(preparation)) return [];
  const cycles = vm.powerState === "poweredOn" && needsPowerOff(preparation);
  // Where it may not, the broken rule says so already.
  if (cycles && !mayPowerCycle(wanted.powerCycle, wanted)) return [];
  const power = !cycles
    ? vm.powerState === "poweredOff"
      ? "It is off and stays off."
      : "That takes no power cycle."
    : observed.toolsRunning
      ? `That takes ONE POWER CYCLE: its guest is shut down (within ${wanted.guestShutdownTimeoutSeconds} s) and ` +
        "it is powered on again."
      : "That takes ONE POWER CYCLE, and its guest can't be asked to shut down, since VMware Tools don't run in it.";
  const names =
    preparation.upgradeTo !== undefined || preparation.setMotherboardLayout
      ? [
          warningDiagnostic(
            `Network interfaces of virtual machine ${vm.title} may get other names in its guest`,
            "A new hardware version or motherboard layout moves PCI devices to other addresses, and a guest " +
              "that names its interfaces by address (ens192) names them anew. Make sure that its network " +
              "configuration goes by MAC address, or that its console can be reached. (VMware KB 407595, rule M7)",
          ),
        ]
      : [];
  return [
    warningDiagnostic(
      `Virtual machine ${vm.title} will be made ready for hot plug`,
      `To be set: ${describeVirtualMachinePlan(vm, preparation).join(", ")}. ${power}`,
    ),
    ...names,
  ];
}

/**
 * One that was off when this began: a person may have it so, or an apply that was killed between power-off and
 * power-on.
 */
function staysOff({ facts: { virtualMachine } }: VirtualMachineObservation): Diagnostic[] {
  if (virtualMachine.powerState !== "poweredOff") return [];
  return [
    warningDiagnostic(
      `Virtual machine ${virtualMachine.title} is off, and stays off`,
      "It was off when it was looked at first, so it was not powered on. Power it on when it should run; hot " +
        "plug is in force from then on.",
    ),
  ];
}
