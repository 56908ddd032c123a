import type { Broken } from "./rule";
import type { RuleNumber, RULES } from "./table";

/** The rules that facts can break. */
export type RuleId = { [Id in RuleNumber]: "broken" extends keyof (typeof RULES)[Id] ? Id : never }[RuleNumber];

/** A broken rule, as a value: whoever asked decides where to show it. */
export interface Violation extends Broken {
  rule: RuleId;
}

/** The text of a violation in whole: why, the way out, and the rule's number. */
export function explain(violation: Violation): string {
  return `${violation.why} ${violation.remedy} (rule ${violation.rule})`;
}
