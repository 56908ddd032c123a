import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Distribution } from "../../lib/install/distribution";
import { installProvider, type RegistryHost } from "../../lib/install/install-provider";
import { fakeDistribution } from "../support/fake-distribution";
import { TerraformWorkspace } from "../support/terraform";

// A reattached provider keeps the harness from laying the one that was built: these tests lay their own.
const NO_PROVIDER = { reattach: "{}" };

let folder: string;
let distribution: Distribution;
let workspace: TerraformWorkspace;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "hotplug-lay-")));
  distribution = await fakeDistribution(join(folder, "dist"));
  workspace = await TerraformWorkspace.create(NO_PROVIDER);
  await workspace.write("main.tf.json", {
    terraform: {
      required_providers: {
        hotplug: { source: "registry.terraform.io/vsphere-hotplug/hotplug", version: distribution.version },
      },
    },
  });
});
afterEach(async () => {
  await workspace.dispose();
  await rm(folder, { recursive: true });
});

const lay = (lockHosts: RegistryHost[], method: "link" | "copy" = "link"): string =>
  installProvider(workspace.directory, { method, lockHosts, distribution }).lockFile;
const hashesOf = async (lockFile: string): Promise<string[]> =>
  (await readFile(lockFile, "utf8")).match(/h1:[^"]+/g) ?? [];

test("the hash is the one that init computes for the same package", async () => {
  const lockFile = lay([]);
  await workspace.init();
  expect(await hashesOf(lockFile)).toEqual([distribution.platforms["linux_amd64"]?.h1]);
});

test.each(["link", "copy"] as const)(
  "init takes what was laid, offline, and leaves the lock file as it is (%s)",
  async (method) => {
    const lockFile = lay(["registry.terraform.io"], method);
    const before = await readFile(lockFile, "utf8");
    await workspace.init();
    expect(await readFile(lockFile, "utf8")).toBe(before);
  },
);

test("init takes a package that was built anew under the same version, once it is laid again", async () => {
  lay(["registry.terraform.io"]);
  await workspace.init();
  distribution = await fakeDistribution(join(folder, "dist"), { content: "two" });
  const refused = await workspace.run(["init", "-no-color"]);
  lay(["registry.terraform.io"]);
  await workspace.init();
  expect(refused.status).not.toBe(0);
});

test("init refuses a package that isn't the pinned one", async () => {
  lay(["registry.terraform.io"]);
  await writeFile(join(folder, "dist/linux_amd64/terraform-provider-hotplug_v0.1.0"), "something else");
  expect((await workspace.run(["init", "-no-color"])).status).not.toBe(0);
});
