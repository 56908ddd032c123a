import { lstat, mkdir, mkdtemp, readFile, readdir, readlink, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Distribution } from "../../lib/install/distribution";
import { InstallError } from "../../lib/install/install-error";
import { REGISTRY_HOSTS, installProvider } from "../../lib/install/install-provider";
import { fakeDistribution } from "../support/fake-distribution";

const LINUX = { name: "linux_amd64", musl: false };
const EXECUTABLE = "terraform-provider-hotplug_v0.1.0";
const packagePath = (host: string, platform: string): string =>
  `terraform.d/plugins/${host}/vsphere-hotplug/hotplug/0.1.0/${platform}`;

let folder: string;
let stack: string;
let distribution: Distribution;

beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "hotplug-install-")));
  stack = join(folder, "stack");
  await mkdir(stack);
  distribution = await fakeDistribution(join(folder, "dist"));
});
afterEach(() => rm(folder, { recursive: true }));

const install = (options: Partial<Parameters<typeof installProvider>[1]> = {}): ReturnType<typeof installProvider> =>
  installProvider(stack, {
    method: "link",
    lockHosts: ["registry.terraform.io"],
    distribution,
    platform: LINUX,
    ...options,
  });

test("a link leads from where either engine looks to the package that fits the machine", async () => {
  install();
  for (const host of REGISTRY_HOSTS) {
    expect(await realpath(join(stack, packagePath(host, "linux_amd64"), EXECUTABLE))).toBe(
      join(folder, "dist/linux_amd64", EXECUTABLE),
    );
    expect(await readdir(dirname(join(stack, packagePath(host, "linux_amd64"))))).toEqual(["linux_amd64"]);
  }
});

test("on musl the package for node stands in for the compiled executable", async () => {
  install({ platform: { ...LINUX, musl: true } });
  expect(await realpath(join(stack, packagePath("registry.terraform.io", "linux_amd64")))).toBe(
    join(folder, "dist/node"),
  );
});

test("a copy holds this machine's platform, and no other", async () => {
  install({ method: "copy" });
  for (const host of REGISTRY_HOSTS)
    expect(await readdir(dirname(join(stack, packagePath(host, "any"))))).toEqual(["linux_amd64"]);
});

test("a copy of every platform needs nothing outside itself", async () => {
  install({ method: "copy", platforms: Object.keys(distribution.platforms) });
  await rm(distribution.directory, { recursive: true });
  for (const host of REGISTRY_HOSTS) {
    for (const platform of Object.keys(distribution.platforms)) {
      const executable = await realpath(join(stack, packagePath(host, platform), EXECUTABLE));
      expect(executable.startsWith(stack)).toBe(true);
      expect((await lstat(executable)).mode & 0o111).toBe(0o111);
    }
  }
});

test("a copy for some platforms holds no others, and the lock file pins all", async () => {
  install({ method: "copy", platforms: ["linux_arm64", "darwin_arm64"] });
  for (const host of REGISTRY_HOSTS)
    expect((await readdir(dirname(join(stack, packagePath(host, "any"))))).sort()).toEqual([
      "darwin_arm64",
      "linux_arm64",
    ]);
  const lock = await readFile(join(stack, ".terraform.lock.hcl"), "utf8");
  for (const { h1 } of Object.values(distribution.platforms)) expect(lock).toContain(`"${h1}",`);
  expect(() => install({ method: "copy", platforms: ["plan9_386"] })).toThrow(/doesn't run on plan9_386: there are/);
});

test("an executable comes from the npm package that brings it; the script stands in where none is", async () => {
  const target = join(stack, packagePath("registry.terraform.io", "linux_amd64"));
  const brought = join(folder, "node_modules/@vsphere-hotplug/linux-x64");
  await mkdir(join(brought, "linux_amd64"), { recursive: true });
  await writeFile(join(brought, "package.json"), "{}");
  const { h1 } = distribution.platforms["linux_amd64"]!;
  distribution.platforms["linux_amd64"] = { path: "linux_amd64", h1, npmPackage: "@vsphere-hotplug/left-out" };
  install();
  expect(await readlink(target)).toBe(join(folder, "dist/node"));
  distribution.platforms["linux_amd64"].npmPackage = "@vsphere-hotplug/linux-x64";
  install();
  expect(await readlink(target)).toBe(join(brought, "linux_amd64"));
  expect(await readFile(join(stack, ".terraform.lock.hcl"), "utf8")).toContain(h1);
});

test("a package inside an archive, where no link leads into, is copied and said to be", async () => {
  const warn = jest.spyOn(process, "emitWarning").mockImplementation();
  try {
    install({ distribution: await fakeDistribution(join(folder, "__virtual__/x/dist")) });
    expect((await lstat(join(stack, packagePath("registry.terraform.io", "linux_amd64")))).isDirectory()).toBe(true);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/lies inside an archive .* it was copied\. Unplug/)]]);
    warn.mockClear();
    install();
    expect((await lstat(join(stack, packagePath("registry.terraform.io", "linux_amd64")))).isSymbolicLink()).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  } finally {
    warn.mockRestore();
  }
});

test("the lock file pins the packages of all platforms, under the hosts that were asked for", async () => {
  install();
  const lock = await readFile(join(stack, ".terraform.lock.hcl"), "utf8");
  for (const { h1 } of Object.values(distribution.platforms)) expect(lock).toContain(`"${h1}",`);
  expect(lock.match(/^provider .*/gm)).toEqual(['provider "registry.terraform.io/vsphere-hotplug/hotplug" {']);
});

test("without a host asked for, no lock file is made", async () => {
  install({ lockHosts: [] });
  expect(await readdir(stack)).toEqual(["terraform.d"]);
});

test.each(["link", "copy"] as const)("doing it again touches nothing (%s)", async (method) => {
  install({ method });
  const before = await snapshot(stack);
  install({ method });
  expect(await snapshot(stack)).toEqual(before);
});

test("a stale link, a copy where a link belongs and a changed copy are each replaced", async () => {
  const target = join(stack, packagePath("registry.terraform.io", "linux_amd64"));
  await mkdir(dirname(target), { recursive: true });
  await symlink(join(folder, "gone"), target);
  install();
  expect(await readlink(target)).toBe(join(folder, "dist/linux_amd64"));

  install({ method: "copy" });
  expect((await lstat(target)).isDirectory()).toBe(true);

  await writeFile(join(target, EXECUTABLE), "changed");
  install({ method: "copy" });
  expect(await readFile(join(target, EXECUTABLE), "utf8")).toContain("linux_amd64 one");

  install();
  expect(await readlink(target)).toBe(join(folder, "dist/linux_amd64"));
});

test("nothing half-made is left beside what was laid", async () => {
  install({ method: "copy" });
  install();
  const names = await readdir(stack, { recursive: true });
  expect(names.filter((name) => name.split("/").some((part) => part.startsWith(".")))).toEqual([".terraform.lock.hcl"]);
});

test("a machine that no package fits is told which ones there are", () => {
  expect(() => install({ platform: { name: "windows_amd64", musl: false } })).toThrow(
    new InstallError(
      "The provider doesn't run on windows_amd64: there are packages for linux_amd64, linux_arm64, " +
        "darwin_amd64, darwin_arm64.",
    ),
  );
});

async function snapshot(directory: string): Promise<[string, number][]> {
  const names = (await readdir(directory, { recursive: true })).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, number]> => [name, (await lstat(join(directory, name))).ctimeMs]),
  );
}
