import { readFileSync, readdirSync } from "node:fs";
import * as exported from "../../lib/index";
import { hotplugProvider } from "../../lib/provider/provider";
import { BINDINGS, generateBindings } from "../../scripts/generate/bindings";

test("the committed bindings are what `npm run generate` makes from the provider's schema", async () => {
  const committed = Object.fromEntries(
    readdirSync(BINDINGS).map((name) => [name, readFileSync(`${BINDINGS}/${name}`, "utf8")]),
  );
  expect(committed).toEqual(await generateBindings(hotplugProvider({ environment: {} })));
});

test("a class for every resource and data source is exported", () => {
  const { resources, dataSources } = hotplugProvider({ environment: {} });
  const types = Object.values(exported).flatMap((value) => ("tfResourceType" in value ? [value.tfResourceType] : []));
  expect(types.sort()).toEqual(["hotplug", ...Object.keys(resources), ...Object.keys(dataSources)].sort());
});
