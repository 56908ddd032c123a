import { readFileSync, readdirSync } from "node:fs";
import { hotplugProvider } from "../../lib/provider/provider";
import { BINDINGS, generateBindings } from "../../scripts/generate-bindings";

test("the committed bindings are what `npm run generate` makes from the provider's schema", async () => {
  const committed = Object.fromEntries(readdirSync(BINDINGS).map((name) => [name, readFileSync(`${BINDINGS}/${name}`, "utf8")]));
  expect(committed).toEqual(await generateBindings(hotplugProvider({ environment: {} })));
});
