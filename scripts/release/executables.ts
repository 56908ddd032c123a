import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { directoryHash } from "../../lib/install/directory-hash";
import { type Distribution, MANIFEST, NODE_PACKAGE } from "../../lib/install/distribution";
import { DIST } from "../build/directory";
import { type ForeignRuntime, compile } from "../build/executable";
import { NOTICES, noticesOf, runtimeNotice } from "../build/notices";
import { bundleProvider } from "../build/provider";
import { CACHE, command, run } from "../run";

/** A platform that gets an executable, in everybody's words. */
export interface Target {
  /** As Terraform names it. */
  platform: string;
  npmPackage: string;
  /** What npm is told of the machines that it is for. */
  machine: { os: string[]; cpu: string[]; libc?: string[] };
  /** The package with bun for it, and what bun calls it. */
  runtime: { package: string; target: string };
}

export const TARGETS: readonly Target[] = [
  {
    platform: "linux_amd64",
    npmPackage: "@vsphere-hotplug/linux-x64",
    machine: { os: ["linux"], cpu: ["x64"], libc: ["glibc"] },
    runtime: { package: "@oven/bun-linux-x64", target: "bun-linux-x64" },
  },
  {
    platform: "linux_arm64",
    npmPackage: "@vsphere-hotplug/linux-arm64",
    machine: { os: ["linux"], cpu: ["arm64"], libc: ["glibc"] },
    runtime: { package: "@oven/bun-linux-aarch64", target: "bun-linux-arm64" },
  },
  {
    platform: "darwin_arm64",
    npmPackage: "@vsphere-hotplug/darwin-arm64",
    machine: { os: ["darwin"], cpu: ["arm64"] },
    runtime: { package: "@oven/bun-darwin-aarch64", target: "bun-darwin-arm64" },
  },
];

/** The provider for every platform, in one folder: the executables that can be made here, and the script for node. */
export function makeExecutables(
  directory: string,
  { targets, log }: { targets: readonly Target[]; log: (line: string) => void },
): Distribution {
  const built = join(DIST, "provider");
  const manifest = JSON.parse(readFileSync(join(built, MANIFEST), "utf8")) as Omit<Distribution, "directory">;
  const { bundle, packages } = bundleProvider();
  const version = run(command("bun"), ["--version"]).trim();
  mkdirSync(directory);
  cpSync(join(built, NODE_PACKAGE), join(directory, NODE_PACKAGE), { recursive: true });
  const distribution: Distribution = { ...manifest, directory, platforms: { ...manifest.platforms } };
  for (const { platform, npmPackage, runtime } of targets) {
    if (existsSync(join(built, platform))) {
      cpSync(join(built, platform), join(directory, platform), { recursive: true });
    } else {
      const foreign = fetchRuntime(runtime, version);
      if (typeof foreign === "string") {
        log(`${platform} gets the script for node: ${foreign}`);
        continue;
      }
      compile(directory, bundle, platform, foreign);
      writeFileSync(join(directory, platform, NOTICES), noticesOf(packages) + runtimeNotice(version));
    }
    const h1 = directoryHash(join(directory, platform));
    distribution.platforms[platform] = { path: platform, h1, npmPackage };
  }
  return distribution;
}

/** bun for another machine, from its npm package, whose checksum npm compares; or why it can't be had. */
function fetchRuntime({ package: name, target }: Target["runtime"], version: string): ForeignRuntime | string {
  const folder = join(CACHE, `${target}-${version}`);
  const path = join(folder, "package/bin/bun");
  try {
    if (!existsSync(path)) {
      mkdirSync(folder, { recursive: true });
      const tarball = run("npm", ["pack", "--silent", `--pack-destination=${folder}`, `${name}@${version}`]).trim();
      run("tar", ["-xzf", join(folder, tarball), "-C", folder]);
    }
    return { path, target };
  } catch (error) {
    return (error as Error).message.split("\n")[0]!;
  }
}
