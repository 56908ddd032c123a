import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assumptionTable } from "../../lib/simulator/assumptions";
import { parseInventory } from "../../lib/simulator/inventory/parse-inventory";

const page = readFileSync(join(__dirname, "../../docs/simulator.md"), "utf8");

it("lists every assumption as it is", () => {
  const rows = Object.entries(assumptionTable).map(
    ([name, { value, meaning }]) => `| \`${name}\` | \`${String(value)}\` | ${meaning} |`,
  );
  expect(
    page
      .slice(page.indexOf("## Assumptions"))
      .split("\n")
      .filter((line) => line.startsWith("| `"))
      .map((line) => line.replace(/ +\|/g, " |")),
  ).toEqual(rows);
});

it("shows an inventory that can be started with", () => {
  const [, json] = /```json\n([\s\S]*?)```/.exec(page)!;
  expect(parseInventory(json!, "the page").hosts).toHaveLength(1);
});
