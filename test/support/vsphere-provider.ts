import { existsSync } from "node:fs";
import { mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { openTofuAtHand } from "../../scripts/engine";
import { currentPlatform } from "../../lib/install/platform";
import { testEngine } from "./engine";
import { TerraformWorkspace, type TerraformOptions } from "./terraform";

/** The version that @cdktf/provider-vsphere asks for. */
export const VSPHERE_VERSION = "2.15.0";

/** Why Terraform's provider vmware/vsphere itself can't be run; undefined where it can. */
function missing(): string | undefined {
  const path = process.env["TF_PROVIDER_VSPHERE"];
  const what = `the path of an executable of vmware/vsphere ${VSPHERE_VERSION}`;
  if (!path) return `TF_PROVIDER_VSPHERE is not set: set it to ${what}`;
  return existsSync(path) ? undefined : `TF_PROVIDER_VSPHERE is ${path}, where there is no file: set it to ${what}`;
}

/**
 * `describe` for each engine at hand, with Terraform's provider vmware/vsphere itself. It isn't part of this
 * repository and takes a registry to come by, so without it the tests are skipped, in CI as well, and loudly.
 */
export function withVsphereProvider(
  title: string,
  tests: (engine: string) => void,
  { withOneEngine = false } = {},
): void {
  const absent = missing();
  if (absent !== undefined) process.stderr.write(`\nSKIPPED, "${title}": ${absent}\n`);
  const engines =
    absent === undefined ? new Set([testEngine(), withOneEngine ? undefined : openTofuAtHand()]) : ["any engine"];
  for (const engine of engines)
    if (engine !== undefined)
      (absent === undefined ? describe : describe.skip)(`${title}, ${engine.split("/").at(-1)}`, () => tests(engine));
}

/** A workspace that has both providers. */
export async function bothProviders(options: TerraformOptions): Promise<TerraformWorkspace> {
  const workspace = await TerraformWorkspace.create(options);
  for (const host of ["registry.terraform.io", "registry.opentofu.org"]) {
    const place = [host, "vmware", "vsphere", VSPHERE_VERSION, currentPlatform().name];
    const folder = join(workspace.directory, "terraform.d", "plugins", ...place);
    await mkdir(folder, { recursive: true });
    await symlink(process.env["TF_PROVIDER_VSPHERE"]!, join(folder, `terraform-provider-vsphere_v${VSPHERE_VERSION}`));
  }
  return workspace;
}
