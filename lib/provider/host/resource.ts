import { hostObstacles } from "../../hotplug/host/plan";
import type { Violation } from "../../hotplug/rules/violation";
import type { HostProblem } from "../../hotplug/host/outcome";
import { isNvme } from "../../hotplug/facts";
import { isPciAddress } from "../../hotplug/pci-address";
import { prepareHost } from "../../hotplug/host/prepare";
import type * as tf from "../../tfplugin6/provider";
import { containsUnknown, isUnknown } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { storedState, storedText } from "../attributes/stored-state";
import { emptyState, text } from "../attributes/values";
import type { Connection } from "../connection";
import { connected, guarded, whereConnected, type Dependencies } from "../guarded";
import { goneFromVcenter, violationsAtPlan } from "../errors";
import { otherObject, otherThanAtPlan } from "../user-error";
import {
  limitsOf,
  NO_MEMORY,
  observedValues,
  readMemory,
  remember,
  wantedAddresses,
  wantedOf,
  writeMemory,
} from "./model";
import { planState } from "./plan";
import { announce, isOfOneDevice, otherDevices } from "./report";
import { resultOf } from "./result";
import { VimHostTarget } from "./target";
import { hostSchema } from "./schema";

/** `hotplug_host`: what a host needs for hot plug, with at most one restart, and none that isn't allowed. */
export class HostResource implements tf.Resource {
  readonly schema = hostSchema;

  constructor(private readonly dependencies: Dependencies) {}

  async read(
    { priorState, private: bytes }: tf.ReadRequest,
    { signal }: tf.OperationContext,
  ): Promise<tf.ReadResponse> {
    return whereConnected<tf.ReadResponse>(
      this.dependencies,
      { state: priorState, private: bytes },
      async (connection) => {
        const before = readMemory(bytes);
        const known = { ...before, ...(await connection.requireVcenter(before, signal)) };
        const name = storedText(priorState, "host_id");
        const reference = await connection.findOwnHost({ known: known.host, name }, signal);
        if (!reference) return { state: null, diagnostics: connection.notes.toTellOnce(goneFromVcenter("Host", name)) };
        const observed = await this.target(connection, reference).observe({ signal, readOnly: true });
        const memory = remember({ ...known, host: reference.value }, observed, priorState);
        // What somebody switched off, or pulled out, leaves the state: the next plan shows its return. What this
        // resource enabled and had to leave so comes into it: the next plan gives it back.
        const declared = wantedAddresses(priorState);
        const enabled = [...new Set([...declared, ...memory.enabled])].filter((address) => {
          const device = observed.devices.get(address);
          // What is no drive now is told, and would never be enabled: there is nothing to plan.
          return device && (device.passthroughEnabled === true || !isNvme(device));
        });
        const isSet = priorState.passthrough_devices !== null || enabled.length > 0;
        const ofOne = hostObstacles(observed, wantedOf(priorState, memory)).violations.filter(isOfOneDevice);
        const others = otherDevices(observed, { declared, remembered: known.devices });
        return {
          state: {
            ...priorState,
            ...(isSet && { passthrough_devices: enabled }),
            ...observedValues(observed, priorState, memory),
          },
          private: writeMemory(memory),
          diagnostics: violationsAtPlan(connection.notes.toTell([...ofOne, ...others], { host: reference.value })),
        };
      },
    );
  }

  async plan(request: tf.PlanRequest, context: tf.OperationContext): Promise<tf.PlanResponse> {
    const { proposedNewState: plannedState, priorPrivate: plannedPrivate } = request;
    return guarded({ plannedState, plannedPrivate }, () => this.planReadable(request, context));
  }

  private async planReadable(
    { priorState, proposedNewState, priorPrivate }: tf.PlanRequest,
    { signal }: tf.OperationContext,
  ): Promise<tf.PlanResponse> {
    const memory = readMemory(priorPrivate);
    storedState(this.schema, priorState);
    if (!proposedNewState) return { plannedState: null, plannedPrivate: priorPrivate };
    const { plannedState, changed } = planState({ priorState, proposedNewState, memory });
    const planned: tf.PlanResponse = { plannedState, plannedPrivate: priorPrivate };
    if (!changed) return planned;
    return whereConnected(this.dependencies, planned, async (connection) => {
      const replaced: tf.PlanResponse = { ...planned, requiresReplace: [["host_id"]] };
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
      const wanted = wantedOf(proposedNewState, memory);
      connection.notes.preparesHost(reference.value, wanted.devices);
      const obstacles = hostObstacles(observed, wanted);
      if (obstacles.usesUnknown) throw obstacles.usesUnknown;
      // A drive that was never there and is waited for is what the wait is about.
      const isExpected = ({ onlyDevice }: Violation): boolean =>
        onlyDevice !== undefined && proposedNewState.wait_for_device !== null && !memory.devices[onlyDevice];
      const violations = obstacles.violations.filter((violation) => !isExpected(violation));
      const toTell = connection.notes.toTell(violations, { host: reference.value });
      const isRefused = violations.some(({ weight }) => weight === "fixed");
      return {
        ...planned,
        diagnostics: [...violationsAtPlan(toTell), ...(isRefused ? [] : announce(observed, wanted))],
      };
    });
  }

  async apply(request: tf.ApplyRequest, context: tf.OperationContext): Promise<tf.ApplyResponse> {
    const { priorState: state, plannedPrivate } = request;
    return guarded<tf.ApplyResponse>({ state, private: plannedPrivate }, () => this.applyReadable(request, context));
  }

  private async applyReadable(
    { priorState, plannedState, plannedPrivate }: tf.ApplyRequest,
    { signal, log }: tf.OperationContext,
  ): Promise<tf.ApplyResponse> {
    const unchanged: tf.ApplyResponse = { state: priorState, private: plannedPrivate };
    const before = readMemory(priorState ? plannedPrivate : undefined);
    storedState(this.schema, priorState);
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
      if (operation === "update" && memory.host !== undefined && memory.host !== reference.value)
        throw otherThanAtPlan("host_id");
      const wanted = wantedOf(wantedState, memory);
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
      // Terraform plans once more right before it applies: what was warned of then isn't told again.
      const isNews = (problem: HostProblem): boolean =>
        problem.kind !== "violation" ||
        !isOfOneDevice(problem.violation) ||
        connection.notes.toTell([problem.violation], { host: reference.value }).length > 0;
      const told = { ...outcome, problems: outcome.problems.filter(isNews) };
      return resultOf({
        operation,
        priorState,
        plannedState,
        memory: { ...memory, host: reference.value },
        outcome: told,
      });
    });
  }

  async import({ id }: tf.ImportRequest, { signal }: tf.OperationContext): Promise<tf.ImportResponse> {
    return connected<tf.ImportResponse>(this.dependencies, { state: null }, async (connection) => {
      const vcenter = await connection.requireVcenter({}, signal);
      const reference = await connection.requireHost(id, signal);
      const { devices } = await this.target(connection, reference).observe({ signal, readOnly: true });
      // What is enabled is what a configuration may declare without a change.
      const enabled = [...devices.values()].filter((device) => isNvme(device) && device.passthroughEnabled);
      return {
        state: {
          ...emptyState(this.schema),
          host_id: id,
          passthrough_devices: enabled.map(({ address }) => address).filter(isPciAddress),
        },
        private: writeMemory({ ...NO_MEMORY, ...vcenter, host: reference.value }),
      };
    });
  }

  private target(connection: Connection, reference: ManagedObjectReference): VimHostTarget {
    return new VimHostTarget(connection, reference, this.dependencies.clock);
  }
}
