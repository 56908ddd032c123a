import type { Outcome, Problem } from "../../hotplug/devices/execute";
import { formatStep, type Step } from "../../hotplug/devices/steps";
import { CallError } from "../../hotplug/devices/target";
import { explain, type Violation } from "../../hotplug/rules/violation";
import { errorDiagnostic, type AttributePath, type Diagnostic } from "../../tfplugin6/diagnostic";
import { describeError } from "../errors";

/** A broken rule, as the person reads it. */
export function violationDiagnostic(
  violation: Violation,
  severity: Diagnostic["severity"],
  path?: AttributePath,
): Diagnostic {
  return { severity, summary: violation.summary, detail: explain(violation), ...(path && { path }) };
}

export interface ProblemContext {
  /** As the person knows it, `db (vm-42)`. */
  virtualMachine: string;
  operation: "create" | "update" | "delete";
  planned: readonly Step[];
  /** NVMe devices that are attached after all. */
  attached: readonly string[];
}

/**
 * What stood in the way of a change, problem by problem; the last one ends with what was done so far and what to do
 * next.
 */
export function problemDiagnostics(outcome: Outcome, context: ProblemContext): Diagnostic[] {
  return outcome.problems.map((problem, index) => {
    const { summary, detail } = describe(problem, context);
    const isLast = index === outcome.problems.length - 1;
    return errorDiagnostic(summary, [detail, ...(isLast ? aftermath(outcome, context) : [])].join("\n\n"));
  });
}

function describe(problem: Problem, { virtualMachine }: ProblemContext): { summary: string; detail: string } {
  switch (problem.kind) {
    case "violation":
      return { summary: problem.violation.summary, detail: explain(problem.violation) };
    case "unplanned":
      return problem.step.operation === "remove"
        ? {
            summary:
              `Virtual machine ${virtualMachine} has an NVMe passthrough device that isn't in the plan: ` +
              `${problem.step.address}${problem.label ? ` (${problem.label})` : ""}`,
            detail:
              "It appeared since the plan was made, or is on the virtual machine beside what this resource " +
              "declares. It is not removed unseen: plan again to see its removal among the steps, or list it " +
              "in devices.",
          }
        : {
            summary: `Device ${problem.step.address} is no longer on virtual machine ${virtualMachine}`,
            detail:
              "It was attached when the plan was made, so adding it is not among the planned steps. Plan again " +
              "to see what it takes to bring it back.",
          };
    case "stopped":
      return {
        summary: `The change of virtual machine ${virtualMachine} was stopped`,
        detail: "It was interrupted, and no further call was begun.",
      };
    case "timed_out":
      return {
        summary: `The change of virtual machine ${virtualMachine} ran out of time`,
        detail: "The limit in timeouts was met, and no further call was begun.",
      };
    case "call_failed":
      return {
        summary:
          `${callErrorKind(problem.error) === "unknown" ? "It is not known whether vCenter could" : "vCenter did not"} ` +
          `${phrase(problem.step)} virtual machine ${virtualMachine}`,
        detail: `${CONTENTION[callErrorKind(problem.error) ?? ""] ?? ""}${describeError(problem.error)}`,
      };
    case "not_verified":
      return {
        summary:
          `vCenter reported success, but virtual machine ${virtualMachine} ` +
          `${problem.step.operation === "add" ? "doesn't show" : "still shows"} ${problem.step.address}`,
        detail:
          "The next operation is only begun when the one before is verified. Look at the virtual machine's PCI " +
          "devices in the vSphere Client before trying again.",
      };
    case "blind":
      return {
        summary: `Virtual machine ${virtualMachine} can't be seen`,
        detail: `${problem.step ? `vCenter reported success for the call to ${phrase(problem.step)} it, which could not be ` + "verified. " : ""}${describeError(problem.error)}`,
      };
  }
}

/** What was tried again until a limit was met. */
const CONTENTION: Record<string, string> = {
  busy: "Another task was at work on the virtual machine until the limit of one call (timeouts.operation) was met. ",
  changed:
    "Something else kept changing the virtual machine until the limit of one call (timeouts.operation) was met. ",
};

function callErrorKind(error: unknown): CallError["kind"] | undefined {
  return error instanceof CallError ? error.kind : undefined;
}

function phrase(step: Step): string {
  return step.operation === "add" ? `add device ${step.address} to` : `remove device ${step.address} from`;
}

function aftermath(outcome: Outcome, { operation, planned, attached }: ProblemContext): string[] {
  const list = (items: readonly string[]): string => (items.length > 0 ? items.join(", ") : "none");
  const left = planned.filter((step) => {
    const isOn = attached.includes(step.address);
    return step.operation === "add" ? !isOn : isOn;
  });
  const isBlind = outcome.problems.some(({ kind }) => kind === "blind");
  const when = isBlind ? "when it was seen last" : "now";
  const observed = outcome.observation
    ? `Attached ${when}: ${list(attached)}. Calls left: ${list(left.map(formatStep))}.`
    : "What is attached could not be seen.";
  const next =
    operation !== "create"
      ? "The state holds what is attached; the next apply makes the calls that are left."
      : attached.length > 0
        ? "Nothing is recorded in the state, so that no working device is taken off: apply again, and what is " +
          "attached is adopted without a call. To destroy instead, import the virtual machine first."
        : "Nothing is recorded in the state: once this is mended, apply again.";
  return [`Calls made: ${list(outcome.done.map(formatStep))}. ${observed}`, next];
}
