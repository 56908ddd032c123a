import { titleOf } from "../hotplug/observed-facts";
import type { ReadinessCheck } from "../hotplug/rules/readiness";
import { printable } from "../printable";
import type { AccountUse } from "./doctor-account";
import type { DoctorReport, Examined } from "./doctor-report";
import { hanging, wrap, type Terminal } from "./terminal";

const STATUS = {
  ok: { text: "ok", style: "green" },
  failed: { text: "FAILED", style: "red" },
  by_hand: { text: "by hand", style: "yellow" },
} as const;
const STATUS_WIDTH = "by hand".length;

const USES: Record<AccountUse["use"], string> = {
  doctorAndPlan: "look and plan",
  attach: "attach and remove devices",
  prepareVirtualMachine: "prepare virtual machines",
  prepareHost: "prepare hosts",
};

/** The report for people: one block an object, nothing wider than the terminal. */
export function printReport({ hosts, virtualMachines, unreadable, account }: DoctorReport, terminal: Terminal): string {
  const inFull = virtualMachines.length <= 1;
  const blocks = [
    ...hosts.map((host) => block(`Host ${titleOf(host.seen)}`, checkLines(host.checks, terminal), terminal)),
    ...virtualMachines.map((vm) =>
      block(
        `Virtual machine ${titleOf(vm.seen)}`,
        inFull ? checkLines(vm.checks, terminal) : shortLines(vm.checks, terminal),
        terminal,
      ),
    ),
    ...unreadable.map((object) =>
      block(
        `${object.reference.type === "HostSystem" ? "Host" : "Virtual machine"} ${titleOf(object)}`,
        statusLines("failed", "    ", `It can't be read: ${printable(object.error.message)}`, terminal),
        terminal,
      ),
    ),
    ...(account.length > 0
      ? [
          block(
            "What this account may do",
            account.flatMap((use) => accountLines(use, terminal)),
            terminal,
          ),
        ]
      : []),
    wrap(summary(hosts, virtualMachines, { unreadable: unreadable.length, inFull }), terminal.width),
  ];
  return `${blocks.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function block(title: string, lines: string[], terminal: Terminal): string[] {
  return [...wrap(title, terminal.width).map((line) => terminal.style(line, "bold")), ...lines];
}

function checkLines(checks: readonly ReadinessCheck[], terminal: Terminal): string[] {
  return checks.flatMap(({ rule, status, sentence, remedy }) =>
    statusLines(
      status,
      rule.padEnd(4),
      status === "ok" ? sentence : [sentence, remedy].filter(Boolean).join(" "),
      terminal,
    ),
  );
}

/** Where there are many, only what failed is told in full. */
function shortLines(checks: readonly ReadinessCheck[], terminal: Terminal): string[] {
  const rules = (status: ReadinessCheck["status"]): string =>
    checks
      .filter((check) => check.status === status)
      .map(({ rule }) => rule)
      .join(", ");
  return [
    ...checkLines(
      checks.filter(({ status }) => status === "failed"),
      terminal,
    ),
    ...(["ok", "by_hand"] as const).flatMap((status) =>
      rules(status) ? statusLines(status, "", rules(status), terminal) : [],
    ),
  ];
}

function statusLines(status: keyof typeof STATUS, rule: string, text: string, terminal: Terminal): string[] {
  const label = STATUS[status].text.padEnd(STATUS_WIDTH);
  const [first, ...more] = hanging(`  ${label}  ${rule}`, printable(text), terminal.width);
  return [first!.replace(label, terminal.style(label, STATUS[status].style)), ...more];
}

function accountLines({ use, missing }: AccountUse, terminal: Terminal): string[] {
  const lacks = missing.map(
    ({ privilege, objects }) =>
      `${privilege} on ${objects[0]}${objects.length > 1 ? ` and ${objects.length - 1} more` : ""}`,
  );
  return hanging(
    `  ${(lacks.length === 0 ? "yes" : "no").padEnd(STATUS_WIDTH)}  `,
    `${USES[use]}${lacks.length === 0 ? "" : `: it lacks ${lacks.join(", ")}`}`,
    terminal.width,
  );
}

function summary(
  hosts: readonly Examined<unknown>[],
  virtualMachines: readonly Examined<unknown>[],
  { unreadable, inFull }: { unreadable: number; inFull: boolean },
): string {
  const checks = [...hosts, ...virtualMachines].flatMap((examined) => examined.checks);
  const count = (status: ReadinessCheck["status"]): number => checks.filter((check) => check.status === status).length;
  const failed = count("failed");
  return [
    `${plural(hosts.length, "host")}, ${plural(virtualMachines.length, "virtual machine")}: ` +
      `${failed === 0 ? "no check failed" : `${plural(failed, "check")} failed`}, ${count("by_hand")} to be done ` +
      "by hand.",
    ...(unreadable > 0 ? [`${unreadable} can't be read.`] : []),
    ...(inFull ? [] : ["Each in full: vsphere-hotplug doctor --vm ID."]),
  ].join(" ");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
