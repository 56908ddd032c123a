import { execute } from "../../hotplug/devices/execute";
import { deviceFacts, factsFor, type Step } from "../../hotplug/devices/plan";
import { titleOf } from "../../hotplug/observed-facts";
import { checkRules } from "../../hotplug/rules/rules";
import { classify } from "../../hotplug/devices/target";
import type { Diagnostic } from "../../tfplugin6/diagnostic";
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
import { isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { emptyState, sameValue, text } from "../attributes/values";
import type { Connection } from "../connection";
import { connected, guarded, whereConnected, type Dependencies } from "../guarded";
import { violationDiagnostic } from "../errors";
import { otherObject, otherThanAtPlan } from "../user-error";
import {
  adoption,
  createdTwice,
  foreignDevice,
  keptByAnother,
  otherHost,
  observationWarnings,
  resultOf,
  unknownVirtualMachine,
} from "./report";
import {
  attachedValue,
  limitsOf,
  NO_MEMORY,
  readMemory,
  remember,
  rememberedDevices,
  writeMemory,
  type Memory,
} from "./model";
import { changeOf, ownerDescription, plannedSteps, planState } from "./plan";
import { passthroughDevicesSchema } from "./schema";
import { VimDevicesTarget } from "./target";

/** `hotplug_passthrough_devices`: the NVMe passthrough devices of one virtual machine, all of them. */
export class PassthroughDevicesResource implements Resource {
  readonly schema = passthroughDevicesSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read({ priorState, private: bytes }: ReadRequest, context: OperationContext): Promise<ReadResponse> {
    return whereConnected<ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const memory = readMemory(bytes);
        const vcenter = await connection.requireVcenter(memory, context.signal);
        const reference = await connection.findOwnVirtualMachine(
          { known: memory.virtualMachine, name: text(priorState.virtual_machine_id)! },
          context.signal,
        );
        if (!reference) return { state: null };
        connection.ownership.noteInState(reference.value);

        const observed = await new VimDevicesTarget(connection, reference, { operationTimeoutSeconds: 0 }).observe({
          signal: context.signal,
        });
        const remembered = rememberedDevices(memory);
        const { nvme, unclassified } = classify(observed, remembered);
        const addresses = nvme.map(({ address }) => address);
        const found = observed.host.reference.value;
        const host = memory.host ?? found;
        // Where others have changed the devices since, the last steps are history: the same ones, planned again, are to
        // be seen as a change.
        const isAsBefore = sameValue(addresses, priorState.devices ?? []);
        return {
          state: {
            ...priorState,
            host_id: priorState.host_id ?? found,
            attached: attachedValue(nvme),
            devices: addresses,
            steps: isAsBefore ? (priorState.steps ?? []) : [],
          },
          private: writeMemory({
            ...vcenter,
            virtualMachine: reference.value,
            host,
            ...(found !== host && { foundOnHost: found }),
            devices: remember(
              remembered,
              { nvme, hostDevices: observed.hostDevices },
              { keep: [...remembered.keys(), ...addresses], overwrite: false },
            ),
          }),
          diagnostics: observationWarnings(observed, {
            nvme,
            unclassified,
            remembered,
            allowDeviceChange: priorState.allow_device_change === true,
          }),
        };
      },
    );
  }

  async plan(request: PlanRequest, context: OperationContext): Promise<PlanResponse> {
    const { proposedNewState: plannedState, priorPrivate: plannedPrivate } = request;
    return guarded({ plannedState, plannedPrivate }, () => this.planReadable(request, context));
  }

  private async planReadable(
    { priorState, proposedNewState, config, priorPrivate }: PlanRequest,
    context: OperationContext,
  ): Promise<PlanResponse> {
    // What a replacement's new object is not told: it is on another virtual machine.
    const memory = priorState ? readMemory(priorPrivate) : NO_MEMORY;
    if (!proposedNewState) return this.planDestroy(priorState!, memory, priorPrivate);
    const pure = planState({ priorState, proposedNewState, config: config!, memory });
    const planned: PlanResponse = { plannedState: pure.plannedState, plannedPrivate: priorPrivate };
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
      const reference = await connection.requireVirtualMachine(name, context.signal);
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
  ): Promise<PlanResponse> {
    return guarded<PlanResponse>({ plannedState: null, plannedPrivate }, async () => {
      const { virtualMachine } = memory;
      if (virtualMachine !== undefined)
        this.dependencies
          .connection()
          ?.ownership.release({ id: virtualMachine, title: virtualMachine }, ownerDescription(priorState));
      return { plannedState: null, plannedPrivate };
    });
  }

  /**
   * What a plan can tell of the world beside its steps: what will stop the apply, and what the apply will find done
   * already.
   */
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
    const observed = await (await this.target(plan, { operationTimeoutSeconds: 0 })).observe({ signal });
    const title = titleOf(observed.virtualMachine);
    if (owner !== undefined) connection.ownership.claim({ id: reference.value, title }, owner);

    const { nvme } = classify(observed, rememberedDevices(memory));
    const change = changeOf(wanted, steps, memory);
    const adds = steps.filter(
      ({ operation, address }) => operation === "add" && !nvme.some((device) => device.address === address),
    );
    const devices = adds.map(({ address }) => deviceFacts(address, observed, change));
    const facts = factsFor(steps, observed);
    const violations = checkRules(steps.length > 0 ? { ...facts, devices } : { host: facts.host });
    const diagnostics = violations.map((violation) =>
      violationDiagnostic(violation, violation.weight === "fixed" ? "error" : "warning"),
    );
    if (!plan.creates || isUnknown(wanted.devices)) return diagnostics;

    const adopted = nvme.filter(({ address }) => change.declared.has(address));
    const foreign = nvme.filter(({ address }) => !change.declared.has(address));
    return [
      ...diagnostics,
      ...(adopted.length > 0 ? [adoption(title, adopted)] : []),
      ...foreign.map((device) => foreignDevice(title, device)),
    ];
  }

  async apply(
    { priorState, plannedState, plannedPrivate, config }: ApplyRequest,
    context: OperationContext,
  ): Promise<ApplyResponse> {
    const unchanged: ApplyResponse = { state: priorState, private: plannedPrivate };
    return connected(this.dependencies, unchanged, async (connection) => {
      const { signal } = context;
      const before = priorState ? readMemory(plannedPrivate) : NO_MEMORY;
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

      return connection.ownership.exclusively(reference.value, async () => {
        if (operation === "delete" && connection.ownership.isClaimed(reference.value))
          return { state: null, diagnostics: [keptByAnother(reference.value)] };
        const planned = plannedSteps(priorState, plannedState);
        const change = changeOf(wanted, planned, memory);
        const limits = limitsOf(wanted, operation);
        const target = await this.target({ connection, reference, wanted, config, memory, signal }, limits);
        const outcome = await execute(target, change, {
          ...limits,
          clock: this.dependencies.clock,
          signal,
          onProgress: (message, fields) =>
            context.log("info", message, { virtual_machine: reference.value, ...fields }),
        });
        return resultOf({ operation, priorState, plannedState, planned, memory, change, outcome, reference });
      });
    });
  }

  async import({ id }: ImportRequest, { signal }: OperationContext): Promise<ImportResponse> {
    return connected<ImportResponse>(this.dependencies, { state: null }, async (connection) => {
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

  /**
   * `config` is null for a destroy: where the devices are is what counts then, whatever their host is called by now.
   */
  private async target(
    change: {
      connection: Connection;
      reference: ManagedObjectReference;
      wanted: ObjectValue;
      config: ObjectValue | null;
      memory: Memory;
      signal: AbortSignal;
    },
    { operationTimeoutSeconds }: { operationTimeoutSeconds: number },
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
      operationTimeoutSeconds,
      asksKernel: true,
      ...(expectedHost && { expectedHost }),
    });
  }
}
