/**
 * `npm run release`: what is published, under dist/release, ready to be looked at, signed and uploaded.
 *
 *   dist/release/npm         tarballs: vsphere-hotplug, @vsphere-hotplug/PLATFORM, cdktf-vsphere-hotplug
 *   dist/release/registry    a zip for each platform, the manifest, SHA256SUMS
 *   dist/release/sbom        what the provider and the npm packages are made of, as CycloneDX
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { currentPlatform } from "../lib/install/platform";
import { build } from "./build";
import { DIST } from "./build/directory";
import { audit } from "./release/audit";
import { writeBillsOfMaterials } from "./release/bill-of-materials";
import { TARGETS, type Target, makeExecutables } from "./release/executables";
import { packNpmPackages } from "./release/npm-packages";
import { CHECKSUMS, writeRegistryFiles } from "./release/registry";
import { script } from "./script";

const RELEASE = join(DIST, "release");

/** Makes all of it anew, saying so by `log`; `--here` leaves out the executables of other platforms, for tests. */
function release(log: (line: string) => void, targets: readonly Target[]): void {
  build(log);
  rmSync(RELEASE, { recursive: true, force: true });
  const [npm, registry, sbom] = ["npm", "registry", "sbom"].map((name) => join(RELEASE, name)) as [string, ...string[]];
  for (const folder of [npm, registry!, sbom!]) mkdirSync(folder, { recursive: true });
  const aside = mkdtempSync(join(DIST, ".release-"));
  try {
    const provider = makeExecutables(join(aside, "provider"), { targets, log });
    for (const tarball of packNpmPackages(provider, { aside, destination: npm })) log(`npm/${tarball}`);
    for (const file of writeRegistryFiles(provider, registry!)) log(`registry/${file}`);
    for (const file of writeBillsOfMaterials(sbom!)) log(`sbom/${file}`);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  log(audit());
  log(`Sign it: gpg --detach-sign dist/release/registry/${CHECKSUMS}`);
}

script((args) => {
  const here = currentPlatform().name;
  const targets = args.includes("--here") ? TARGETS.filter(({ platform }) => platform === here) : TARGETS;
  release((line) => console.log(line), targets);
});
