import { readFileSync } from "node:fs";
import { CHECKED_RULES } from "../../../lib/hotplug/rules/readiness";
import { RULE_IDS } from "../../../lib/hotplug/rules/violation";
import { RULES_PAGE, rulesPage } from "../../../scripts/generate/rules";

test("the page of the rules is what `npm run generate` makes of them", () => {
  expect(readFileSync(RULES_PAGE, "utf8")).toBe(rulesPage());
});

test("every rule has its place on the page", () => {
  for (const rule of [...RULE_IDS, ...CHECKED_RULES]) expect(rulesPage()).toContain(`\n### ${rule}\n`);
});
