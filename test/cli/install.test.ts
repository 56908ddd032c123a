import { lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
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

const lockedHosts = (): string[] =>
  [...readFileSync(join(directory, ".terraform.lock.hcl"), "utf8").matchAll(/^provider "(.*?)\//gm)].map(
    ([, host]) => host!,
  );

test("the provider is copied under DIR for both engines, for this machine alone", async () => {
  const { status, stdout } = await runCli(["install", directory]);
  expect(status).toBe(0);
  expect(stdout).toContain(join(directory, PACKAGE));
  expect(stdout).toContain("registry.opentofu.org");
  expect(lstatSync(join(directory, PACKAGE)).isDirectory()).toBe(true);
  expect(readdirSync(join(directory, PACKAGE, ".."))).toEqual(["linux_amd64"]);
});

test("--platforms names those that it is laid for", async () => {
  const { status } = await runCli(["install", directory, "--platforms", "linux_arm64, darwin_arm64"]);
  expect(status).toBe(0);
  expect(readdirSync(join(directory, PACKAGE, "..")).sort()).toEqual(["darwin_arm64", "linux_arm64"]);
  expect(await runCli(["install", directory, "--platforms", "plan9_386"])).toMatchObject({
    status: 1,
    stderr: expect.stringContaining("doesn't run on plan9_386: there are packages for linux_amd64, ") as unknown,
  });
  expect((await runCli(["install", directory, "--platforms", "linux_arm64", "--link"])).status).toBe(2);
});

test("the first install pins it in the lock file for the engine that is there, with every hash", async () => {
  const TERRAFORM = "registry.terraform.io";
  const TOFU = "registry.opentofu.org";
  const bin = join(directory, "bin");
  mkdirSync(bin);
  for (const [engines, hosts] of [
    [[], [TERRAFORM, TOFU]],
    [["tofu"], [TOFU]],
    [
      ["tofu", "terraform"],
      [TERRAFORM, TOFU],
    ],
  ] as const) {
    for (const name of engines) writeFileSync(join(bin, name), "");
    rmSync(join(directory, ".terraform.lock.hcl"), { force: true });
    await runCli(["install", directory], { PATH: bin });
    expect(lockedHosts()).toEqual(hosts);
  }
  rmSync(join(directory, ".terraform.lock.hcl"));
  await runCli(["install", directory, "--engine", "terraform"], { PATH: bin });
  expect(lockedHosts()).toEqual([TERRAFORM]);
  expect(readFileSync(join(directory, ".terraform.lock.hcl"), "utf8").match(/"h1:/g)).toHaveLength(2);
  expect((await runCli(["install", directory, "--engine", "pulumi"])).status).toBe(2);
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
