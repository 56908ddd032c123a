import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { InstallError } from "./install-error";

/** The name of the description of a distribution, inside its directory. */
export const MANIFEST = "manifest.json";

/** The package that works wherever there is node, for machines that no compiled executable is at hand for. */
export const NODE_PACKAGE = "node";

/** The provider as it ships: one package directory for each platform, described by `manifest.json`. */
export interface Distribution {
  /** Absolute path of the directory that holds the packages. */
  directory: string;
  version: string;
  /** By platform, as Terraform names it (`linux_amd64`). */
  platforms: Record<string, ProviderPackage>;
}

/** The provider for one platform. */
interface ProviderPackage {
  /** The package's directory, relative to the distribution's, or to that of `npmPackage`. */
  path: string;
  /** Its hash, as the lock file holds it. */
  h1: string;
  /** The npm package that brings it: npm installs only those that are made for the machine. */
  npmPackage?: string;
}

/**
 * The provider that ships with this package, or with the package vsphere-hotplug beside it.
 *
 * @throws InstallError where it wasn't built (a checkout of the sources).
 */
export function shippedDistribution(): Distribution {
  const command = installedPackage("vsphere-hotplug", __filename);
  const candidates = [
    join(__dirname, "../../provider"),
    join(__dirname, "../../dist/provider"),
    ...(command === undefined ? [] : [join(command, "dist/provider")]),
  ];
  const directory = candidates.find((candidate) => existsSync(join(candidate, MANIFEST)));
  if (!directory)
    throw new InstallError("The provider isn't built: in a checkout of the sources, run `npm run build` first.");
  const manifest = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8")) as Omit<Distribution, "directory">;
  return { directory, ...manifest };
}

/** Where the package for a platform is; the script for node stands in for an executable that isn't installed. */
export function packageDirectory({ directory, platforms }: Distribution, platform: string): string {
  const { path, npmPackage } = platforms[platform]!;
  const holder = npmPackage === undefined ? directory : installedPackage(npmPackage, join(directory, MANIFEST));
  return holder === undefined ? join(directory, NODE_PACKAGE) : join(holder, path);
}

/** The folder of an npm package as it is found from a file; undefined where it isn't installed. */
function installedPackage(name: string, file: string): string | undefined {
  try {
    return dirname(createRequire(file).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
