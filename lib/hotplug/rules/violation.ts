/**
 * A rule's number: L limits of one call, V what hot plug works on, N what may not be on with it, H the host, M the
 * virtual machine, C and G what is verified outside and inside the guest.
 */
export const RULE_IDS = [
  "L4",
  "V1",
  "V2",
  "V3",
  "V6",
  "V8",
  "N1",
  "N2",
  "N3",
  "N4",
  "N5",
  "N7",
  "H0",
  "H2",
  "H3",
  "H4",
  "H5",
  "M1",
  "M2",
  "M3",
  "M4",
  "M5",
  "M7",
  "C3",
  "G4",
] as const;

export type RuleId = (typeof RULE_IDS)[number];

/** A broken rule, as a value: whoever asked decides where to show it. */
export interface Violation {
  rule: RuleId;
  /** One line that names what is wrong and where. */
  summary: string;
  /** Why that matters, in whole sentences. */
  why: string;
  /** What to do, in whole sentences. */
  remedy: string;
  /**
   * `fixed`: nothing in the same apply can change it, so a plan fails. `changeable`: another resource of the same apply
   * may still change it, so a plan warns and an apply fails. `advice`: worth knowing, stops nothing.
   */
  weight: "fixed" | "changeable" | "advice";
  /** The one device that it concerns, where all the others can go on without it. */
  onlyDevice?: string;
}

/** The text of a violation in whole: why, the way out, and the rule's number. */
export function explain(violation: Violation): string {
  return `${violation.why} ${violation.remedy} (rule ${violation.rule})`;
}
