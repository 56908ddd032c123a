/** What `vsphere-hotplug install` lays is found where it says, by the real engine with a home of its own. */
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as distributions from "../../lib/install/distribution";
import { runCli } from "../support/cli";
import { fakeDistribution } from "../support/fake-distribution";
import { type CommandResult, TerraformWorkspace } from "../support/terraform";

const MAIN = {
  "main.tf": 'terraform {\n  required_providers {\n    hotplug = { source = "vsphere-hotplug/hotplug" }\n  }\n}\n',
};
jest.mock("../../lib/install/distribution", () => ({
  ...jest.requireActual<object>("../../lib/install/distribution"),
  shippedDistribution: jest.fn(),
}));

const NOWHERE = "127.0.0.1:1";

let folder: string;
let home: string;
let workspace: TerraformWorkspace;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "hotplug-places-")));
  home = join(folder, "home");
  await mkdir(home);
  const distribution = await fakeDistribution(join(folder, "dist"));
  jest.mocked(distributions.shippedDistribution).mockReturnValue(distribution);
  workspace = await TerraformWorkspace.create({
    reattach: "{}",
    environment: { HOME: home, HTTPS_PROXY: `http://${NOWHERE}` },
    files: MAIN,
  });
});
afterEach(async () => {
  await workspace.dispose();
  await rm(folder, { recursive: true });
});

const install = (...args: string[]): ReturnType<typeof runCli> => runCli(["install", ...args], { HOME: home });
const init = (...before: string[]): Promise<CommandResult> => workspace.run([...before, "init", "-no-color"]);

test("with --user it is found from anywhere, by -chdir too", async () => {
  expect((await init()).status).not.toBe(0);
  const { status, stdout } = await install("--user");
  expect([status, stdout]).toEqual([0, expect.stringContaining(join(home, ".terraform.d/plugins/registry."))]);
  expect((await init()).status).toBe(0);
  await mkdir(join(workspace.directory, "below"));
  await writeFile(join(workspace.directory, "below/main.tf"), MAIN["main.tf"]);
  expect((await init("-chdir=below")).status).toBe(0);
});

test("with DIR it is found where init starts in DIR, and not by -chdir, as it says", async () => {
  const below = join(workspace.directory, "below");
  await mkdir(below);
  await writeFile(join(below, "main.tf"), MAIN["main.tf"]);
  const { stdout } = await install(below);
  expect(stdout).toContain("terraform -chdir looks where it was started, not there");
  expect(stdout).toContain("vsphere-hotplug install --user");
  expect((await init("-chdir=below")).status).not.toBe(0);
  expect((await install(workspace.directory)).status).toBe(0);
  expect((await init()).status).toBe(0);
});

test("the first install pins every platform, and init keeps that: a pipeline may ask for no change", async () => {
  const lock = (): Promise<string> => readFile(join(workspace.directory, ".terraform.lock.hcl"), "utf8");
  expect((await install(workspace.directory)).status).toBe(0);
  expect((await init()).status).toBe(0);
  const pinned = await lock();
  expect(pinned.match(/^provider /gm)).toHaveLength(1);
  expect(pinned.match(/"h1:/g)).toHaveLength(2);
  expect((await workspace.run(["init", "-no-color", "-lockfile=readonly"])).status).toBe(0);
  expect((await install(workspace.directory)).status).toBe(0);
  expect((await init()).status).toBe(0);
  expect((await lock()).match(/"h1:/g)).toHaveLength(2);
});

test("a CLI configuration that says where providers come from is told, with a way out that works", async () => {
  const file = join(home, ".terraformrc");
  const block = (mirror: string, exclude: string): string =>
    `# a company's\nprovider_installation {\n${mirror}  direct {\n${exclude}  }\n}\n`;
  await writeFile(file, block("", ""));
  const { status, stderr } = await install("--user");
  expect([status, stderr]).toEqual([0, expect.stringContaining(`Warning: ${file} has a provider_installation block`)]);
  expect((await init()).status).not.toBe(0);
  const mirror = /^ {2}filesystem_mirror \{[^]*?^ {2}\}\n/m.exec(stderr)![0];
  const list = /include = (.*)/.exec(mirror)![1]!;
  await writeFile(file, block(mirror, `    exclude = ${list}\n`));
  expect((await init()).status).toBe(0);
  expect((await install("--user")).stderr).toBe("");
});

test.each([
  ["none", ""],
  ["one without the block", 'plugin_cache_dir = "/tmp"\n'],
  ["one that has it in a comment", "# provider_installation {\n/*\nprovider_installation {\n*/\n"],
])("there is no warning of a CLI configuration where there is %s", async (_, content) => {
  if (content) await writeFile(join(home, ".terraformrc"), content);
  expect((await install("--user")).stderr).toBe("");
});

test("DIR and --user together, or neither, are wrong usage", async () => {
  expect((await install(folder, "--user")).status).toBe(2);
  expect(await install()).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("--user may stand in its place."),
  });
});
