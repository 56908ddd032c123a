import { titleOf } from "../../hotplug/observed-facts";
import type { ReadinessCheck } from "../../hotplug/rules/readiness";
import { printable } from "../../printable";
import { hanging, wrap, type Terminal } from "../terminal";
import type { AccountUse } from "./account";
import type { Finding, HeldSet } from "./hold";
import { EVENT_HOURS } from "../../vim/surprise-removals";
import { isWell, type DoctorReport, type Examined } from "./report";

const STATUS = {
  ok: { text: "ok", style: "green" },
  failed: { text: "FAILED", style: "red" },
  by_hand: { text: "by hand", style: "yellow" },
} as const;
type Status = keyof typeof STATUS;
const STATUS_WIDTH = "by hand".length;
const BY_URGENCY: readonly Status[] = ["failed", "by_hand", "ok"];

const USES: Record<AccountUse["use"], string> = {
  doctorAndPlan: "look and plan",
  attach: "attach and remove devices",
  prepareVirtualMachine: "prepare virtual machines",
  prepareHost: "prepare hosts",
};

/** The most objects of one kind that are named in a line. */
const MOST_NAMES = 8;

interface Shown {
  /** Nothing but what isn't well. */
  failed: boolean;
  /** One virtual machine was asked for. */
  isOne: boolean;
}

type Object = Examined<DoctorReport["hosts"][number]["seen"] | DoctorReport["virtualMachines"][number]["seen"]>;

/** The report for people: what is wrong first, by object; what is well in as few lines as it can be said. */
export function printReport(report: DoctorReport, terminal: Terminal, { failed, isOne }: Shown): string {
  const { hosts, virtualMachines, unreadable, declared = [], account } = report;
  const inFull = !failed && (isOne || (hosts.length <= 1 && virtualMachines.length <= 1));
  const objects = [...hosts, ...virtualMachines];
  const broken = objects.filter(({ checks }) => !isWell(checks));
  const lines = inFull ? fullLines : failedLines;
  const blocks = [
    ...declared.filter(({ findings }) => !isWell(findings)).map((held) => heldBlock(held, terminal)),
    ...unreadable.map((object) =>
      block(
        titled(object),
        statusLines("failed", "    ", `It can't be read: ${printable(object.error.message)}`, terminal),
        terminal,
      ),
    ),
    ...(inFull
      ? [...objects].sort((one, other) => Number(isWell(one.checks)) - Number(isWell(other.checks)))
      : broken
    ).map(({ seen, checks }) => block(titled(seen), lines(checks, terminal), terminal)),
    ...(failed
      ? []
      : [
          ...declared.filter(({ findings }) => isWell(findings)).map((held) => heldBlock(held, terminal)),
          ...(inFull ? [] : [wellLines(objects, terminal), byHandLines(objects, terminal)]),
          block(
            "What this account may do",
            account.flatMap((use) => accountLines(use, terminal)),
            terminal,
          ),
        ]),
    wrap(summary(report, { inFull, failed }), terminal.width),
  ].filter(({ length }) => length > 0);
  return `${blocks.map((one) => one.join("\n")).join("\n\n")}\n`;
}

function titled(object: { reference: { type: string; value: string }; name: string }): string {
  return `${object.reference.type === "HostSystem" ? "Host" : "Virtual machine"} ${titleOf(object)}`;
}

function block(title: string, lines: string[], terminal: Terminal): string[] {
  if (lines.length === 0) return [];
  return [...wrap(title, terminal.width).map((line) => terminal.style(line, "bold")), ...lines];
}

/** What is wrong, what a person has to look at, what is well. */
function fullLines(checks: readonly ReadinessCheck[], terminal: Terminal): string[] {
  return BY_URGENCY.flatMap((wanted) =>
    checks
      .filter(({ status }) => status === wanted)
      .flatMap((check) => statusLines(check.status, check.rule.padEnd(4), textOf(check), terminal)),
  );
}

function failedLines(checks: readonly ReadinessCheck[], terminal: Terminal): string[] {
  return fullLines(
    checks.filter(({ status }) => status === "failed"),
    terminal,
  );
}

function textOf({ status, sentence, remedy }: ReadinessCheck): string {
  return status === "ok" ? sentence : [sentence, remedy].filter(Boolean).join(" ");
}

/** A declared set beside what is there: each device that isn't well, and one line for those that are. */
function heldBlock({ set, seen, findings }: HeldSet, terminal: Terminal): string[] {
  const title = `Declared: ${printable(set.resource)}${seen ? `, ${titled(seen).replace(/^[HV]/, lower)}` : ""}`;
  const well = findings.filter(({ status }) => status === "ok");
  const bySentence = new Map<string, Finding[]>();
  for (const finding of well) bySentence.set(finding.sentence, [...(bySentence.get(finding.sentence) ?? []), finding]);
  return block(
    title,
    [
      ...BY_URGENCY.filter((status) => status !== "ok").flatMap((wanted) =>
        findings
          .filter(({ status }) => status === wanted)
          .flatMap(({ status, rule = "", sentence }) =>
            statusLines(status, rule.padEnd(4), printable(sentence), terminal),
          ),
      ),
      ...[...bySentence].flatMap(([sentence, all]) =>
        statusLines("ok", "    ", `${all.map(({ address }) => address).join(", ")}: ${sentence}`, terminal),
      ),
      ...(findings.length === 0
        ? statusLines("ok", "    ", "No device is declared, and none is there.", terminal)
        : []),
    ],
    terminal,
  );
}

const lower = (letter: string): string => letter.toLowerCase();

/** One line for all that nothing is wrong with. */
function wellLines(objects: readonly Object[], terminal: Terminal): string[] {
  const well = objects.filter(({ checks }) => isWell(checks));
  if (well.length === 0) return [];
  const isHost = ({ seen }: Object): boolean => seen.reference.type === "HostSystem";
  const counts = [
    namesOf(well.filter(isHost), "host"),
    namesOf(
      well.filter((one) => !isHost(one)),
      "virtual machine",
    ),
  ].filter(Boolean);
  return statusLines("ok", "", counts.join("; "), terminal);
}

function namesOf(objects: readonly Object[], noun: string): string {
  if (objects.length === 0) return "";
  const names = objects.slice(0, MOST_NAMES).map(({ seen }) => titleOf(seen));
  const more = objects.length > MOST_NAMES ? ` and ${objects.length - MOST_NAMES} more` : "";
  return `${plural(objects.length, noun)}: ${names.join(", ")}${more}`;
}

/** What a person has to look at, each rule once: in whole where it is the same for all that it concerns. */
function byHandLines(objects: readonly Object[], terminal: Terminal): string[] {
  const byRule = new Map<string, { texts: Set<string>; objects: Object[] }>();
  for (const object of objects) {
    for (const check of object.checks.filter(({ status }) => status === "by_hand")) {
      const known = byRule.get(check.rule) ?? { texts: new Set(), objects: [] };
      known.texts.add(textOf(check));
      known.objects.push(object);
      byRule.set(check.rule, known);
    }
  }
  const lines = [...byRule].flatMap(([rule, { texts, objects: concerned }]) => {
    const [first] = [...texts];
    const others = texts.size > 1 ? ` (${texts.size - 1} more differ by object: --vm or --host tells each)` : "";
    return statusLines(
      "by_hand",
      rule.padEnd(4),
      `${first}${others} [${plural(concerned.length, "object")}]`,
      terminal,
    );
  });
  return block("To be checked by hand", lines, terminal);
}

function statusLines(status: Status, rule: string, text: string, terminal: Terminal): string[] {
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
  { hosts, virtualMachines, unreadable, declared, events }: DoctorReport,
  { inFull, failed: onlyFailed }: { inFull: boolean; failed: boolean },
): string {
  const checks = [...hosts, ...virtualMachines].flatMap((examined) => examined.checks);
  const count = (status: Status): number => checks.filter((check) => check.status === status).length;
  const failed = count("failed");
  const held = (declared ?? []).filter(({ findings }) => !isWell(findings)).length;
  return [
    `${plural(hosts.length, "host")}, ${plural(virtualMachines.length, "virtual machine")}: ` +
      `${failed === 0 ? "no check failed" : `${plural(failed, "check")} failed`}, ${count("by_hand")} to be done ` +
      "by hand.",
    ...(declared
      ? [`${plural(declared.length, "declared set")}: ${held === 0 ? "all as declared" : `${held} not as declared`}.`]
      : []),
    ...(unreadable.length > 0 ? [`${unreadable.length} can't be read.`] : []),
    ...(events.read
      ? events.isCut
        ? [`Of vCenter's events of the last ${EVENT_HOURS} hours only the latest were read.`]
        : []
      : ["vCenter's events can't be read: surprise removals may be unseen."]),
    ...(inFull || onlyFailed ? [] : ["Each in full: vsphere-hotplug doctor --vm VM."]),
  ].join(" ");
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
