import type { Command } from "../command";
import { namedBy, SELECTION_OPTIONS } from "../selection";
import { json, terminalOf } from "../terminal";
import { ENVIRONMENT_NOTES, withVcenter } from "../vcenter";
import type { HeldSet } from "./hold";
import { examine, isWell, type DoctorReport } from "./report";
import { readStateFile } from "./state";
import { printReport } from "./text";

/** Readiness, rule by rule. It only reads: an account with the role Read-only can run it. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Tell rule by rule whether hosts and virtual machines are ready for hot plug. It only reads.",
  positionals: [],
  options: {
    ...SELECTION_OPTIONS,
    state: {
      type: "string",
      value: "FILE",
      description:
        "Hold what this state or plan declares against what is there: terraform.tfstate, or terraform show -json of " +
        "a state or a saved plan; - for standard input. Default: only what it declares is looked at.",
    },
    failed: { type: "boolean", description: "Only what isn't well." },
    json: { type: "boolean", description: "Print one JSON object." },
  },
  notes: [
    "Exit status: 0 if no rule failed, 1 if one did or something can't be read, 2 for wrong usage.",
    "",
    ...ENVIRONMENT_NOTES,
  ],
  async run(input, context) {
    const { options } = input;
    const named = namedBy(input, context.signal);
    const file = options["state"] as string | undefined;
    const sets = file === undefined ? undefined : await readStateFile(file, context);
    const report = await withVcenter(context, (session) => examine(session, named, sets));
    const shown = { failed: options["failed"] === true, isOne: named.vms.length === 1 };
    context.stdout.write(
      options["json"] ? json(reportValue(report, shown)) : printReport(report, terminalOf(context), shown),
    );
    return report.ready ? 0 : 1;
  },
};

/** The report as scripts read it; with `failed` only what isn't well. */
function reportValue(report: DoctorReport, { failed }: { failed: boolean }): object {
  const { ready, unreadable, declared, account, events } = report;
  const kept = <T extends { status: string }>(checks: readonly T[]): T[] =>
    checks.filter(({ status }) => !failed || status === "failed");
  const examined = (one: DoctorReport["hosts"][number] | DoctorReport["virtualMachines"][number]): object[] =>
    failed && isWell(one.checks)
      ? []
      : [
          {
            id: one.seen.reference.value,
            name: one.seen.name,
            ready: isWell(one.checks),
            checks: kept(one.checks).map(({ isOpen: _, ...check }) => check),
          },
        ];
  const held = ({ set, seen, findings }: HeldSet): object[] =>
    failed && isWell(findings)
      ? []
      : [
          {
            resource: set.resource,
            id: seen?.reference.value ?? null,
            name: seen?.name ?? null,
            ready: isWell(findings),
            findings: kept(findings),
          },
        ];
  return {
    ready,
    hosts: report.hosts.flatMap(examined),
    virtual_machines: report.virtualMachines.flatMap(examined),
    unreadable: unreadable.map(({ reference, name, error }) => ({ id: reference.value, name, error: error.message })),
    ...(declared && { declared: declared.flatMap(held) }),
    events_read: events.read && !events.isCut,
    account: account.map(({ use, missing }) => ({ use, allowed: missing.length === 0, missing })),
  };
}
