import { readFileSync } from "node:fs";
import { RULE_NUMBERS } from "../../../lib/hotplug/rules/table";
import { RULES_PAGE, rulesPage } from "../../../scripts/generate/rules";

test("the page of the rules is what `npm run generate` makes of them", () => {
  expect(readFileSync(RULES_PAGE, "utf8")).toBe(rulesPage());
});

test("every rule has its place on the page", () => {
  // What errors name is this heading's anchor: the number in small letters.
  for (const rule of RULE_NUMBERS) expect(rulesPage()).toContain(`\n### ${rule}\n`);
});
