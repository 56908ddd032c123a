import { isReady, virtualMachineObstacles, type WantedSettings } from "../../hotplug/virtual-machine/plan";
import { prepareVirtualMachine } from "../../hotplug/virtual-machine/prepare";
import type { Diagnostic } from "../../tfplugin6/diagnostic";
import type * as tf from "../../tfplugin6/provider";
import { isUnknown } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { readPrivate, writePrivate } from "../attributes/memory";
import { storedState, storedText } from "../attributes/stored-state";
import { emptyState, text } from "../attributes/values";
import type { Connection } from "../connection";
import { connected, guarded, whereConnected, type Dependencies } from "../guarded";
import { otherObject, otherThanAtPlan } from "../user-error";
import { goneFromVcenter, violationsAtPlan } from "../errors";
import { MEMORY, wantedOf } from "./model";
import { planState } from "./plan";
import { virtualMachineSettingsSchema } from "./schema";
import { announce, diagnosticsOf, takenBack } from "./report";
import { VimVirtualMachineTarget } from "./target";

/** `hotplug_virtual_machine_settings`: what a virtual machine needs for hot plug, set with at most one power cycle. */
export class VirtualMachineSettingsResource implements tf.Resource {
  readonly schema = virtualMachineSettingsSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read(
    { priorState, private: bytes }: tf.ReadRequest,
    { signal }: tf.OperationContext,
  ): Promise<tf.ReadResponse> {
    return whereConnected<tf.ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const memory = await connection.requireVcenter(readPrivate(bytes, MEMORY), signal);
        const name = storedText(priorState, "virtual_machine_id");
        const reference = await connection.findOwnVirtualMachine({ known: text(priorState.moid), name }, signal);
        if (!reference)
          return { state: null, diagnostics: connection.notes.toTellOnce(goneFromVcenter("Virtual machine", name)) };
        const observed = await new VimVirtualMachineTarget(connection, reference).observe({ signal });
        return {
          state: {
            ...priorState,
            moid: reference.value,
            ready: isReady(observed, wantedOf(priorState, { creating: false })),
          },
          private: writePrivate(memory),
          diagnostics: priorState.ready === true ? takenBack(observed) : [],
        };
      },
    );
  }

  /** What is planned follows from the state and the configuration alone; what is seen besides comes as warnings. */
  async plan(
    { priorState, proposedNewState, priorPrivate }: tf.PlanRequest,
    { signal }: tf.OperationContext,
  ): Promise<tf.PlanResponse> {
    return guarded<tf.PlanResponse>({ plannedState: proposedNewState, plannedPrivate: priorPrivate }, () =>
      this.planReadable({ priorState, proposedNewState, priorPrivate }, signal),
    );
  }

  private async planReadable(
    { priorState, proposedNewState, priorPrivate }: Omit<tf.PlanRequest, "config">,
    signal: AbortSignal,
  ): Promise<tf.PlanResponse> {
    if (!proposedNewState) return { plannedState: null };
    storedState(this.schema, priorState);
    const { plannedState, changed } = planState({ priorState, proposedNewState });
    const planned: tf.PlanResponse = { plannedState, plannedPrivate: priorPrivate };
    if (!changed) return planned;
    return whereConnected(this.dependencies, planned, async (connection) => {
      const replaced: tf.PlanResponse = { ...planned, requiresReplace: [["virtual_machine_id"]] };
      const name = proposedNewState.virtual_machine_id!;
      if (isUnknown(name)) return priorState ? replaced : planned;
      await connection.requireVcenter(priorState ? readPrivate(priorPrivate, MEMORY) : {}, signal);
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
    const observed = await new VimVirtualMachineTarget(connection, reference).observe({ signal });
    const { notes } = connection;
    notes.preparesMachine(reference.value);
    const obstacles = virtualMachineObstacles(observed, wanted);
    const toTell = notes.toTell(obstacles, {
      virtualMachine: reference.value,
      host: observed.host.reference.value,
    });
    const isRefused = obstacles.some(({ weight }) => weight === "fixed");
    return [...violationsAtPlan(toTell), ...(isRefused ? [] : announce(observed, wanted))];
  }

  async apply(
    { priorState, plannedState, plannedPrivate }: tf.ApplyRequest,
    { signal, log }: tf.OperationContext,
  ): Promise<tf.ApplyResponse> {
    // The settings are the virtual machine's by now: a guest that was made for them wouldn't start without.
    if (!plannedState) return { state: null };
    const unchanged: tf.ApplyResponse = { state: priorState, private: plannedPrivate };
    return connected(this.dependencies, unchanged, async (connection) => {
      storedState(this.schema, priorState);
      const memory = await connection.requireVcenter(priorState ? readPrivate(plannedPrivate, MEMORY) : {}, signal);
      const reference = await connection.requireVirtualMachine(plannedState.virtual_machine_id as string, signal);
      if (priorState && priorState.moid !== reference.value) throw otherThanAtPlan("virtual_machine_id");
      const target = new VimVirtualMachineTarget(connection, reference);
      const wanted = wantedOf(plannedState, { creating: !priorState });
      const { host } = await target.observe({ signal });
      const outcome = await connection.ownership.exclusively(reference.value, () =>
        connection.hosts.together(host.reference.value, () =>
          prepareVirtualMachine(target, wanted, {
            clock: this.dependencies.clock,
            signal,
            onProgress: (message) => log("info", message, { virtual_machine: reference.value }),
          }),
        ),
      );
      const diagnostics = diagnosticsOf(outcome);
      if (outcome.problems.length > 0) return { ...unchanged, diagnostics };
      return {
        state: { ...plannedState, ready: true, moid: reference.value },
        private: writePrivate(memory),
        diagnostics,
      };
    });
  }

  async import({ id }: tf.ImportRequest, { signal }: tf.OperationContext): Promise<tf.ImportResponse> {
    return connected<tf.ImportResponse>(this.dependencies, { state: null }, async (connection) => {
      const memory = await connection.requireVcenter({}, signal);
      const { reference, name } = await connection.importVirtualMachine(id, signal);
      return {
        state: { ...emptyState(this.schema), virtual_machine_id: name, moid: reference.value },
        private: writePrivate(memory),
      };
    });
  }
}
