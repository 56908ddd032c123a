import type { Clock } from "../clock";
import { deviceFacts, execute, type Change, type Outcome } from "../hotplug/execute";
import { checkRules } from "../hotplug/rules";
import { formatStep, type Step } from "../hotplug/steps";
import { classify, type AttachedDevice } from "../hotplug/target";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../tfplugin6/diagnostic";
import type { ApplyRequest, ApplyResponse, ImportRequest, ImportResponse, OperationContext, PlanRequest, PlanResponse, ReadRequest, ReadResponse, Resource, ValidateRequest } from "../tfplugin6/provider";
import { isUnknown, type ObjectValue } from "../tfplugin6/value";
import type { ManagedObjectReference } from "../vim/managed-object-reference";
import { readVirtualMachines } from "../vim/virtual-machine";
import { virtualMachineTitle, type Connection } from "./connection";
import { validatePassthroughDevices } from "./passthrough-devices-config";
import { attachedValue, limitsOf, readMemory, remember, rememberedDevices, text, writeMemory, type Memory } from "./passthrough-devices-model";
import { changeOf, ownership, plannedSteps, planState } from "./passthrough-devices-plan";
import { problemDiagnostics, violationDiagnostic } from "./problems";
import { passthroughDevicesSchema } from "./schema";
import { UserError } from "./user-error";
import { VirtualMachineTarget, type Sight } from "./virtual-machine-target";
import { errorToDiagnostic } from "./vim-error";

/** What the resource is given by the provider. `connection` is undefined while the provider's configuration isn't known. */
export interface PassthroughDevicesDependencies {
  connection(): Connection | undefined;
  clock: Clock;
}

/** `hotplug_passthrough_devices`: the NVMe passthrough devices of one virtual machine, all of them. */
export class PassthroughDevices implements Resource {
  readonly schema = passthroughDevicesSchema;

  constructor(private readonly dependencies: PassthroughDevicesDependencies) {}

  async validate({ config }: ValidateRequest): Promise<Diagnostic[]> {
    return validatePassthroughDevices(config);
  }

  async read({ priorState, private: bytes }: ReadRequest, context: OperationContext): Promise<ReadResponse> {
    return this.orDiagnostic({ state: priorState, private: bytes }, async () => {
      const connection = this.connection();
      if (!connection) return { state: priorState, private: bytes };
      const memory = readMemory(bytes);
      const reference = await this.findOwn(connection, text(priorState.virtual_machine_id)!, memory, context.signal);
      if (!reference) return { state: null };

      const sight = await new VirtualMachineTarget(connection, reference, { operationTimeoutSeconds: 0 }).observe({ signal: context.signal });
      const { nvme, unclassified } = classify(sight, rememberedDevices(memory));
      const found = sight.host.reference.value;
      const host = memory.host ?? found;
      const state = {
        ...priorState,
        host_id: priorState.host_id ?? found,
        attached: attachedValue(nvme),
        devices: nvme.map(({ address }) => address),
        steps: priorState.steps ?? [],
      };
      const keep = [...Object.keys(memory.devices), ...nvme.map(({ address }) => address)];
      const newMemory: Memory = { virtualMachine: reference.value, host, ...(found !== host && { foundOnHost: found }), devices: remember(memory, sight, { keep, overwrite: false }) };
      const notOnHost = nvme.filter(({ address }) => !sight.hostDevices.has(address));
      return {
        state,
        private: writeMemory(newMemory),
        diagnostics: [
          ...unclassified.map(({ address, label }) =>
            warningDiagnostic(
              `What kind of device ${address} (${label}) is can't be told`,
              `Virtual machine ${virtualMachineTitle(sight.virtualMachine)} has it, its host no longer shows it, and it was never seen before. It is left alone: if it is an NVMe drive that was pulled out, take it off by hand.`,
            ),
          ),
          ...notOnHost.map(({ address, label }) =>
            warningDiagnostic(
              `Host ${sight.host.name} no longer shows ${address} (${label})`,
              `Virtual machine ${virtualMachineTitle(sight.virtualMachine)} still has it, and the drive is gone from its slot. Take ${address} out of devices to clean it off the virtual machine, or put the drive back.`,
            ),
          ),
        ],
      };
    });
  }

  async plan({ priorState, proposedNewState, config, priorPrivate }: PlanRequest, context: OperationContext): Promise<PlanResponse> {
    if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
    const memory = readMemory(priorPrivate);
    const pure = planState({ priorState, proposedNewState, config: config!, memory });
    const planned: PlanResponse = { plannedState: pure.plannedState, plannedPrivate: priorPrivate };
    if (pure.violations.length > 0) return { ...planned, diagnostics: pure.violations.map((violation) => violationDiagnostic(violation, "error", ["order"])) };
    return this.orDiagnostic(planned, async () => {
      const connection = this.connection();
      if (!connection) return planned;
      if (!pure.changed) {
        if (memory.virtualMachine !== undefined) connection.claim({ id: memory.virtualMachine, title: memory.virtualMachine }, { ...ownership(proposedNewState), repeatable: false });
        return planned;
      }
      await connection.checkEndpoint(context.signal);
      const name = text(proposedNewState.virtual_machine_id);
      if (name === undefined) return priorState ? { ...planned, requiresReplace: [["virtual_machine_id"]], diagnostics: [unknownVirtualMachine()] } : planned;
      const reference = await connection.requireVirtualMachine(name, context.signal);
      if (priorState && !(await this.isSame(connection, reference, priorState, memory, context.signal))) {
        return { ...planned, requiresReplace: [["virtual_machine_id"]] };
      }
      return { ...planned, diagnostics: await this.lookAhead({ connection, reference, priorState, proposedNewState, steps: pure.steps ?? [], memory }, context) };
    });
  }

  /** What a plan can tell of the world beside its steps: what will stop the apply, and what the apply will find done already. */
  private async lookAhead(
    plan: { connection: Connection; reference: ManagedObjectReference; priorState: ObjectValue | null; proposedNewState: ObjectValue; steps: Step[]; memory: Memory },
    { signal }: OperationContext,
  ): Promise<Diagnostic[]> {
    const { connection, reference, priorState, proposedNewState, steps, memory } = plan;
    const sight = await (await this.target(connection, reference, proposedNewState, { memory, signal })).observe({ signal });
    const title = virtualMachineTitle(sight.virtualMachine);
    connection.claim({ id: reference.value, title }, { ...ownership(proposedNewState), repeatable: !priorState });

    const { nvme } = classify(sight, rememberedDevices(memory));
    const change = changeOf(proposedNewState, steps, memory);
    const adds = steps.filter(({ operation, address }) => operation === "add" && !nvme.some((device) => device.address === address));
    const devices = adds.map(({ address }) => deviceFacts(address, sight, change));
    const { host, ...others } = sight.facts;
    const violations = checkRules(steps.length > 0 ? { ...others, host, devices } : { host });
    const diagnostics = violations.map((violation) => violationDiagnostic(violation, violation.weight === "fixed" ? "error" : "warning"));
    if (priorState || isUnknown(proposedNewState.devices)) return diagnostics;

    const adopted = nvme.filter(({ address }) => change.declared.has(address));
    const foreign = nvme.filter(({ address }) => !change.declared.has(address));
    return [...diagnostics, ...(adopted.length > 0 ? [adoption(title, adopted)] : []), ...foreign.map((device) => foreignDevice(title, device))];
  }

  async apply({ priorState, plannedState, plannedPrivate }: ApplyRequest, context: OperationContext): Promise<ApplyResponse> {
    const unchanged: ApplyResponse = { state: priorState, private: plannedPrivate };
    return this.orDiagnostic(unchanged, async () => {
      const connection = this.connection();
      if (!connection) return { ...unchanged, diagnostics: [notConfigured()] };
      const memory = readMemory(plannedPrivate);
      const operation = plannedState ? (priorState ? "update" : "create") : "delete";
      const wanted = plannedState ?? { ...priorState!, devices: [] };
      const name = text(wanted.virtual_machine_id)!;
      const reference = await (operation === "delete" ? this.findOwn(connection, name, memory, context.signal) : connection.requireVirtualMachine(name, context.signal));
      if (!reference) return { state: null };
      if (operation === "update" && !(await this.isSame(connection, reference, priorState!, memory, context.signal))) throw otherVirtualMachine(name);

      const planned = plannedSteps(priorState, plannedState);
      const change = changeOf(wanted, planned, memory);
      const limits = limitsOf(wanted, operation);
      const target = await this.target(connection, reference, wanted, { memory, signal: context.signal, ...limits });
      const outcome = await execute(target, change, {
        ...limits,
        clock: this.dependencies.clock,
        signal: context.signal,
        onProgress: (message, fields) => context.log("info", message, { virtual_machine: reference.value, ...fields }),
      });
      return this.report({ operation, priorState, plannedState, planned, memory, change, outcome, reference });
    });
  }

  private report(applied: {
    operation: "create" | "update" | "delete";
    priorState: ObjectValue | null;
    plannedState: ObjectValue | null;
    planned: Step[];
    memory: Memory;
    change: Change;
    outcome: Outcome;
    reference: ManagedObjectReference;
  }): ApplyResponse {
    const { operation, priorState, plannedState, planned, memory, change, outcome, reference } = applied;
    const sight = outcome.observation as Sight | undefined;
    const nvme = sight ? classify(sight, change.remembered).nvme : [];
    const diagnostics = problemDiagnostics(outcome, {
      virtualMachine: sight ? virtualMachineTitle(sight.virtualMachine) : reference.value,
      operation,
      planned,
      attached: nvme.map(({ address }) => address),
    });
    const failed = diagnostics.length > 0;
    if (operation === "delete" && !failed) return { state: null };
    if (operation === "create" && failed) return { state: null, diagnostics };
    if (!sight) return { state: priorState, private: writeMemory(memory), diagnostics };

    const base = !failed ? plannedState! : operation === "delete" ? priorState! : { ...plannedState!, host_id: priorState!.host_id! };
    const found = sight.host.reference.value;
    const accepted = change.allowDeviceChange && !failed;
    const host = accepted ? found : (memory.host ?? found);
    return {
      state: {
        ...base,
        host_id: isUnknown(base.host_id) ? found : base.host_id!,
        ...(failed && { devices: nvme.map(({ address }) => address) }),
        attached: failed || isUnknown(base.attached) ? attachedValue(nvme) : base.attached!,
        steps: planned.map(formatStep),
      },
      private: writeMemory({
        virtualMachine: reference.value,
        host,
        devices: remember(memory, sight, { keep: failed ? Object.keys(memory.devices) : change.declared, overwrite: accepted }),
      }),
      diagnostics,
    };
  }

  async import({ id }: ImportRequest, context: OperationContext): Promise<ImportResponse> {
    return this.orDiagnostic<ImportResponse>({ state: null }, async () => {
      const connection = this.connection();
      if (!connection) return { state: null, diagnostics: [notConfigured()] };
      const reference = await connection.requireVirtualMachine(id, context.signal);
      const [virtualMachine] = await readVirtualMachines(connection.client, [reference], { signal: context.signal });
      const isPath = id.includes("/");
      const empty = Object.fromEntries(Object.keys(this.schema.attributes).map((name) => [name, null]));
      return {
        state: { ...empty, virtual_machine_id: isPath ? virtualMachine!.biosUuid : id, devices: [], attached: {}, steps: [] },
        private: writeMemory({ virtualMachine: reference.value, devices: {} }),
      };
    });
  }

  /** The virtual machine that a state is about; undefined where it is gone. */
  private async findOwn(connection: Connection, name: string, memory: Memory, signal: AbortSignal): Promise<ManagedObjectReference | undefined> {
    const found = await connection.findVirtualMachine(name, signal);
    if (found || memory.virtualMachine === undefined) return found;
    // Its UUID may have been changed: what is still there under its managed object id is not gone.
    const reference = { type: "VirtualMachine", value: memory.virtualMachine };
    const [still] = await readVirtualMachines(connection.client, [reference], { signal, allowGone: true });
    return still?.reference;
  }

  private async isSame(connection: Connection, reference: ManagedObjectReference, priorState: ObjectValue, memory: Memory, signal: AbortSignal): Promise<boolean> {
    if (memory.virtualMachine !== undefined) return memory.virtualMachine === reference.value;
    const before = await connection.findVirtualMachine(text(priorState.virtual_machine_id)!, signal);
    return before?.value === reference.value;
  }

  private async target(
    connection: Connection,
    reference: ManagedObjectReference,
    object: ObjectValue,
    { memory, signal, operationTimeoutSeconds = 0 }: { memory: Memory; signal: AbortSignal; operationTimeoutSeconds?: number },
  ): Promise<VirtualMachineTarget> {
    const configured = text(object.host_id);
    // A computed host_id is the remembered host's; only a name that somebody wrote has to be looked up.
    const expectedHost =
      configured !== undefined && configured !== memory.host
        ? { id: (await connection.requireHost(configured, signal)).value, configured: true }
        : memory.host !== undefined && object.allow_device_change !== true
          ? { id: memory.host, configured: false }
          : undefined;
    return new VirtualMachineTarget(connection, reference, { operationTimeoutSeconds, ...(expectedHost && { expectedHost }) });
  }

  private connection(): Connection | undefined {
    return this.dependencies.connection();
  }

  private async orDiagnostic<T extends { diagnostics?: Diagnostic[] }>(otherwise: T, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      return { ...otherwise, diagnostics: [errorToDiagnostic(error)] };
    }
  }
}

function notConfigured(): Diagnostic {
  return errorDiagnostic("The provider is not configured", "Its configuration is not known yet. Give the provider's arguments values that are known.");
}

function unknownVirtualMachine(): Diagnostic {
  return warningDiagnostic(
    "The virtual machine is not known yet, so its devices will be taken off first",
    "virtual_machine_id depends on something that this apply changes first, and may name another virtual machine then: it is planned as a replacement. Where it is sure to be the same one, name it by a value that is known at plan.",
    ["virtual_machine_id"],
  );
}

function otherVirtualMachine(name: string): UserError {
  return new UserError(`virtual_machine_id ${name} names another virtual machine than at plan`, "Nothing was changed. Plan again: the resource will be replaced.", ["virtual_machine_id"]);
}

function adoption(title: string, devices: readonly AttachedDevice[]): Diagnostic {
  return warningDiagnostic(
    `Virtual machine ${title} already has ${devices.map(({ address }) => address).join(", ")}`,
    "Adopted as attached: no call is made for them, and their steps are skipped.",
  );
}

function foreignDevice(title: string, { address, label }: AttachedDevice): Diagnostic {
  return errorDiagnostic(
    `Virtual machine ${title} has an NVMe passthrough device that isn't declared: ${address} (${label})`,
    "This resource owns all NVMe passthrough devices of its virtual machine, and a create removes none. List it in devices, or import the virtual machine to see its removal in a plan.",
    ["devices"],
  );
}
