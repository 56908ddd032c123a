import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { hotplugProvider } from "../../../lib/provider/provider";
import { registryPages } from "../../../scripts/generate/registry-pages";

const ROOT = join(__dirname, "../../..");
const pages = registryPages(hotplugProvider({ environment: {} }));

test.each(Object.keys(pages))("%s is what `npm run generate` makes", (path) => {
  expect(readFileSync(join(ROOT, path), "utf8")).toBe(pages[path]);
});

test("there is a page for each resource and data source, and for nothing else", () => {
  for (const folder of ["docs/resources", "docs/data-sources"])
    expect(readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`)).toEqual(
      Object.keys(pages)
        .filter((path) => path.startsWith(folder))
        .sort(),
    );
  expect(Object.keys(pages)).toHaveLength(6);
});
