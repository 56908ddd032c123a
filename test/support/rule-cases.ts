import { DEVICE_RULE_CASES } from "./device-rule-cases";
import { HOST_RULE_CASES } from "./host-rule-cases";
import type { RuleCase } from "./rule-case";
import { VIRTUAL_MACHINE_RULE_CASES } from "./virtual-machine-rule-cases";

/** Every way to break a rule, by its number. The page of the rules in the documentation is made from it, too. */
export const RULE_CASES: RuleCase[] = [...DEVICE_RULE_CASES, ...HOST_RULE_CASES, ...VIRTUAL_MACHINE_RULE_CASES];
