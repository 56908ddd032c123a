import type { Clock } from "../../clock";
import { POWER_CYCLE_POLICIES, type PowerCyclePolicy } from "../../hotplug/facts";
import {
  describeVirtualMachinePlan,
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
} from "../../hotplug/virtual-machine/plan";
import { MINIMUM_HARDWARE_VERSION } from "../../hotplug/rules/virtual-machine";
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
  ValidateRequest,
} from "../../tfplugin6/provider";
import { isUnknown, UNKNOWN, type ObjectValue, type Value } from "../../tfplugin6/value";
import type { ManagedObjectReference } from "../../vim/wire/managed-object-reference";
import { readVirtualMachines } from "../../vim/virtual-machine/virtual-machine";
import { otherObject, type Connection } from "../connection";
import { parseDurationSeconds } from "../attributes/duration";
import { guarded, notConfigured } from "../guarded";
import { readPrivate, writePrivate } from "../attributes/memory";
import { violationDiagnostic } from "../passthrough-devices/problems";
import {
  isReady,
  obstacles,
  prepareVirtualMachine,
  type VirtualMachineObservation,
  type WantedSettings,
} from "../../hotplug/virtual-machine/prepare";
import { DEFAULT_GUEST_SHUTDOWN_TIMEOUT, virtualMachineSettingsSchema } from "./schema";
import { VimVirtualMachineTarget, type VimVirtualMachineObservation } from "./target";

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
      const observed = await new VimVirtualMachineTarget(connection, reference).observe(signal);
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
    return guarded<ApplyResponse>({ state: priorState, private: plannedPrivate }, async () => {
      const connection = this.dependencies.connection();
      if (!connection) return { state: priorState, private: plannedPrivate, diagnostics: [notConfigured()] };
      const memory = await connection.requireVcenter(priorState ? readPrivate(plannedPrivate) : {}, signal);
      const reference = await connection.requireVirtualMachine(plannedState.virtual_machine_id as string, signal);
      if (priorState && priorState.moid !== reference.value) {
        const detail = "Nothing was changed. Plan again: the resource will be replaced.";
        return {
          state: priorState,
          private: plannedPrivate,
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
      const prepared = await connection.exclusively(reference.value, () =>
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
