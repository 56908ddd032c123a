import { describeHostPlan, mayReboot, needsRestart, planHost } from "../../hotplug/host/plan";
import { hasError, errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
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
import { containsUnknown, isUnknown, type ObjectValue } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { emptyState, text } from "../attributes/values";
import type { Connection } from "../connection";
import { connected, whereConnected, type Dependencies } from "../guarded";
import { otherObject } from "../user-error";
import { wantedAddresses, limitsOf, observedValues, readMemory, wantedOf, writeMemory, type Memory } from "./model";
import { planState } from "./plan";
import { hostObstacles, prepareHost, type HostOutcome, type WantedPreparation } from "../../hotplug/host/prepare";
import { VimHostTarget } from "./target";
import { hostSchema } from "./schema";
import type { HostObservation } from "../../hotplug/host/target";
import { violationDiagnostic } from "../passthrough-devices/problems";

/** `hotplug_host`: what a host needs for hot plug, with at most one restart, and none that isn't allowed. */
export class HostResource implements Resource {
  readonly schema = hostSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read({ priorState, private: bytes }: ReadRequest, { signal }: OperationContext): Promise<ReadResponse> {
    return whereConnected<ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const before = readMemory(bytes);
        const memory = { ...before, ...(await connection.requireVcenter(before, signal)) };
        const reference = await connection.findOwnHost({ known: memory.host, name: text(priorState.host_id)! }, signal);
        if (!reference) return { state: null };
        const observed = await this.target(connection, reference).observe({ signal, readOnly: true });
        // What somebody switched off, or pulled out, leaves the state: the next plan shows its return.
        const enabled = wantedAddresses(priorState).filter(
          (address) => observed.devices.get(address)?.passthroughEnabled === true,
        );
        const state = {
          ...priorState,
          ...(priorState.passthrough_devices !== null && { passthrough_devices: enabled }),
        };
        return {
          state: { ...state, ...observedValues(observed, priorState) },
          private: writeMemory({
            ...memory,
            host: reference.value,
            ...(observed.facts.configuredIntrCookies !== undefined && {
              configuredIntrCookies: observed.facts.configuredIntrCookies,
            }),
          }),
        };
      },
    );
  }

  async plan(
    { priorState, proposedNewState, priorPrivate }: PlanRequest,
    { signal }: OperationContext,
  ): Promise<PlanResponse> {
    if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
    const memory = readMemory(priorPrivate);
    const { plannedState, changed } = planState({ priorState, proposedNewState, memory });
    const planned: PlanResponse = { plannedState, plannedPrivate: priorPrivate };
    if (!changed) return planned;
    return whereConnected(this.dependencies, planned, async (connection) => {
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
      const wanted = wantedOf(proposedNewState, { memory, before: wantedAddresses(priorState) });
      const violations = hostObstacles(observed, wanted).filter(
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
    const before = readMemory(priorState ? plannedPrivate : undefined);
    // Nothing of ours is on the host: it doesn't have to be there to be forgotten.
    if (!plannedState && before.enabled.length === 0) return { state: null };
    return connected(this.dependencies, unchanged, async (connection) => {
      const operation = plannedState ? (priorState ? "update" : "create") : "delete";
      const wantedState = plannedState ?? { ...priorState!, passthrough_devices: [] };
      await connection.checkEndpoint(signal);
      const memory = { ...before, ...(await connection.requireVcenter(before, signal)) };
      const reference = plannedState
        ? await connection.requireHost(plannedState.host_id as string, signal)
        : await connection.findOwnHost({ known: memory.host, name: text(priorState!.host_id)! }, signal);
      if (!reference) return { state: null };
      if (operation === "update" && memory.host !== undefined && memory.host !== reference.value) {
        return {
          ...unchanged,
          diagnostics: [
            errorDiagnostic(
              "host_id names another host than at plan",
              "Nothing was changed. Plan again: the resource will be replaced.",
              ["host_id"],
            ),
          ],
        };
      }
      const wanted = wantedOf(wantedState, {
        memory,
        before: operation === "delete" ? memory.enabled : wantedAddresses(priorState),
      });
      const outcome = await connection.hosts.alone(reference.value, () =>
        prepareHost(
          this.target(connection, reference),
          operation === "delete" ? { ...wanted, minIntrCookies: 0, reboot: "never" } : wanted,
          {
            ...limitsOf(wantedState, operation),
            clock: this.dependencies.clock,
            signal,
            onProgress: (message) => log("info", message, { host: reference.value }),
          },
        ),
      );
      connection.forgetHost(reference.value);
      return report({ operation, priorState, plannedState, memory: { ...memory, host: reference.value }, outcome });
    });
  }

  async import({ id }: ImportRequest, { signal }: OperationContext): Promise<ImportResponse> {
    return connected<ImportResponse>(this.dependencies, { state: null }, async (connection) => {
      const vcenter = await connection.requireVcenter({}, signal);
      const reference = await connection.requireHost(id, signal);
      return {
        state: { ...emptyState(this.schema), host_id: id, passthrough_devices: [] },
        private: writeMemory({ ...vcenter, host: reference.value, enabled: [] }),
      };
    });
  }

  private target(connection: Connection, reference: ManagedObjectReference): VimHostTarget {
    return new VimHostTarget(connection, reference, this.dependencies.clock);
  }
}

function report(applied: {
  operation: "create" | "update" | "delete";
  priorState: ObjectValue | null;
  plannedState: ObjectValue | null;
  memory: Memory;
  outcome: HostOutcome;
}): ApplyResponse {
  const { operation, priorState, plannedState, memory, outcome } = applied;
  const { observed, diagnostics } = outcome;
  const failed = hasError(diagnostics);
  if (operation === "delete" && !failed) return { state: null, diagnostics };
  // A state would be tainted, and its replacement would take passthrough from devices only to give it back.
  if (operation === "create" && failed) return { state: null, diagnostics };
  const enabled = new Set(
    [...memory.enabled, ...outcome.enabled].filter((address) => !outcome.released.includes(address)),
  );
  const bytes = writeMemory({
    ...memory,
    enabled: [...enabled].sort(),
    ...(observed?.facts.configuredIntrCookies !== undefined && {
      configuredIntrCookies: observed.facts.configuredIntrCookies,
    }),
  });
  if (!observed) return { state: priorState, private: bytes, diagnostics };
  if (failed) {
    const declared = new Set([...wantedAddresses(priorState), ...wantedAddresses(plannedState)]);
    const state = {
      ...priorState!,
      passthrough_devices: [...declared]
        .filter((address) => observed.devices.get(address)?.passthroughEnabled === true)
        .sort(),
    };
    return { state: { ...state, ...observedValues(observed, state) }, private: bytes, diagnostics };
  }
  const values = observedValues(observed, plannedState!);
  const computed = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isUnknown(plannedState![name]) ? value : plannedState![name]!,
    ]),
  );
  return { state: { ...plannedState!, ...computed }, private: bytes, diagnostics };
}

/** What a plan can tell of what the apply will do to the host. */
function announce(observed: HostObservation, wanted: WantedPreparation): Diagnostic[] {
  const preparation = planHost(observed, wanted);
  const restart = needsRestart(preparation, { facts: observed.facts, canRebind: observed.canRebind, wanted });
  const changes = describeHostPlan(observed, preparation);
  if (changes.length === 0 && !restart) return [];
  const { title } = observed.facts;
  const consequence = !restart
    ? "That takes no restart."
    : mayReboot(wanted.reboot)
      ? "That takes ONE RESTART of the host, through maintenance mode: running virtual machines have to leave " +
        `it${observed.inMaintenanceMode ? " (it is in maintenance mode already, and stays in it)" : ""}.`
      : 'A restart of the host is due after that, and reboot = "never" doesn\'t allow it: restart it yourself, ' +
        'or set reboot = "if_needed". (rule H3)';
  return [
    warningDiagnostic(
      `Host ${title} will be prepared for hot plug`,
      `${changes.length > 0 ? `To be set: ${changes.join(", ")}.` : "Everything is set."} ${consequence}`,
    ),
  ];
}
