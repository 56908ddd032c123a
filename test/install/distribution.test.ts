import { spawnSync } from "node:child_process";
import { cpSync, lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryHash } from "../../lib/install/directory-hash";
import { shippedDistribution } from "../../lib/install/distribution";
import packageJson from "../../package.json";
import { NOTICES } from "../../scripts/build/notices";

// What `npm run build` made; `npm test` builds first.
const { directory, version, platforms } = shippedDistribution();
const packages = [...new Set(Object.values(platforms).map(({ path }) => path))];
const EXECUTABLE = `terraform-provider-hotplug_v${packageJson.version}`;

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "hotplug-distribution-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("it has the package's version and every platform that is promised", () => {
  expect(version).toBe(packageJson.version);
  expect(Object.keys(platforms).sort()).toEqual(["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"]);
});

test("its hashes are those of its packages", () => {
  for (const { path, h1 } of Object.values(platforms)) expect(h1).toBe(directoryHash(join(directory, path)));
});

test.each(packages)("started by hand, the package %s says what it is for", (path) => {
  const { status, stdout, stderr } = spawnSync(join(directory, path, EXECUTABLE), { encoding: "utf8" });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("provider for Terraform and OpenTofu");
});

test("the script starts inside a project of ECMAScript modules", () => {
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  cpSync(join(directory, "node"), join(folder, "node"), { recursive: true });
  expect(spawnSync(join(folder, "node", EXECUTABLE), { encoding: "utf8" }).stderr).toContain(
    "provider for Terraform and OpenTofu",
  );
});

test("no package holds anything but what it needs, and nothing that others can't read", () => {
  for (const path of packages) {
    const files = [NOTICES, ...(path === "node" ? ["package.json"] : []), EXECUTABLE];
    expect(readdirSync(join(directory, path))).toEqual(files);
    expect(lstatSync(join(directory, path, EXECUTABLE)).mode & 0o777).toBe(0o755);
  }
  expect(lstatSync(directory).mode & 0o777).toBe(0o755);
});

test("nothing of a .env file in the working directory reaches the compiled executable", () => {
  const compiled = packages.find((path) => path !== "node");
  if (!compiled) return;
  writeFileSync(
    join(folder, ".env"),
    "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2\n",
  );
  const run = (environment: Record<string, string>): string =>
    spawnSync(join(directory, compiled, EXECUTABLE), { cwd: folder, encoding: "utf8", env: environment }).stderr;
  expect(run({})).toContain("provider for Terraform and OpenTofu");
  // The control: with the same variable in the environment it no longer takes itself for started by hand.
  expect(
    run({ TF_PLUGIN_MAGIC_COOKIE: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2" }),
  ).not.toContain("provider for Terraform and OpenTofu");
});
