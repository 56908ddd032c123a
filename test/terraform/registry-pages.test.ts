/** What the pages of the provider show is applied and imported, as it stands there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hotplugProvider } from "../../lib/provider/provider";
import { IMPORTS, exampleOf } from "../../scripts/generate/registry-pages";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

jest.setTimeout(120_000);

const { resources, dataSources } = hotplugProvider({ environment: {} });
const PROVIDER = readFileSync(join(__dirname, "../../examples/hcl/provider.tf"), "utf8");

let vcenter: TestVcenter;
let workspace: TerraformWorkspace;
beforeEach(async () => (vcenter = await startTestVcenter()));
afterEach(async () => {
  await workspace.dispose();
  await vcenter.stop();
});

async function apply(name: string): Promise<void> {
  workspace = await TerraformWorkspace.create({
    environment: vcenter.environment,
    files: { "provider.tf": PROVIDER, "main.tf": exampleOf(name) },
  });
  await workspace.init();
  expect((await workspace.plan()).text).not.toContain("Warning");
  await workspace.apply({ saved: true });
  expect((await workspace.plan()).changed).toBe(false);
}

test.each(Object.keys(dataSources))("the example of %s is applied, and is done with that", (name) => apply(name));

test.each(Object.keys(resources))("the example of %s is applied, and imported again without a change", async (name) => {
  await apply(name);
  const { address, id } = IMPORTS[name]!;
  await workspace.run(["state", "rm", address]);
  expect((await workspace.plan()).changes.map(({ change }) => change.actions)).toContainEqual(["create"]);
  expect((await workspace.run(["import", "-no-color", address, id])).stdout).toContain("Import successful");
  const { changes } = await workspace.plan();
  expect(changes.filter(({ change }) => !/^(no-op|update)$/.test(change.actions.join()))).toEqual([]);
});
