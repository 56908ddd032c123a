/** What `npm run release` makes for a registry, and an install of it. */
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, readFileSync, readdirSync, rmSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unzipSync } from "fflate";
import { startTestVcenter } from "../support/vcenter";
import { TerraformWorkspace } from "../support/terraform";

const RELEASE = join(__dirname, "../../dist/release");
const REGISTRY = join(RELEASE, "registry");
const NAME = "terraform-provider-hotplug_0.1.0";
const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"];
const ENGINES = (process.env["HOTPLUG_TEST_ENGINES"] ?? "").split(":");

const sha256 = (name: string): string =>
  createHash("sha256")
    .update(readFileSync(join(REGISTRY, name)))
    .digest("hex");

test("there is a zip for each platform, the manifest, and the checksums of them all", () => {
  const summed = [...PLATFORMS.map((platform) => `${NAME}_${platform}.zip`), `${NAME}_manifest.json`];
  expect(readdirSync(REGISTRY).sort()).toEqual([...summed, `${NAME}_SHA256SUMS`].sort());
  const lines = readFileSync(join(REGISTRY, `${NAME}_SHA256SUMS`), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines.sort()).toEqual(summed.map((name) => `${sha256(name)}  ${name}`).sort());
});

test("the manifest names the protocol that the provider speaks", () => {
  expect(JSON.parse(readFileSync(join(REGISTRY, `${NAME}_manifest.json`), "utf8"))).toEqual({
    version: 1,
    metadata: { protocol_versions: ["6.0"] },
  });
});

test("each zip has the executable by the name that is asked for, and whose work is in it", () => {
  for (const platform of PLATFORMS) {
    const names = Object.keys(
      unzipSync(readFileSync(join(REGISTRY, `${NAME}_${platform}.zip`)), { filter: () => true }),
    );
    expect(names).toEqual(expect.arrayContaining(["terraform-provider-hotplug_v0.1.0", "THIRD-PARTY-NOTICES.txt"]));
  }
});

test("the bill of materials names what the notices name", () => {
  const { components } = JSON.parse(readFileSync(join(RELEASE, "sbom", `${NAME}.cdx.json`), "utf8")) as {
    components: { name: string; version: string }[];
  };
  const notices = readFileSync(join(__dirname, "../../dist/provider/node/THIRD-PARTY-NOTICES.txt"), "utf8");
  const noticed = [...notices.matchAll(/^={80}\n\n(\S+) (\S+), /gm)].map(([, name, version]) => `${name} ${version}`);
  const listed = components.map(({ name, version }) => `${name} ${version}`);
  expect(listed.filter((name) => !name.startsWith("bun ")).sort()).toEqual(noticed.sort());
  expect(noticed.length).toBeGreaterThan(4);
});

test.each(ENGINES)("%s installs it from a filesystem mirror of the zips, and applies", async (engine) => {
  const folder = mkdtempSync(join(tmpdir(), "hotplug-mirror-"));
  const vcenter = await startTestVcenter();
  const host = /tofu$/.test(engine) ? "registry.opentofu.org" : "registry.terraform.io";
  const mirror = join(folder, "mirror", host, "vsphere-hotplug/hotplug");
  mkdirSync(mirror, { recursive: true });
  for (const platform of PLATFORMS) {
    const zip = `${NAME}_${platform}.zip`;
    copyFileSync(join(REGISTRY, zip), join(mirror, zip));
  }
  const configuration = join(folder, "cli.tfrc");
  writeFileSync(
    configuration,
    `provider_installation {\n  filesystem_mirror { path = "${join(folder, "mirror")}" }\n}\n`,
  );
  const workspace = await TerraformWorkspace.create({
    engine,
    reattach: "{}",
    environment: { TF_CLI_CONFIG_FILE: configuration, ...vcenter.environment },
    files: {
      "main.tf": `terraform {
  required_providers {
    hotplug = { source = "vsphere-hotplug/hotplug", version = "0.1.0" }
  }
}
resource "hotplug_passthrough_devices" "db" {
  virtual_machine_id = "vm-42"
  devices            = ["0000:3b:00.0"]
}
`,
    },
  });
  try {
    await workspace.init();
    expect((await workspace.run(["apply", "-no-color", "-auto-approve"])).stdout).toContain("1 added");
  } finally {
    await workspace.dispose();
    await vcenter.stop();
    rmSync(folder, { recursive: true });
  }
});
