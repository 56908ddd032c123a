import { readFileSync } from "node:fs";
import { leastRoles } from "../../../lib/vim/privileges";
import { PRIVILEGES_PAGE, privilegesPage } from "../../../scripts/generate/privileges";

test("the committed page of privileges is what `npm run generate` makes", () => {
  expect(readFileSync(PRIVILEGES_PAGE, "utf8")).toBe(privilegesPage());
});

test(
  "its commands make a role for each use, with exactly the least privileges, and every privilege " + "is explained",
  () => {
    const page = privilegesPage();
    const roles = [...page.matchAll(/^govc role\.create \S+ (.*)$/gm)].map(([, privileges]) => privileges!.split(" "));
    expect(roles).toEqual(Object.values(leastRoles));
    expect(page).not.toMatch(/\| {2}\|$/m);
  },
);
