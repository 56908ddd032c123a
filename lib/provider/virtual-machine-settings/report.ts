import type { VirtualMachineFacts } from "../../hotplug/facts";
import { cite, explain } from "../../hotplug/rules/violation";
import {
  isPrepared,
  mayPowerCycle,
  needsPowerOff,
  planVirtualMachine,
  type VirtualMachinePlan,
  type WantedSettings,
} from "../../hotplug/virtual-machine/plan";
import type { Setback, VirtualMachineOutcome, VirtualMachineProblem } from "../../hotplug/virtual-machine/prepare";
import type { VirtualMachineObservation } from "../../hotplug/virtual-machine/target";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { describeError, errorToDiagnostic } from "../errors";

/** What a plan can tell of what the apply will do, and what the person should know before. */
export function announce(observed: VirtualMachineObservation, wanted: WantedSettings): Diagnostic[] {
  const vm = observed.facts.virtualMachine;
  const plan = planVirtualMachine(vm, wanted);
  if (isPrepared(plan)) return [];
  const cycles = vm.powerState === "poweredOn" && needsPowerOff(plan);
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
    plan.upgradeTo !== undefined || plan.setMotherboardLayout
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
      `To be set: ${changes(vm, plan).join(", ")}. ${power}`,
    ),
    ...names,
  ];
}

/**
 * What was set by this resource, and isn't any more. vmware/vsphere sets a virtual machine's memory reservation at each
 * of its updates, to 0 and unlocked where its arguments don't say otherwise.
 */
export function takenBack({ facts: { virtualMachine: vm } }: VirtualMachineObservation): Diagnostic[] {
  if (vm.memoryReservationLockedToMax !== false) return [];
  return [
    warningDiagnostic(
      `The memory of virtual machine ${vm.title} was reserved and locked, and no longer is`,
      "Something else than this resource has taken that back. Where a vsphere_virtual_machine resource has the same " +
        "virtual machine, it sets what its own arguments say: give it memory_reservation equal to memory, and " +
        "memory_reservation_locked_to_max = true, or the two undo each other's work at every apply. " +
        cite("M2"),
    ),
  ];
}

/** Each thing that will be set, as a person reads it. */
function changes(vm: VirtualMachineFacts, plan: VirtualMachinePlan): string[] {
  const { lockMemory, upgradeTo, setMotherboardLayout, setHotPlug } = plan;
  return [
    ...(lockMemory ? ["all guest memory reserved and locked (M2)"] : []),
    ...(upgradeTo === undefined
      ? []
      : [`hardware version ${vm.hardwareVersion ?? "unknown"} upgraded to ${upgradeTo} (M3)`]),
    ...(setMotherboardLayout
      ? [`motherboard layout ${vm.motherboardLayout ?? "unknown"} changed to acpiHostBridges (M4)`]
      : []),
    ...(setHotPlug ? ["hot plug of passthrough devices switched on (M5)"] : []),
  ];
}

/** What an apply says of what stood in its way, and of what it left as it was. */
export function diagnosticsOf({ observed, done, problems }: VirtualMachineOutcome): Diagnostic[] {
  const vm = observed?.facts.virtualMachine;
  if (problems.length === 0) return vm ? staysOff(vm) : [];
  return problems.map((problem) => {
    if (problem.kind !== "failed") return describe(problem, { vm: vm!, done });
    const diagnostic = errorToDiagnostic(problem.error);
    return vm ? { ...diagnostic, detail: `${diagnostic.detail} ${accountOf(done)}` } : diagnostic;
  });
}

/**
 * One that was off when this began: a person may have it so, or an apply that was killed between power-off and
 * power-on.
 */
function staysOff(virtualMachine: VirtualMachineFacts): Diagnostic[] {
  if (virtualMachine.powerState !== "poweredOff") return [];
  return [
    warningDiagnostic(
      `Virtual machine ${virtualMachine.title} is off, and stays off`,
      "It was off when it was looked at first, so it was not powered on. Power it on when it should run; hot " +
        "plug is in force from then on.",
    ),
  ];
}

function accountOf(done: readonly string[]): string {
  return `Done so far: ${done.join(", ") || "nothing"}.`;
}

/** `vm`: as it was seen last; where it never was, the problem is `failed`. */
function describe(
  problem: VirtualMachineProblem,
  { vm, done }: { vm: VirtualMachineFacts; done: readonly string[] },
): Diagnostic {
  const name = `virtual machine ${vm.title}`;
  const account = accountOf(done);
  const mending = `${account} Mend what stands in the way, then apply again: what is set already is not set again.`;
  switch (problem.kind) {
    case "failed":
      return errorToDiagnostic(problem.error);
    case "violation":
      return errorDiagnostic(problem.violation.summary, `${explain(problem.violation)} ${account}`);
    case "stopped":
      return errorDiagnostic(
        `Preparing ${name} was stopped`,
        `It was interrupted, and no further change was begun. ${account}`,
      );
    case "memory_not_locked":
      return errorDiagnostic(
        `The memory of ${name} could not be reserved; it was left as it was`,
        `${describeError(problem.error)} ${mending}`,
      );
    case "tools_not_running":
      return errorDiagnostic(
        `The guest of ${name} can't be asked to shut down: VMware Tools don't run in it`,
        "It was left running. Shut it down yourself and apply again, or set force_power_off = true to switch it off " +
          `hard: what it hasn't written is lost then. ${account}`,
        ["force_power_off"],
      );
    case "shutdown_refused":
      return errorDiagnostic(
        `The guest of ${name} could not be asked to shut down; it was left running`,
        `${describeError(problem.error)} ${mending}`,
      );
    case "out_of_sight":
      return errorDiagnostic(
        `VIRTUAL MACHINE ${vm.title} MAY BE DOWN: its guest was asked to shut down, and it can't be seen since`,
        `Look at it now, and power it on by hand if it is off. ${describeError(problem.error)} ${account}`,
      );
    case "not_shut_down":
      return errorDiagnostic(
        `The guest of ${name} did not shut down within ${problem.seconds} s`,
        "It was left running, and nothing that needs it powered off was set. It was asked to shut down and MAY STILL " +
          "GO DOWN: it then stays down until it is powered on. Find out what keeps it, then apply again; " +
          `guest_shutdown_timeout gives it longer, and force_power_off = true switches it off hard. ${account}`,
        ["guest_shutdown_timeout"],
      );
    case "not_switched_off": {
      const { error = "vCenter reported success, but the virtual machine is still on." } = problem;
      return errorDiagnostic(
        `Virtual machine ${vm.title} was not seen to be switched off; it MAY STILL GO DOWN, so look at it`,
        `${describeError(error)} ${mending}`,
      );
    }
    case "powered_on_meanwhile":
      return errorDiagnostic(
        `Virtual machine ${vm.title} was powered on by somebody else meanwhile`,
        `Apply again. ${account}`,
      );
    case "not_made_ready":
      return errorDiagnostic(
        `Virtual machine ${vm.title} could not be made ready; it is powered on again`,
        `${retell(problem.before, vm)} ${mending}`,
      );
    case "down": {
      const { error = "vCenter reported success, but the virtual machine is still off.", before } = problem;
      const why = before ? ` Before that, it could not be made ready: ${retell(before, vm)}` : "";
      return errorDiagnostic(
        `VIRTUAL MACHINE ${vm.title} IS DOWN: it was powered off to be made ready and could not be powered on again`,
        `Power it on by hand, now: ${describeError(error)}${why} ${account}`,
      );
    }
    case "not_shown": {
      const left = problem.left ? changes(vm, problem.left).join(", ") : "it can't be seen";
      return errorDiagnostic(
        `vCenter reported success, but virtual machine ${problem.left ? vm.title : ""} is not ready`,
        `Still to be set: ${left}. Look at its settings in the vSphere Client before trying again. ${account}`,
      );
    }
  }
}

/** A problem inside of another one's text, told as it was then. */
function retell({ problem, done }: Setback, vm: VirtualMachineFacts): string {
  if (problem.kind === "failed") return describeError(problem.error);
  const { summary, detail } = describe(problem, { vm, done });
  return `${summary}. ${detail}`;
}
