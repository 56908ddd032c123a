import { mayReboot, needsRestart, planHost, type WantedHost } from "../../hotplug/host/plan";
import type { HostOutcome, HostProblem, KeptDevice } from "../../hotplug/host/outcome";
import type { DeviceIdentity } from "../../hotplug/facts";
import { isPciAddress } from "../../hotplug/pci-address";
import { checkRules } from "../../hotplug/rules/rules";
import type { HostObservation } from "../../hotplug/host/target";
import type { Violation } from "../../hotplug/rules/violation";
import type { ObjectValue } from "../../tfplugin6/value";
import { errorDiagnostic, warningDiagnostic, type Diagnostic } from "../../tfplugin6/diagnostic";
import { describeError, errorToDiagnostic, missingAfterAll, violationDiagnostic, violationsAtPlan } from "../errors";
import { UserError } from "../user-error";

/** What a plan can tell of what the apply will do to the host. */
export function announce(observed: HostObservation, wanted: WantedHost): Diagnostic[] {
  const plan = planHost(observed, wanted);
  const { title, configuredIntrCookies, runningIntrCookies } = observed.facts;
  const released = [...wanted.release]
    .filter((address) => observed.devices.get(address)?.passthroughEnabled === true && !observed.heldBy.has(address))
    .sort();
  const restart = needsRestart(plan, { facts: observed.facts, canRebind: observed.canRebind, wanted });
  const changes = [
    ...(plan.enable.length > 0 ? [`passthrough enabled for ${plan.enable.join(", ")} (H4)`] : []),
    ...(plan.bind.length > 0
      ? [`passthrough asked for once more for ${plan.bind.join(", ")}, not active yet (H4)`]
      : []),
    ...(released.length > 0 ? [`passthrough disabled for ${released.join(", ")}`] : []),
    ...(plan.intrCookies === undefined
      ? []
      : [`maxIntrCookies set from ${configuredIntrCookies ?? runningIntrCookies} to ${plan.intrCookies} (H2)`]),
  ];
  const restarts = restart && mayReboot(wanted.reboot);
  const consequence = restarts
    ? "That takes ONE RESTART of the host, through maintenance mode: running virtual machines have to leave " +
      `it${observed.inMaintenanceMode ? " (it is in maintenance mode already, and stays in it)" : ""}.`
    : restart
      ? "That takes a restart of the host, which this apply doesn't make."
      : "That takes no restart.";
  const prepared = warningDiagnostic(
    `Host ${title} will be prepared for hot plug`,
    `${changes.length > 0 ? `To be set: ${changes.join(", ")}.` : "Everything is set."} ${consequence}`,
  );
  const reasons = [
    ...plan.restartReasons,
    ...(plan.intrCookies === undefined ? [] : [`this apply sets maxIntrCookies to ${plan.intrCookies}`]),
    ...(plan.enable.length > 0 && !observed.canRebind
      ? [`this apply enables passthrough of ${plan.enable.join(", ")}`]
      : []),
  ];
  // What the apply does, and what is left to a person, are two things to read.
  const left = checkRules({ host: { title, restart: { reasons, denied: true } } });
  return [
    ...(changes.length > 0 || restarts ? [prepared] : []),
    ...(restart && !restarts ? violationsAtPlan(left) : []),
  ];
}

/** Devices that aren't what was at their declared addresses before, or no drives, at a refresh. */
export function otherDevices(
  observed: HostObservation,
  { declared, remembered }: { declared: readonly string[]; remembered: Readonly<Record<string, DeviceIdentity>> },
): Violation[] {
  const devices = declared.flatMap((address) => {
    const onHost = observed.devices.get(address);
    return onHost && isPciAddress(address)
      ? [{ address, onHost: { ...onHost, address }, remembered: remembered[address], ofHost: true }]
      : [];
  });
  const violations = checkRules({ host: { title: observed.facts.title }, devices });
  // A refresh stops nothing: what is declared and no drive is told, and the rest goes on.
  return violations
    .filter(({ rule }) => rule === "V8" || rule === "V2")
    .map((violation) => ({ ...violation, weight: "changeable" }));
}

/** A drive that isn't there, or can't be had any more, holds up itself alone: whoever depends on the host goes on. */
export function isOfOneDevice({ onlyDevice }: Violation): boolean {
  return onlyDevice !== undefined;
}

interface Asked {
  operation: "create" | "update" | "delete";
  planned: ObjectValue | null;
}

/** What an apply says of what stood in its way, and of what it left as it was. */
export function diagnosticsOf(outcome: HostOutcome, asked: Asked): Diagnostic[] {
  const title = outcome.observed?.facts.title ?? "";
  const active = outcome.active ? ` Active for passthrough now: ${outcome.active.join(", ") || "none"}.` : "";
  const account =
    `Done so far: ${outcome.done.join(", ") || "nothing"}.${active} Apply again once that is mended: what is done ` +
    "already is not done again.";
  const problems = outcome.problems.map((problem) => {
    const diagnostic = missingAfterAll(describe(problem, title), { problem, waited: outcome.waited });
    return diagnostic.severity === "error" ? { ...diagnostic, detail: `${diagnostic.detail} ${account}` } : diagnostic;
  });
  const kept = outcome.kept.length > 0 ? [keptDevices(title, outcome.kept, asked)] : [];
  return [...problems, ...kept, ...lateDevices(title, outcome, asked)];
}

/** Drives that got active though the plan, which others were made by, had not counted on them. */
function lateDevices(title: string, { active = [] }: HostOutcome, { planned }: Asked): Diagnostic[] {
  const counted = planned?.active_devices;
  const late = Array.isArray(counted) ? active.filter((address) => !counted.includes(address)) : [];
  if (late.length === 0) return [];
  return [
    warningDiagnostic(
      `Host ${title} shows ${late.join(", ")} again, and passthrough is active`,
      "The plan didn't count on that: what is made of active_devices has it from the next apply on. With " +
        "wait_for_device a drive that is put back is there in one apply.",
    ),
  ];
}

function describe(problem: HostProblem, title: string): Diagnostic {
  switch (problem.kind) {
    case "violation":
      return violationDiagnostic(
        problem.violation,
        problem.violation.weight === "advice" || isOfOneDevice(problem.violation) ? "warning" : "error",
      );
    case "stopped":
      return errorDiagnostic(
        `Preparing host ${title} was stopped`,
        "It was interrupted, and no further change was begun.",
      );
    case "timed_out":
      return errorDiagnostic(
        `Preparing host ${title} ran out of time`,
        "The limit in timeouts was met, and no further change was begun.",
      );
    case "never_seen":
    case "failed": {
      const summary = problem.kind === "failed" ? `Host ${title} could not be prepared` : "The host could not be seen";
      return problem.error instanceof UserError
        ? errorToDiagnostic(problem.error)
        : errorDiagnostic(summary, describeError(problem.error));
    }
    case "not_shown":
      return errorDiagnostic(
        `vCenter reported success, but host ${title} doesn't show what was set`,
        "Look at its PCI devices and its kernel settings before trying again.",
      );
    case "not_in_maintenance_mode": {
      const doubt = " Look at it: an entry whose outcome isn't known may still be under way.";
      return errorDiagnostic(
        `Host ${title} did not enter maintenance mode, and was not restarted`,
        describeError(problem.error) + (problem.inDoubt ? doubt : ""),
      );
    }
    case "still_in_maintenance_mode": {
      const { error = "vCenter reported success, but it is still in it.", before } = problem;
      return errorDiagnostic(
        `HOST ${title} IS STILL IN MAINTENANCE MODE`,
        `No virtual machine starts on it until it is taken out by hand: ${describeError(error)}` +
          (before ? ` Before that: ${retell(before, title)}` : ""),
      );
    }
    case "restarted_in_vain":
      return errorDiagnostic(
        `Host ${title} was restarted, and is not as it should be`,
        `${problem.reasons.join("; ")}. It is not restarted again. Look at it in the vSphere Client.`,
      );
  }
}

/** A problem inside of another one's text. */
function retell(problem: HostProblem, title: string): string {
  if (problem.kind === "failed") return describeError(problem.error);
  const { summary, detail } = describe(problem, title);
  return `${summary}. ${detail}`;
}

function keptDevices(title: string, kept: readonly KeptDevice[], { operation }: Asked): Diagnostic {
  const reasons = kept.map(({ address, heldBy, unreadable }) =>
    heldBy !== undefined
      ? `${address} is used by virtual machine ${heldBy}.`
      : `Whether ${address} is used can't be told: ${unreadable.join(", ")} can't be read.`,
  );
  return warningDiagnostic(
    `Passthrough stays enabled on host ${title} for ${kept.map(({ address }) => address).join(", ")}`,
    `${reasons.join(" ")} A device that a virtual machine may have is not taken back` +
      (operation === "delete" ? "." : "; the next apply gives it back to the host once it is free."),
  );
}
