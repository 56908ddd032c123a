import { execute } from "../../hotplug/devices/execute";
import type { Step } from "../../hotplug/devices/plan";
import { titleOf } from "../../hotplug/observed-facts";
import type { Diagnostic } from "../../tfplugin6/diagnostic";
import type * as tf from "../../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { storedState, storedText } from "../attributes/stored-state";
import { emptyState, isSet, text } from "../attributes/values";
import { noVirtualMachine, type Connection } from "../connection";
import { goneFromVcenter, violationDiagnostic } from "../errors";
import { connected, guarded, whereConnected, type Dependencies } from "../guarded";
import { otherObject, otherThanAtPlan } from "../user-error";
import { checkGuest, guestPolicy, VimDevicesGuest } from "./guest";
import { changeOf, limitsOf, NO_MEMORY, ownerDescription, readMemory, writeMemory, type Memory } from "./model";
import { plannedSteps, planState } from "./plan";
import { createdTwice, keptByAnother, otherHost, preview, unknownVirtualMachine } from "./report";
import { refreshed, resultOf } from "./result";
import { passthroughDevicesSchema } from "./schema";
import { observeOwn, VimDevicesTarget, whereGone } from "./target";

/** `hotplug_passthrough_devices`: the NVMe passthrough devices of one virtual machine, all of them. */
export class PassthroughDevicesResource implements tf.Resource {
  readonly schema = passthroughDevicesSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read({ priorState, private: bytes }: tf.ReadRequest, context: tf.OperationContext): Promise<tf.ReadResponse> {
    return whereConnected<tf.ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const memory = readMemory(bytes);
        const vcenter = await connection.requireVcenter(memory, context.signal);
        const name = storedText(priorState, "virtual_machine_id");
        const observed = await observeOwn(connection, { ...memory, name }, context.signal);
        if (!observed)
          return { state: null, diagnostics: connection.notes.toTellOnce(goneFromVcenter("Virtual machine", name)) };
        connection.ownership.noteInState(observed.virtualMachine.reference.value);
        return refreshed(observed, { priorState, memory: { ...memory, ...vcenter }, notes: connection.notes });
      },
    );
  }

  async plan(request: tf.PlanRequest, context: tf.OperationContext): Promise<tf.PlanResponse> {
    const { proposedNewState: plannedState, priorPrivate: plannedPrivate } = request;
    return guarded({ plannedState, plannedPrivate }, () => this.planReadable(request, context));
  }

  private async planReadable(
    { priorState, proposedNewState, config, priorPrivate }: tf.PlanRequest,
    context: tf.OperationContext,
  ): Promise<tf.PlanResponse> {
    // What a replacement's new object is not told: it is on another virtual machine.
    const memory = priorState ? readMemory(priorPrivate) : NO_MEMORY;
    storedState(this.schema, priorState);
    if (!proposedNewState) return this.planDestroy(priorState!, memory, priorPrivate);
    const pure = planState({ priorState, proposedNewState, config: config!, memory });
    const planned: tf.PlanResponse = { plannedState: pure.plannedState, plannedPrivate: priorPrivate };
    if (pure.violations.length > 0)
      return {
        ...planned,
        diagnostics: pure.violations.map((violation) => violationDiagnostic(violation, "error", ["order"])),
      };
    return whereConnected(this.dependencies, planned, async (connection) => {
      const owner = ownerDescription(proposedNewState);
      if (!pure.changed) {
        if (memory.virtualMachine !== undefined)
          connection.ownership.claim({ id: memory.virtualMachine, title: memory.virtualMachine }, owner);
        return { ...planned, diagnostics: otherHost(memory) };
      }
      await connection.checkEndpoint(context.signal);
      await connection.requireVcenter(memory, context.signal);
      const name = text(proposedNewState.virtual_machine_id);
      if (name === undefined)
        return priorState
          ? { ...planned, requiresReplace: [["virtual_machine_id"]], diagnostics: [unknownVirtualMachine()] }
          : planned;
      const reference = await connection.requireVirtualMachine(name, context.signal, { unseen: true });
      const replaces =
        priorState !== null && !(await this.isSame(connection, reference, priorState, memory, context.signal));
      if (replaces && priorState.virtual_machine_id === name)
        throw otherObject("virtual_machine_id", name, {
          found: reference.value,
          known: memory.virtualMachine ?? "another one",
        });
      // Only the second plan of a replacement has private bytes and no prior state.
      if (!priorState && readMemory(priorPrivate).virtualMachine === reference.value)
        throw createdTwice(reference.value);
      // Terraform shows the warnings of a replacement's first plan only, and that plan's steps are the second's.
      const look = { connection, reference, wanted: proposedNewState, config: config!, signal: context.signal };
      if (replaces) {
        const { steps = [] } = planState({ priorState: null, proposedNewState, config: config!, memory: NO_MEMORY });
        return {
          ...planned,
          requiresReplace: [["virtual_machine_id"]],
          diagnostics: await this.lookAhead({ ...look, creates: true, steps, memory: NO_MEMORY }),
        };
      }
      const diagnostics = await this.lookAhead({
        ...look,
        creates: !priorState,
        steps: pure.steps ?? [],
        memory,
        owner,
      });
      // A tainted resource is planned like a new one; so is one under a new address, for which the claim above may have
      // said more.
      if (!priorState && connection.ownership.isInState(reference.value)) throw createdTwice(reference.value);
      return { ...planned, diagnostics };
    });
  }

  private async planDestroy(
    priorState: ObjectValue,
    memory: Memory,
    plannedPrivate: Uint8Array,
  ): Promise<tf.PlanResponse> {
    return guarded<tf.PlanResponse>({ plannedState: null, plannedPrivate }, async () => {
      const { virtualMachine } = memory;
      if (virtualMachine !== undefined)
        this.dependencies
          .connection()
          ?.ownership.release({ id: virtualMachine, title: virtualMachine }, ownerDescription(priorState));
      return { plannedState: null, plannedPrivate };
    });
  }

  /** Looks at the virtual machine, takes it for this configuration, and says what a plan can tell beside its steps. */
  private async lookAhead(plan: {
    connection: Connection;
    reference: ManagedObjectReference;
    wanted: ObjectValue;
    config: ObjectValue;
    creates: boolean;
    steps: Step[];
    memory: Memory;
    owner?: string;
    signal: AbortSignal;
  }): Promise<Diagnostic[]> {
    const { connection, reference, wanted, steps, memory, owner, signal } = plan;
    // A refresh has looked at what a resource has; only a new one finds devices that nobody has looked at.
    const limits = { operationTimeoutSeconds: 0, plans: true, asksSystem: plan.creates };
    const name = text(wanted.virtual_machine_id)!;
    const observed = await (await this.target(plan, limits))
      .observe({ signal })
      .catch(whereGone(reference, () => Promise.reject(noVirtualMachine(name))));
    const title = titleOf(observed.virtualMachine);
    connection.ownership.planRemovals(reference.value, removed(steps));
    if (owner !== undefined) connection.ownership.claim({ id: reference.value, title }, owner);

    const change = changeOf(wanted, steps, memory);
    const creates = plan.creates && !isUnknown(wanted.devices);
    return [
      ...checkGuest(wanted, connection, observed.virtualMachine),
      ...preview(observed, { change, creates, notes: connection.notes }),
    ];
  }

  async apply(
    { priorState, plannedState, plannedPrivate, config }: tf.ApplyRequest,
    context: tf.OperationContext,
  ): Promise<tf.ApplyResponse> {
    const unchanged: tf.ApplyResponse = { state: priorState, private: plannedPrivate };
    return connected(this.dependencies, unchanged, async (connection) => {
      const { signal } = context;
      const before = priorState ? readMemory(plannedPrivate) : NO_MEMORY;
      storedState(this.schema, priorState);
      const memory: Memory = { ...before, ...(await connection.requireVcenter(before, signal)) };
      const operation = plannedState ? (priorState ? "update" : "create") : "delete";
      const wanted = plannedState ?? { ...priorState!, devices: [] };
      const name = text(wanted.virtual_machine_id)!;
      const reference = await (operation === "delete"
        ? connection.findOwnVirtualMachine({ known: memory.virtualMachine, name }, signal)
        : connection.requireVirtualMachine(name, signal));
      if (!reference) return { state: null };
      if (operation === "update" && !(await this.isSame(connection, reference, priorState!, memory, signal)))
        throw otherThanAtPlan("virtual_machine_id", name);

      const planned = plannedSteps(priorState, plannedState);
      const { ownership } = connection;
      const change = (): Promise<tf.ApplyResponse> =>
        ownership.exclusively(reference.value, async () => {
          if (operation === "delete" && ownership.isClaimed(reference.value))
            return { state: null, diagnostics: [keptByAnother(reference.value)] };
          const change = { ...changeOf(wanted, planned, memory), destroys: operation === "delete" };
          const limits = limitsOf(wanted, operation);
          const look = { connection, reference, wanted, config, memory, signal };
          const target = await this.target(look, { ...limits, changes: true });
          const asks = isSet(wanted.guest) && !connection.guests.skips;
          const guest = new VimDevicesGuest(connection, asks ? (wanted.guest as ObjectValue) : {}, target);
          const policy = asks ? { guest: guestPolicy(wanted, guest, { priorState, memory }) } : {};
          const outcome = await execute(
            target,
            { ...change, ...policy },
            {
              ...limits,
              clock: this.dependencies.clock,
              signal,
              onProgress: (message, fields) =>
                context.log("info", message, { virtual_machine: reference.value, ...fields }),
              onDetail: (message, fields) =>
                context.log("debug", message, { virtual_machine: reference.value, ...fields }),
            },
          ).finally(() => guest.close());
          const skipsGuest = isSet(wanted.guest) && !asks;
          return resultOf({
            operation,
            priorState,
            plannedState,
            planned,
            memory,
            change,
            outcome,
            reference,
            skipsGuest,
          });
        });
      return ownership.whileRemoving(reference.value, removed(planned), change);
    });
  }

  async import({ id }: tf.ImportRequest, { signal }: tf.OperationContext): Promise<tf.ImportResponse> {
    return connected<tf.ImportResponse>(this.dependencies, { state: null }, async (connection) => {
      const vcenter = await connection.requireVcenter({}, signal);
      const { reference, name } = await connection.importVirtualMachine(id, signal);
      return {
        state: { ...emptyState(this.schema), virtual_machine_id: name, devices: [], attached: {}, steps: [] },
        private: writeMemory({ ...vcenter, virtualMachine: reference.value, devices: {} }),
      };
    });
  }

  private async isSame(
    connection: Connection,
    reference: ManagedObjectReference,
    priorState: ObjectValue,
    memory: Memory,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (memory.virtualMachine !== undefined) return memory.virtualMachine === reference.value;
    const before = await connection.findOwnVirtualMachine(
      { known: undefined, name: text(priorState.virtual_machine_id)! },
      signal,
    );
    return before?.value === reference.value;
  }

  /** `config` is null for a destroy: what counts then is where the devices are, whatever their host is called. */
  private async target(
    change: {
      connection: Connection;
      reference: ManagedObjectReference;
      wanted: ObjectValue;
      config: ObjectValue | null;
      memory: Memory;
      signal: AbortSignal;
    },
    limits: { operationTimeoutSeconds: number; plans?: boolean; asksSystem?: boolean; changes?: boolean },
  ): Promise<VimDevicesTarget> {
    const { connection, reference, wanted, config, memory, signal } = change;
    const configured = text(config?.host_id);
    const expectedHost =
      configured !== undefined
        ? {
            id: configured === memory.host ? configured : (await connection.requireHost(configured, signal)).value,
            configured: true,
          }
        : memory.host !== undefined && wanted.allow_device_change !== true
          ? { id: memory.host, configured: false }
          : undefined;
    return new VimDevicesTarget(connection, reference, {
      ...limits,
      asksKernel: true,
      ...(memory.systems && { systems: memory.systems }),
      ...(expectedHost && { expectedHost }),
    });
  }
}

function removed(steps: readonly Step[]): string[] {
  return steps.filter(({ operation }) => operation === "remove").map(({ address }) => address);
}
