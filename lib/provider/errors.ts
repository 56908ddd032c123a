import { CallError } from "../hotplug/call-error";
import { explain, type Violation } from "../hotplug/rules/violation";
import { printable } from "../printable";
import { errorDiagnostic, type AttributePath, type Diagnostic } from "../tfplugin6/diagnostic";
import { VimConnectionError, type ConnectionErrorKind } from "../vim/wire/connection-error";
import { VimFault } from "../vim/wire/fault";
import { IncompleteAnswerError } from "../vim/session/incomplete-answer-error";
import { TaskOutcomeUnknownError, TaskTimeoutError } from "../vim/session/task-error";
import { UserError } from "./user-error";

const CONNECTION: Record<ConnectionErrorKind, { summary: string; remedy: string }> = {
  unreachable: {
    summary: "vCenter can't be reached",
    remedy: "Check vsphere_server (VSPHERE_SERVER), and the network between here and there.",
  },
  untrusted_certificate: {
    summary: "vCenter's certificate is not trusted",
    remedy:
      "Give the certificate of its authority with ca_file (VSPHERE_CA_FILE). allow_unverified_ssl = true " +
      "switches the check off and is for test systems only.",
  },
  wrong_host_name: {
    summary: "vCenter's certificate is for another name",
    remedy: "Use the name that is in the certificate as vsphere_server.",
  },
  timeout: { summary: "vCenter did not answer in time", remedy: "Try again later, or raise api_timeout." },
  bad_answer: {
    summary: "vCenter's answer can't be read",
    remedy: "Check that vsphere_server is a vCenter, and not a proxy or another service.",
  },
  aborted: { summary: "The request to vCenter was interrupted", remedy: "Run the command again." },
};

/** A broken rule, as the person reads it. */
export function violationDiagnostic(
  violation: Violation,
  severity: Diagnostic["severity"],
  path?: AttributePath,
): Diagnostic {
  return { severity, summary: violation.summary, detail: explain(violation), ...(path && { path }) };
}

/** What is named is another object by now than the one that was planned for. `name` is told where it says more. */
export function otherThanAtPlan(attribute: "host_id" | "virtual_machine_id", name?: string): UserError {
  const object = attribute === "host_id" ? "host" : "virtual machine";
  return new UserError(
    `${name === undefined ? attribute : `${attribute} ${name}`} names another ${object} than at plan`,
    "Nothing was changed. Plan again: the resource will be replaced.",
    [attribute],
  );
}

/** An error of vCenter or of the way there, as the person reads it. Anything else is a bug and is thrown on. */
export function errorToDiagnostic(error: unknown): Diagnostic {
  if (error instanceof CallError && error.cause) return errorToDiagnostic(error.cause);
  if (error instanceof UserError) return errorDiagnostic(error.summary, error.detail, error.path);
  if (error instanceof VimConnectionError) return errorDiagnostic(CONNECTION[error.kind].summary, describeError(error));
  if (error instanceof VimFault) return errorDiagnostic(faultSummary(error), describeError(error));
  if (error instanceof IncompleteAnswerError)
    return errorDiagnostic("vCenter's answer is incomplete", describeError(error));
  throw error;
}

/** One paragraph that says what went wrong and what to do. */
export function describeError(error: unknown): string {
  if (error instanceof UserError) return `${error.summary}. ${error.detail}`;
  if (error instanceof CallError) return error.cause ? describeError(error.cause) : error.message;
  if (error instanceof TaskTimeoutError || error instanceof TaskOutcomeUnknownError) return error.message;
  if (error instanceof IncompleteAnswerError)
    return `${error.message} What isn't shown is not taken for gone: nothing was changed because of it.`;
  if (error instanceof VimConnectionError) {
    const unknown = error.outcomeUnknown
      ? " The call may have been carried out all the same: look at the virtual machine before trying again."
      : "";
    return `${error.message} ${CONNECTION[error.kind].remedy}${unknown}`;
  }
  // Its message may hold names that anyone gave: no line of a log begins inside them.
  if (error instanceof VimFault)
    return `vCenter answered ${error.type}: ${sentence(printable(error.message.trim()))}${faultRemedy(error)}`;
  return error instanceof Error ? error.message : String(error);
}

/** vCenter's messages end with a full stop or without one. */
function sentence(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}

function faultSummary(fault: VimFault): string {
  switch (fault.type) {
    case "InvalidLogin":
      return "vCenter refused the user or the password";
    case "NoPermission":
      return "The vCenter account lacks a privilege";
    default:
      return `vCenter answered ${fault.type}`;
  }
}

function faultRemedy(fault: VimFault): string {
  switch (fault.type) {
    case "InvalidLogin":
      return " Check user (VSPHERE_USER) and password (VSPHERE_PASSWORD).";
    case "NoPermission":
      return (
        ` The account needs the privilege ${fault.privilegeId ?? "(not named)"} on ` +
        `${fault.object ? `${fault.object.type} ${fault.object.value}` : "the object"}: ask for a role that has ` +
        "it."
      );
    default:
      return "";
  }
}
