import type { Command } from "./command";
import { examine, type DoctorReport } from "./doctor-report";
import { printReport } from "./doctor-text";
import { json, terminalOf } from "./terminal";
import { ENVIRONMENT_NOTES, withVcenter } from "./vcenter";

/** Readiness, rule by rule. It only reads: an account with the role Read-only can run it. */
export const doctorCommand: Command = {
  name: "doctor",
  summary: "Tell rule by rule whether hosts and virtual machines are ready for hot plug. It only reads.",
  positionals: [],
  options: {
    vm: {
      type: "string",
      value: "ID",
      description: "One virtual machine and its host: BIOS or instance UUID, vm-42, or its inventory path.",
    },
    host: {
      type: "string",
      value: "NAME",
      description: "One host and its virtual machines: host-12, or its name. Default: everything.",
    },
    json: { type: "boolean", description: "Print one JSON object." },
  },
  notes: [
    "Exit status: 0 if no rule failed, 1 if one did or something can't be read, 2 for wrong usage.",
    "",
    ...ENVIRONMENT_NOTES,
  ],
  async run({ options }, context) {
    const { vm, host } = options as Record<string, string | undefined>;
    const named = { ...(vm !== undefined && { vm }), ...(host !== undefined && { host }), signal: context.signal };
    const report = await withVcenter(context, (session) => examine(session, named));
    context.stdout.write(options["json"] ? json(reportValue(report)) : printReport(report, terminalOf(context)));
    return report.ready ? 0 : 1;
  },
};

/** The report as scripts read it. */
function reportValue({ ready, hosts, virtualMachines, unreadable, account }: DoctorReport): object {
  const examined = ({
    seen,
    checks,
  }: DoctorReport["hosts"][number] | DoctorReport["virtualMachines"][number]): object => ({
    id: seen.reference.value,
    name: seen.name,
    ready: checks.every(({ status }) => status !== "failed"),
    checks,
  });
  return {
    ready,
    hosts: hosts.map(examined),
    virtual_machines: virtualMachines.map(examined),
    unreadable: unreadable.map(({ reference, name, error }) => ({ id: reference.value, name, error: error.message })),
    account: account.map(({ use, missing }) => ({ use, allowed: missing.length === 0, missing })),
  };
}
