import { lstatSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as install from "../../lib/install/install-provider";
import { runCli } from "../support/cli";
import { fakeDistribution } from "../support/fake-distribution";

jest.mock("../../lib/install/install-provider", () => ({
  ...jest.requireActual<object>("../../lib/install/install-provider"),
  installProvider: jest.fn(),
}));
const actual = jest.requireActual<typeof install>("../../lib/install/install-provider");

let directory: string;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "hotplug-cli-"));
  const distribution = await fakeDistribution(join(directory, "dist"));
  jest
    .mocked(install.installProvider)
    .mockImplementation((folder, options) =>
      actual.installProvider(folder, { ...options, distribution, platform: { name: "linux_amd64", musl: false } }),
    );
});
afterEach(() => rmSync(directory, { recursive: true }));

const PACKAGE = "terraform.d/plugins/registry.terraform.io/vsphere-hotplug/hotplug/0.1.0/linux_amd64";

test("the provider is copied under DIR for both engines, and no lock entry is made", async () => {
  const { status, stdout } = await runCli(["install", directory]);
  expect(status).toBe(0);
  expect(stdout).toContain(join(directory, PACKAGE));
  expect(stdout).toContain("registry.opentofu.org");
  expect(lstatSync(join(directory, PACKAGE)).isDirectory()).toBe(true);
  expect(readdirSync(directory).sort()).toEqual(["dist", "terraform.d"]);
});

test("--link links", async () => {
  await runCli(["install", directory, "--link"]);
  expect(lstatSync(join(directory, PACKAGE)).isSymbolicLink()).toBe(true);
});

test("--json prints one object", async () => {
  const { stdout } = await runCli(["install", directory, "--link", "--json"]);
  expect(JSON.parse(stdout)).toMatchObject({
    version: "0.1.0",
    lock_file: join(directory, ".terraform.lock.hcl"),
    packages: expect.arrayContaining([join(directory, PACKAGE)]) as unknown,
  });
});
