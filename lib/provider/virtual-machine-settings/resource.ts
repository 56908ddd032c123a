import type { Clock } from "../../clock";
import { POWER_CYCLE_POLICIES, type PowerCyclePolicy } from "../../hotplug/facts";
import { MINIMUM_HARDWARE_VERSION } from "../../hotplug/rules/virtual-machine";
import { isReady, virtualMachineObstacles, type WantedSettings } from "../../hotplug/virtual-machine/plan";
import { prepareVirtualMachine } from "../../hotplug/virtual-machine/prepare";
import { errorDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
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
import { isUnknown, UNKNOWN, type ObjectValue, type Value } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { readVirtualMachines } from "../../vim/virtual-machine/virtual-machine";
import { otherObject, type Connection } from "../connection";
import { parseDurationSeconds } from "../attributes/duration";
import { otherThanAtPlan, violationDiagnostic } from "../errors";
import { guarded, notConfigured } from "../guarded";
import { readPrivate, writePrivate } from "../attributes/memory";
import { announce, diagnosticsOf } from "./report";
import { DEFAULT_GUEST_SHUTDOWN_TIMEOUT, virtualMachineSettingsSchema } from "./schema";
import { VimVirtualMachineTarget } from "./target";

const CONFIGURED = [
  "virtual_machine_id",
  "hardware_version",
  "power_cycle",
  "guest_shutdown_timeout",
  "force_power_off",
];

export interface VirtualMachineSettingsDependencies {
  /** Undefined while the provider's configuration isn't known. */
  connection(): Connection | undefined;
  clock: Clock;
}

/** `hotplug_virtual_machine_settings`: what a virtual machine needs for hot plug, set with at most one power cycle. */
export class VirtualMachineSettings implements Resource {
  readonly schema = virtualMachineSettingsSchema;

  constructor(private readonly dependencies: VirtualMachineSettingsDependencies) {}

  async validate({ config }: ValidateRequest): Promise<Diagnostic[]> {
    const {
      virtual_machine_id: name,
      hardware_version: version,
      power_cycle: policy,
      guest_shutdown_timeout: timeout,
    } = config;
    return [
      ...complain(
        typeof name === "string" && name.trim() === "",
        "virtual_machine_id is empty",
        "It has to name one virtual machine of vCenter's inventory.",
        "virtual_machine_id",
      ),
      ...complain(
        isSet(version) && !(Number.isInteger(Number(version)) && Number(version) >= MINIMUM_HARDWARE_VERSION),
        `hardware_version is ${String(version)}, and hot plug needs at least ${MINIMUM_HARDWARE_VERSION}`,
        `Leave it out for ${MINIMUM_HARDWARE_VERSION}, or give a later one as a whole number. (rule M3)`,
        "hardware_version",
      ),
      ...complain(
        isSet(policy) && !POWER_CYCLE_POLICIES.includes(policy as PowerCyclePolicy),
        `power_cycle is none of ${POWER_CYCLE_POLICIES.map((one) => `"${one}"`).join(", ")}: ${JSON.stringify(policy)}`,
        "It says when a running virtual machine may be shut down and powered on again.",
        "power_cycle",
      ),
      ...complain(
        isSet(timeout) && parseDurationSeconds(String(timeout)) === undefined,
        `guest_shutdown_timeout is not a duration: ${JSON.stringify(timeout)}`,
        'Write it like "90s", "10m" or "1h30m".',
        "guest_shutdown_timeout",
      ),
    ];
  }

  async read({ priorState, private: bytes }: ReadRequest, { signal }: OperationContext): Promise<ReadResponse> {
    return guarded<ReadResponse>({ state: priorState, private: bytes }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: priorState, private: bytes };
      const memory = await connection.requireVcenter(readPrivate(bytes), signal);
      const reference = await connection.findOwnVirtualMachine(
        {
          known: isSet(priorState.moid) ? (priorState.moid as string) : undefined,
          name: priorState.virtual_machine_id as string,
        },
        signal,
      );
      if (!reference) return { state: null };
      const observed = await new VimVirtualMachineTarget(connection, reference).observe({ signal });
      return {
        state: {
          ...priorState,
          moid: reference.value,
          ready: isReady(observed, wantedOf(priorState, { creating: false })),
        },
        private: writePrivate(memory),
      };
    });
  }

  /** What is planned follows from the state and the configuration alone; what is seen besides comes as warnings. */
  async plan(
    { priorState, proposedNewState, priorPrivate }: PlanRequest,
    { signal }: OperationContext,
  ): Promise<PlanResponse> {
    if (!proposedNewState) return { plannedState: null };
    const same = (attribute: string): boolean => isSame(priorState?.[attribute], proposedNewState[attribute]);
    if (priorState?.ready === true && CONFIGURED.every(same))
      return { plannedState: priorState, plannedPrivate: priorPrivate };
    const keepsReady = priorState?.ready === true && same("virtual_machine_id") && same("hardware_version");
    const planned: PlanResponse = {
      plannedPrivate: priorPrivate,
      plannedState: {
        ...proposedNewState,
        ready: keepsReady ? true : UNKNOWN,
        moid: priorState && same("virtual_machine_id") ? priorState.moid! : UNKNOWN,
      },
    };
    return guarded(planned, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return planned;
      const replaced: PlanResponse = { ...planned, requiresReplace: [["virtual_machine_id"]] };
      const name = proposedNewState.virtual_machine_id!;
      if (isUnknown(name)) return priorState ? replaced : planned;
      await connection.requireVcenter(priorState ? readPrivate(priorPrivate) : {}, signal);
      const reference = await connection.requireVirtualMachine(name as string, signal);
      if (priorState && priorState.moid !== reference.value) {
        if (same("virtual_machine_id"))
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
    const violations = virtualMachineObstacles(observed, wanted);
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
    return guarded(unchanged, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { ...unchanged, diagnostics: [notConfigured()] };
      const memory = await connection.requireVcenter(priorState ? readPrivate(plannedPrivate) : {}, signal);
      const reference = await connection.requireVirtualMachine(plannedState.virtual_machine_id as string, signal);
      if (priorState && priorState.moid !== reference.value) throw otherThanAtPlan("virtual_machine_id");
      const target = new VimVirtualMachineTarget(connection, reference);
      const wanted = wantedOf(plannedState, { creating: !priorState });
      const { host } = await target.observe({ signal });
      const outcome = await connection.exclusively(reference.value, () =>
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

  async import({ id }: ImportRequest, { signal }: OperationContext): Promise<ImportResponse> {
    return guarded<ImportResponse>({ state: null }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: null, diagnostics: [notConfigured()] };
      const memory = await connection.requireVcenter({}, signal);
      const reference = await connection.requireVirtualMachine(id, signal);
      const [virtualMachine] = await readVirtualMachines(connection.client, [reference], { signal });
      const empty = Object.fromEntries(Object.keys(this.schema.attributes).map((name) => [name, null]));
      return {
        state: {
          ...empty,
          virtual_machine_id: id.includes("/") ? virtualMachine!.biosUuid : id,
          moid: reference.value,
        },
        private: writePrivate(memory),
      };
    });
  }
}

function wantedOf(object: ObjectValue, { creating }: { creating: boolean }): WantedSettings {
  const known = (value: Value | undefined): Value | undefined => (isSet(value) ? value : undefined);
  return {
    hardwareVersion: Number(known(object.hardware_version) ?? MINIMUM_HARDWARE_VERSION),
    powerCycle: (known(object.power_cycle) ?? "never") as PowerCyclePolicy,
    creating,
    guestShutdownTimeoutSeconds: parseDurationSeconds(
      String(known(object.guest_shutdown_timeout) ?? DEFAULT_GUEST_SHUTDOWN_TIMEOUT),
    )!,
    forcePowerOff: object.force_power_off === true,
  };
}

function isSet(value: Value | undefined): value is Exclude<Value, null> {
  return value !== undefined && value !== null && !isUnknown(value);
}

/** A number may arrive in more than one form. */
function isSame(one: Value | undefined, other: Value | undefined): boolean {
  return one === other || (isSet(one) && isSet(other) && String(one) === String(other));
}

function complain(isWrong: boolean, summary: string, detail: string, attribute: string): Diagnostic[] {
  return isWrong ? [errorDiagnostic(summary, detail, [attribute])] : [];
}
