import { VARIABLES, type Argument } from "../environment/vcenter-settings";
import { CallError } from "../hotplug/call-error";
import { formatIdentity } from "../hotplug/facts";
import { explain, type Violation } from "../hotplug/rules/violation";
import type { Waited } from "../hotplug/waited";
import { printable } from "../printable";
import { errorDiagnostic, warningDiagnostic, type AttributePath, type Diagnostic } from "../tfplugin6/diagnostic";
import { explainConnectionError, explainFault, type Voice } from "../vim/explain-error";
import { IncompleteAnswerError } from "../vim/session/incomplete-answer-error";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../vim/session/task-error";
import { VimConnectionError } from "../vim/wire/connection-error";
import { VimFault } from "../vim/wire/fault";
import { OutOfSightError, UserError } from "./user-error";

/** Arguments as the provider block has them. */
const VOICE: Voice = {
  full: (argument) => `${argument} (${VARIABLES[argument as Argument]})`,
  short: (argument) => argument,
};

/** A broken rule, as the person reads it. */
export function violationDiagnostic(
  violation: Violation,
  severity: Diagnostic["severity"],
  path?: AttributePath,
): Diagnostic {
  return { severity, summary: violation.summary, detail: explain(violation), ...(path && { path }) };
}

/** A device that is still missing once it was waited for: with what the host has come to show meanwhile. */
export function missingAfterAll(
  diagnostic: Diagnostic,
  { problem, waited }: { problem: { kind: string; violation?: Violation }; waited: Waited | undefined },
): Diagnostic {
  if (problem.violation?.rule !== "V6" || !waited) return diagnostic;
  const came = waited.came.map(
    (device) => `${device.address} (${formatIdentity(device)}, ${device.vendorName} ${device.deviceName})`,
  );
  const seen = came.length === 0 ? "no other device came" : `the host came to show ${came.join(", ")}`;
  return {
    ...diagnostic,
    detail: `It was waited for ${waited.seconds} s (wait_for_device); meanwhile ${seen}. ${diagnostic.detail}`,
  };
}

/** Broken rules as a plan tells them: an error is only what no resource of the same apply can change. */
export function violationsAtPlan(violations: readonly Violation[]): Diagnostic[] {
  return violations.map((violation) =>
    violationDiagnostic(violation, violation.weight === "fixed" ? "error" : "warning"),
  );
}

/** An error of vCenter or of the way there, as the person reads it. Anything else is a bug and is thrown on. */
export function errorToDiagnostic(error: unknown): Diagnostic {
  if (error instanceof CallError && error.cause) return errorToDiagnostic(error.cause);
  if (error instanceof UserError) return errorDiagnostic(error.summary, error.detail, error.path);
  if (error instanceof VimConnectionError) {
    return errorDiagnostic(explainConnectionError(error, VOICE).summary, describeError(error));
  }
  if (error instanceof VimFault) return errorDiagnostic(explainFault(error, VOICE).summary, describeError(error));
  if (error instanceof IncompleteAnswerError) {
    const { object, connectionState, isOutOfReach } = error;
    const summary = isOutOfReach
      ? `vCenter has lost touch with ${object.type} ${object.value}: it is ${printable(connectionState!)}`
      : "vCenter's answer is incomplete";
    return errorDiagnostic(summary, describeError(error));
  }
  if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError) {
    return errorDiagnostic("Nobody can tell how a task of vCenter ended", describeError(error));
  }
  throw error;
}

/** What a state is about is there no longer. `name`: as the state has it. */
export function goneFromVcenter(kind: "Host" | "Virtual machine", name: string): Diagnostic {
  return warningDiagnostic(
    `${kind} ${printable(name)} is gone from vCenter`,
    "It leaves the state, and where the configuration still names it, it is planned anew. If it was registered anew, " +
      "it has another id: name that one. If it is gone for good, take its resources out of the configuration.",
  );
}

/** Whether it is an object that vCenter has lost touch with: of that nothing can be told but by reaching it again. */
export function isOutOfSight(error: unknown): boolean {
  return error instanceof OutOfSightError || (error instanceof IncompleteAnswerError && error.isOutOfReach);
}

/** One paragraph that says what went wrong and what to do. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return `${error.summary}. ${error.detail}`;
  if (error instanceof CallError) return error.cause ? describeError(error.cause) : error.message;
  if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError) return error.message;
  if (error instanceof IncompleteAnswerError) {
    return `${error.message} What isn't shown is not taken for gone: nothing was changed because of it.`;
  }
  if (error instanceof VimConnectionError) return explainConnectionError(error, VOICE).detail;
  if (error instanceof VimFault) return explainFault(error, VOICE).detail;
  return error instanceof Error ? error.message : String(error);
}
