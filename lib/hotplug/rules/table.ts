import { CONFLICT_RULES } from "./conflicts";
import { DEVICE_RULES } from "./devices";
import { ENDPOINT_RULES } from "./endpoint";
import { HOST_RULES } from "./host";
import { SUBJECTS } from "./rule";
import { VERIFICATION_RULES } from "./verification";
import { VIRTUAL_MACHINE_RULES } from "./virtual-machine";

/** Every rule, one row each. Of several that one thing breaks, the first here is the first that is told. */
export const RULES = {
  ...ENDPOINT_RULES,
  ...DEVICE_RULES,
  ...VIRTUAL_MACHINE_RULES,
  ...CONFLICT_RULES,
  ...HOST_RULES,
  ...VERIFICATION_RULES,
};

export type RuleNumber = keyof typeof RULES;

const ordinal = (number: RuleNumber): number => Number(number.slice(1));

/** All of them by their numbers, letter by letter as the subjects go. */
export const RULE_NUMBERS: readonly RuleNumber[] = Object.keys(SUBJECTS).flatMap((letter) =>
  (Object.keys(RULES) as RuleNumber[])
    .filter((number) => number.startsWith(letter))
    .sort((one, other) => ordinal(one) - ordinal(other)),
);
