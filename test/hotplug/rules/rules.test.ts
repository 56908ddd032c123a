import { checkRules } from "../../../lib/hotplug/rules/rules";
import { explain, type Violation } from "../../../lib/hotplug/rules/violation";
import { address, host, vm } from "../../support/rule-case";
import { RULE_CASES } from "../../support/rule-cases";

describe("The rules", () => {
  test("say nothing where nothing is known", () => {
    expect(checkRules({})).toEqual([]);
    expect(
      checkRules({ endpoint: {}, host: { title: "esx01" }, virtualMachine: { title: "db" }, devices: [{ address }] }),
    ).toEqual([]);
  });

  test("name every one that is broken, not the first alone", () => {
    const broken = checkRules({
      ...host({ connected: false, version: "7.0.3" }),
      ...vm({ firmware: "bios", hasSnapshot: true, numCpus: 200 }),
      devices: [{ address, onHost: null }],
    });
    expect(broken.map(({ rule }) => rule).sort()).toEqual(["H0", "M1", "N5", "N7", "V1", "V6"]);
  });
});

describe.each(RULE_CASES)(
  "Rule $rule, $what,",
  ({ rule, broken, kept, unknown, weight, says, wayOut, onlyDevice, beside }) => {
    test(`is ${weight}, says what and where, and names the way out`, () => {
      const violations = checkRules(broken).filter((one) => one.rule !== beside);
      expect(violations).toEqual([expect.objectContaining({ rule, weight })]);
      const [violation] = violations as [Violation];
      expect(violation.summary).toMatch(says);
      expect(violation.remedy).toMatch(wayOut);
      expect(violation.onlyDevice).toBe(onlyDevice && address);
      expect(explain(violation)).toBe(
        `${violation.why} ${violation.remedy} (rule ${rule}) More: docs/rules.md#${rule.toLowerCase()}`,
      );
      for (const sentence of [violation.why, violation.remedy]) expect(sentence).toMatch(/[^.]\.$/);
      expect(violation.summary).not.toMatch(/\.$|\n|undefined|null/);
    });

    test("is kept by facts that keep it, and silent on what isn't known", () => {
      for (const facts of [...kept, unknown]) expect(checkRules(facts)).toEqual([]);
    });
  },
);
