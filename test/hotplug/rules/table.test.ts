import { CONFLICT_RULES } from "../../../lib/hotplug/rules/conflicts";
import { DEVICE_RULES } from "../../../lib/hotplug/rules/devices";
import { ENDPOINT_RULES } from "../../../lib/hotplug/rules/endpoint";
import { HOST_RULES } from "../../../lib/hotplug/rules/host";
import type { Rule, Rules } from "../../../lib/hotplug/rules/rule";
import { RULES } from "../../../lib/hotplug/rules/table";
import { VERIFICATION_RULES } from "../../../lib/hotplug/rules/verification";
import { VIRTUAL_MACHINE_RULES } from "../../../lib/hotplug/rules/virtual-machine";
import { RULE_CASES } from "../../support/rule-cases";

const CHAPTERS: Rules[] = [
  ENDPOINT_RULES,
  DEVICE_RULES,
  VIRTUAL_MACHINE_RULES,
  CONFLICT_RULES,
  HOST_RULES,
  VERIFICATION_RULES,
];

/** A row that a chapter of its own adds, for the controls. */
const chapterOf = (id: `N${number}`, row: Partial<Rule> = {}): Rules =>
  ({ [id]: { about: "virtualMachine", holds: "It holds", ...row } }) as Rules;

interface Held {
  chapters: readonly Rules[];
  cases: readonly { rule: string }[];
}
const HELD: Held = { chapters: CHAPTERS, cases: RULE_CASES };
const rows = ({ chapters }: Held): [string, Rule][] => chapters.flatMap((chapter) => Object.entries(chapter));
const breakable = (held: Held): string[] => rows(held).flatMap(([id, { broken }]) => (broken ? [id] : []));

/** What holds of the table: the rules that it doesn't hold of. */
const PROMISES: [string, (held: Held) => string[], Partial<Held>, string[]][] = [
  [
    "every number stands there once",
    (held) => rows(held).flatMap(([id], index, all) => (all.findIndex(([other]) => other === id) < index ? [id] : [])),
    { chapters: [...CHAPTERS, chapterOf("N5")] },
    ["N5"],
  ],
  [
    "every row of a chapter is in the table",
    (held) => rows(held).flatMap(([id, row]) => ((RULES as Rules)[id as "N1"] === row ? [] : [id])),
    { chapters: [chapterOf("N99")] },
    ["N99"],
  ],
  [
    "every rule can be broken, or says how it is checked by hand",
    (held) => rows(held).flatMap(([id, row]) => (row.broken || ("byHand" in row && row.byHand) ? [] : [id])),
    { chapters: [...CHAPTERS, chapterOf("N99")] },
    ["N99"],
  ],
  [
    "every rule that can be broken has a case",
    (held) => breakable(held).filter((id) => !held.cases.some(({ rule }) => rule === id)),
    { cases: RULE_CASES.filter(({ rule }) => rule !== "N5") },
    ["N5"],
  ],
  [
    "every case is of a rule that can be broken",
    (held) => held.cases.flatMap(({ rule }) => (breakable(held).includes(rule) ? [] : [rule])),
    { cases: [...RULE_CASES, { rule: "N6" }, { rule: "N99" }] },
    ["N6", "N99"],
  ],
];

test.each(PROMISES)("%s", (_name, exceptions) => {
  expect(exceptions(HELD)).toEqual([]);
});

test.each(PROMISES)("%s: and it would be seen if not", (_name, exceptions, control, seen) => {
  expect(exceptions({ ...HELD, ...control })).toEqual(seen);
});
