import type { Broken } from "./rule";
import type { RuleNumber, RULES } from "./table";

/** The rules that facts can break. */
export type RuleId = { [Id in RuleNumber]: "broken" extends keyof (typeof RULES)[Id] ? Id : never }[RuleNumber];

/** A broken rule, as a value: whoever asked decides where to show it. */
export interface Violation extends Broken {
  rule: RuleId;
}

/** The text of a violation in whole: why, the way out, the rule's number and where its page is. */
export function explain(violation: Violation): string {
  return `${violation.why} ${violation.remedy} ${cite(violation.rule)}`;
}

/** A rule by its number and the place where it is explained, in the repository and in the npm package alike. */
export function cite(rule: RuleNumber): string {
  return `(rule ${rule}) More: docs/rules.md#${rule.toLowerCase()}`;
}
