import { callErrorKind } from "../../hotplug/call-error";
import { attachedDeviceFacts } from "../../hotplug/attachment";
import type { Change, DevicesOutcome, DevicesProblem } from "../../hotplug/devices/change";
import { deviceFacts, factsFor, formatStep, violationsAtRest, type Step } from "../../hotplug/devices/plan";
import { classify, type AttachedDevice, type RememberedDevices } from "../../hotplug/devices/target";
import { titleOf } from "../../hotplug/observed-facts";
import { checkRules } from "../../hotplug/rules/rules";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { describeError, missingAfterAll, violationDiagnostic, violationsAtPlan } from "../errors";
import { UserError } from "../user-error";
import type { PlanNotes } from "../plan-notes";
import { describeGuestProblem } from "./guest-report";
import type { Memory } from "./model";
import type { VimDevicesObservation } from "./target";

/** What a person should know of what was seen, where no step would tell. */
export function observationWarnings(
  observed: VimDevicesObservation,
  classified: {
    nvme: readonly AttachedDevice[];
    unclassified: readonly AttachedDevice[];
    remembered: RememberedDevices;
    allowDeviceChange: boolean;
  },
): Diagnostic[] {
  const title = titleOf(observed.virtualMachine);
  const unclassified = classified.unclassified.map(({ address, label }) =>
    warningDiagnostic(
      `What kind of device ${address} (${label}) is can't be told`,
      (observed.hostDevices.has(address)
        ? `Virtual machine ${title} has it, its host has another device there, so that the virtual machine won't ` +
          "start with it, and "
        : `Virtual machine ${title} has it, its host no longer shows it, and `) +
        "it was never seen before. It is left alone: if it is an NVMe drive that was pulled out, take it off by hand.",
    ),
  );
  const unaddressed = observed.unaddressed.map(({ label, backing }) =>
    warningDiagnostic(
      `What kind of device ${label} is can't be told`,
      `Virtual machine ${title} has it under "${backing}", which is no PCI address. It is left alone: if it is ` +
        "an NVMe drive, take it off by hand.",
    ),
  );
  const pulled = classified.nvme
    .filter(({ address }) => !observed.hostDevices.has(address))
    .map(({ address, label }) =>
      warningDiagnostic(
        `Host ${titleOf(observed.host)} no longer shows ${address} (${label})`,
        `Virtual machine ${title} still has it, and the drive is gone from its slot. Take ${address} out of ` +
          "devices to clean it off the virtual machine, or put the drive back.",
      ),
    );
  return [...unclassified, ...unaddressed, ...pulled, ...otherDevices(observed, classified)];
}

/** What a plan can tell of the world beside its steps: what will stop the apply, and what it will find done already. */
export function preview(
  observed: VimDevicesObservation,
  { change, creates, notes }: { change: Change; creates: boolean; notes: PlanNotes },
): Diagnostic[] {
  const { planned, declared, remembered } = change;
  const { nvme } = classify(observed, remembered);
  const comesFree = (address: string): boolean => observed.comingFree?.has(address) === true;
  const isAttached = (step: Step): boolean => nvme.some(({ address }) => address === step.address);
  const devices = planned
    .filter((step) => step.operation === "add" && !isAttached(step))
    .map(({ address }) => deviceFacts(address, observed, change));
  const facts = factsFor(planned, observed);
  const violations =
    planned.length > 0
      ? checkRules({ ...facts, devices }).filter(({ rule, onlyDevice }) => rule !== "V3" || !comesFree(onlyDevice!))
      : violationsAtRest(facts.host);
  const subject = { virtualMachine: observed.virtualMachine.reference.value, host: observed.host.reference.value };
  const diagnostics = violationsAtPlan(notes.toTell(violations, subject));
  if (!creates) return diagnostics;

  const title = titleOf(observed.virtualMachine);
  const adopted = nvme.filter(({ address }) => declared.has(address));
  const foreign = nvme.filter(({ address }) => !declared.has(address));
  return [
    ...diagnostics,
    ...(adopted.length > 0 ? [adoption(title, adopted)] : []),
    ...foreign.map((device) => foreignDevice(title, device)),
    ...otherDevices(observed, change),
  ];
}

/**
 * Attached devices that aren't what is at their addresses, or drives of another model than remembered, which were
 * attached by somebody else since.
 */
function otherDevices(
  observed: VimDevicesObservation,
  { remembered, allowDeviceChange }: Pick<Change, "remembered" | "allowDeviceChange">,
): Diagnostic[] {
  const { attached, facts, hostSystemId } = observed;
  const hostDevices = [...observed.hostDevices.values()];
  // What kind of device they are is told of those by itself.
  const { unclassified } = classify(observed, remembered);
  const devices = attached
    .filter((device) => !unclassified.includes(device))
    .map((device) => ({
      ...attachedDeviceFacts(device, { hostDevices, hostSystemId }),
      remembered: remembered.get(device.address),
      allowDeviceChange,
    }));
  return checkRules({ host: { title: facts.host?.title ?? observed.host.reference.value }, devices })
    .filter(({ rule }) => rule === "V8")
    .map((violation) => violationDiagnostic(violation, "warning"));
}

/** The virtual machine is on another host than remembered, while nothing else has changed. */
export function otherHost({ host, foundOnHost }: Memory): Diagnostic[] {
  if (host === undefined || foundOnHost === undefined) return [];
  return violationsAtRest({ title: foundOnHost, expectedHost: { title: host, configured: false } }).map((violation) =>
    violationDiagnostic(violation, "warning"),
  );
}

export function unknownVirtualMachine(): Diagnostic {
  return warningDiagnostic(
    "The virtual machine is not known yet, so its devices will be taken off first",
    "virtual_machine_id depends on something that this apply changes first, and may name another virtual " +
      "machine then: it is planned as a replacement. Where it is sure to be the same one, name it by a value " +
      "that is known at plan.",
    ["virtual_machine_id"],
  );
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
    "This resource owns all NVMe passthrough devices of its virtual machine, and a create removes none. List " +
      "it in devices, or import the virtual machine to see its removal in a plan.",
    ["devices"],
  );
}

export function createdTwice(virtualMachineId: string): UserError {
  return new UserError(
    `A resource of this state has virtual machine ${virtualMachineId} already, and another one is to be created for it`,
    "If the resource is to be replaced (it is tainted, or by -replace or replace_triggered_by): that would " +
      "take every NVMe device off and put it on again. Leave it out, or use terraform untaint; to take single " +
      "devices off, change devices. If it is the same resource under a new address, say so with a moved block " +
      "(moveFromId in CDKTF) or terraform state mv. If they are two, keep one, with the devices of both. Nothing " +
      "was changed.",
    ["virtual_machine_id"],
  );
}

export function keptByAnother(virtualMachineId: string): Diagnostic {
  return warningDiagnostic(
    `The devices of virtual machine ${virtualMachineId} stay where they are`,
    "The resource that replaces this one was created first (create_before_destroy) and has them now, so " +
      "destroying this one takes none off.",
  );
}

interface ProblemContext {
  operation: "create" | "update" | "delete";
  planned: readonly Step[];
  /** As the person knows it, `db (vm-42)`. */
  virtualMachine: string;
  /** NVMe devices that are attached after all. */
  attached: readonly string[];
}

/** What stood in the way of a change, problem by problem; the last ends with what was done and what to do next. */
export function diagnosticsOf(outcome: DevicesOutcome, context: ProblemContext): Diagnostic[] {
  return outcome.problems.map((problem, index) => {
    const diagnostic = missingAfterAll(describe(problem, context.virtualMachine), { problem, waited: outcome.waited });
    const isLast = index === outcome.problems.length - 1;
    return isLast
      ? { ...diagnostic, detail: [diagnostic.detail, ...aftermath(outcome, context)].join("\n\n") }
      : diagnostic;
  });
}

function describe(problem: DevicesProblem, virtualMachine: string): Diagnostic {
  switch (problem.kind) {
    case "guest_silent":
    case "held":
    case "not_confirmed":
    case "unconfirmed":
    case "lingering":
      return describeGuestProblem(problem, virtualMachine);
    case "violation":
      return violationDiagnostic(problem.violation, "error");
    case "unplanned":
      return problem.step.operation === "remove"
        ? errorDiagnostic(
            `Virtual machine ${virtualMachine} has an NVMe passthrough device that isn't in the plan: ` +
              `${problem.step.address}${problem.label ? ` (${problem.label})` : ""}`,
            "It appeared since the plan was made, or is on the virtual machine beside what this resource " +
              "declares. It is not removed unseen: plan again to see its removal among the steps, or list it " +
              "in devices.",
          )
        : errorDiagnostic(
            `Device ${problem.step.address} is no longer on virtual machine ${virtualMachine}`,
            "It was attached when the plan was made, so adding it is not among the planned steps. Plan again " +
              "to see what it takes to bring it back.",
          );
    case "stopped":
      return errorDiagnostic(
        `The change of virtual machine ${virtualMachine} was stopped`,
        "It was interrupted, and no further call was begun.",
      );
    case "timed_out":
      return errorDiagnostic(
        `The change of virtual machine ${virtualMachine} ran out of time`,
        "The limit in timeouts was met, and no further call was begun.",
      );
    case "call_failed": {
      const kind = callErrorKind(problem.error);
      const outcome = kind === "unknown" ? "It is not known whether vCenter could" : "vCenter did not";
      return errorDiagnostic(
        `${outcome} ${phrase(problem.step)} virtual machine ${virtualMachine}`,
        `${CONTENTION[kind ?? ""] ?? ""}${describeError(problem.error)}`,
      );
    }
    case "not_verified":
      return errorDiagnostic(
        `vCenter reported success, but virtual machine ${virtualMachine} ` +
          `${problem.step.operation === "add" ? "doesn't show" : "still shows"} ${problem.step.address}`,
        "The next operation is only begun when the one before is verified. Look at the virtual machine's PCI " +
          "devices in the vSphere Client before trying again.",
      );
    case "blind": {
      const { step, error } = problem;
      const call = step
        ? `vCenter reported success for the call to ${phrase(step)} it, which could not be verified. `
        : "";
      return errorDiagnostic(`Virtual machine ${virtualMachine} can't be seen`, call + describeError(error));
    }
  }
}

/** What was tried again until a limit was met. */
const CONTENTION: Record<string, string> = {
  busy: "Another task was at work on the virtual machine until the limit of one call (timeouts.operation) was met. ",
  changed:
    "Something else kept changing the virtual machine until the limit of one call (timeouts.operation) was met. ",
};

function phrase(step: Step): string {
  return step.operation === "add" ? `add device ${step.address} to` : `remove device ${step.address} from`;
}

function aftermath(outcome: DevicesOutcome, { operation, planned, attached }: ProblemContext): string[] {
  const list = (items: readonly string[]): string => (items.length > 0 ? items.join(", ") : "none");
  const left = planned.filter((step) => {
    const isOn = attached.includes(step.address);
    return step.operation === "add" ? !isOn : isOn;
  });
  const isBlind = outcome.problems.some(({ kind }) => kind === "blind");
  const when = isBlind ? "when it was seen last" : "now";
  const observed = outcome.observed
    ? `Attached ${when}: ${list(attached)}. Calls left: ${list(left.map(formatStep))}.`
    : "What is attached could not be seen.";
  const next =
    operation !== "create"
      ? "The state holds what is attached; the next apply makes the calls that are left."
      : attached.length > 0
        ? "Nothing is recorded in the state, so that no working device is taken off: apply again, and what is " +
          "attached is adopted without a call. To destroy instead, import the virtual machine first."
        : "Nothing is recorded in the state: once this is mended, apply again.";
  // Indented, so that Terraform doesn't wrap them.
  const lines = outcome.lines.map((line) => `  ${line}`).join("\n");
  return [`Calls made: ${list(outcome.done.map(formatStep))}. ${observed}`, ...(lines === "" ? [] : [lines]), next];
}
