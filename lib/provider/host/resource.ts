import type { Clock } from "../../clock";
import { hostObstacles } from "../../hotplug/host/plan";
import { prepareHost } from "../../hotplug/host/prepare";
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
  ValidateRequest,
} from "../../tfplugin6/provider";
import { containsUnknown, isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { readHosts } from "../../vim/host/host";
import { otherObject, type Connection } from "../connection";
import { otherThanAtPlan, violationDiagnostic } from "../errors";
import { guarded, notConfigured } from "../guarded";
import {
  declaredDevices,
  hostLimitsOf,
  observedValues,
  planHostState,
  readHostMemory,
  validateHost,
  wantedOf,
  writeHostMemory,
  type HostMemory,
} from "./model";
import { announce, resultOf } from "./report";
import { VimHostTarget } from "./target";
import { hostSchema } from "./schema";

export interface HostResourceDependencies {
  /** Undefined while the provider's configuration isn't known. */
  connection(): Connection | undefined;
  clock: Clock;
}

/** `hotplug_host`: what a host needs for hot plug, with at most one restart, and none that isn't allowed. */
export class HostResource implements Resource {
  readonly schema = hostSchema;

  constructor(private readonly dependencies: HostResourceDependencies) {}

  async validate({ config }: ValidateRequest): Promise<Diagnostic[]> {
    return validateHost(config);
  }

  async read({ priorState, private: bytes }: ReadRequest, { signal }: OperationContext): Promise<ReadResponse> {
    return guarded<ReadResponse>({ state: priorState, private: bytes }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: priorState, private: bytes };
      const before = readHostMemory(bytes);
      const memory = { ...before, ...(await connection.requireVcenter(before, signal)) };
      const reference = await this.findOwn(connection, priorState, memory, signal);
      if (!reference) return { state: null };
      const observed = await this.target(connection, reference).observe({ signal, readOnly: true });
      // What somebody switched off, or pulled out, leaves the state: the next plan shows its return.
      const enabled = declaredDevices(priorState).filter(
        (address) => observed.devices.get(address)?.passthroughEnabled === true,
      );
      const state = { ...priorState, ...(priorState.passthrough_devices !== null && { passthrough_devices: enabled }) };
      return {
        state: { ...state, ...observedValues(observed, priorState) },
        private: writeHostMemory({
          ...memory,
          host: reference.value,
          ...(observed.facts.configuredIntrCookies !== undefined && {
            configuredIntrCookies: observed.facts.configuredIntrCookies,
          }),
        }),
      };
    });
  }

  async plan(
    { priorState, proposedNewState, priorPrivate }: PlanRequest,
    { signal }: OperationContext,
  ): Promise<PlanResponse> {
    if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
    const memory = readHostMemory(priorPrivate);
    const { plannedState, changed } = planHostState({ priorState, proposedNewState, memory });
    const planned: PlanResponse = { plannedState, plannedPrivate: priorPrivate };
    if (!changed) return planned;
    return guarded(planned, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return planned;
      const replaced: PlanResponse = { ...planned, requiresReplace: [["host_id"]] };
      const name = proposedNewState.host_id!;
      if (isUnknown(name)) return priorState ? replaced : planned;
      await connection.checkEndpoint(signal);
      await connection.requireVcenter(priorState ? memory : {}, signal);
      const reference = await connection.requireHost(name as string, signal);
      if (priorState && memory.host !== undefined && memory.host !== reference.value) {
        if (priorState.host_id === name)
          throw otherObject("host_id", name as string, { found: reference.value, known: memory.host });
        return replaced;
      }
      if (containsUnknown(proposedNewState.passthrough_devices)) return planned;
      const observed = await this.target(connection, reference).observe({ signal, readOnly: true });
      const wanted = wantedOf(proposedNewState, { memory, before: declaredDevices(priorState) });
      const obstacles = hostObstacles(observed, wanted);
      if (obstacles.usesUnknown) throw obstacles.usesUnknown;
      const violations = obstacles.violations.filter(
        ({ onlyDevice }) => !(onlyDevice !== undefined && proposedNewState.wait_for_device !== null),
      );
      return {
        ...planned,
        diagnostics: [
          ...violations.map((violation) =>
            violationDiagnostic(violation, violation.weight === "fixed" ? "error" : "warning"),
          ),
          ...announce(observed, wanted),
        ],
      };
    });
  }

  async apply(
    { priorState, plannedState, plannedPrivate }: ApplyRequest,
    { signal, log }: OperationContext,
  ): Promise<ApplyResponse> {
    const unchanged: ApplyResponse = { state: priorState, private: plannedPrivate };
    return guarded(unchanged, async () => {
      const before = readHostMemory(priorState ? plannedPrivate : undefined);
      // Nothing of ours is on the host: it doesn't have to be there to be forgotten.
      if (!plannedState && before.enabled.length === 0) return { state: null };
      const connection = this.dependencies.connection();
      if (!connection) return { ...unchanged, diagnostics: [notConfigured()] };
      const operation = plannedState ? (priorState ? "update" : "create") : "delete";
      const wantedState = plannedState ?? { ...priorState!, passthrough_devices: [] };
      await connection.checkEndpoint(signal);
      const memory = { ...before, ...(await connection.requireVcenter(before, signal)) };
      const reference = plannedState
        ? await connection.requireHost(plannedState.host_id as string, signal)
        : await this.findOwn(connection, priorState!, memory, signal);
      if (!reference) return { state: null };
      if (operation === "update" && memory.host !== undefined && memory.host !== reference.value)
        throw otherThanAtPlan("host_id");
      const wanted = wantedOf(wantedState, {
        memory,
        before: operation === "delete" ? memory.enabled : declaredDevices(priorState),
      });
      const outcome = await connection.hosts.alone(reference.value, () =>
        prepareHost(
          this.target(connection, reference),
          operation === "delete" ? { ...wanted, minIntrCookies: 0, reboot: "never" } : wanted,
          {
            ...hostLimitsOf(wantedState, operation),
            clock: this.dependencies.clock,
            signal,
            onProgress: (message) => log("info", message, { host: reference.value }),
          },
        ),
      );
      connection.forgetHost(reference.value);
      return resultOf({ operation, priorState, plannedState, memory: { ...memory, host: reference.value }, outcome });
    });
  }

  async import({ id }: ImportRequest, { signal }: OperationContext): Promise<ImportResponse> {
    return guarded<ImportResponse>({ state: null }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: null, diagnostics: [notConfigured()] };
      const vcenter = await connection.requireVcenter({}, signal);
      const reference = await connection.requireHost(id, signal);
      const empty = Object.fromEntries(Object.keys(this.schema.attributes).map((name) => [name, null]));
      return {
        state: { ...empty, host_id: id, passthrough_devices: [] },
        private: writeHostMemory({ ...vcenter, host: reference.value, enabled: [] }),
      };
    });
  }

  /** The host that a state is about: what is there under its managed object id is not gone, whatever its name now. */
  private async findOwn(
    connection: Connection,
    state: ObjectValue,
    memory: HostMemory,
    signal: AbortSignal,
  ): Promise<ManagedObjectReference | undefined> {
    if (memory.host === undefined) return connection.requireHost(state.host_id as string, signal);
    const [still] = await readHosts(connection.client, [{ type: "HostSystem", value: memory.host }], {
      signal,
      allowGone: true,
    });
    return still?.reference;
  }

  private target(connection: Connection, reference: ManagedObjectReference): VimHostTarget {
    return new VimHostTarget(connection, reference, this.dependencies.clock);
  }
}
