import { cpSync, lstatSync, mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { directoryHash } from "./directory-hash";
import { shippedDistribution, type Distribution } from "./distribution";
import { InstallError } from "./install-error";
import { LOCK_FILE, mergeIntoLockFile } from "./lock-file";
import { currentPlatform, type Platform } from "./platform";
import { temporarySibling } from "./temporary-sibling";

/** Where Terraform and where OpenTofu look for a provider whose source names no host. */
export const REGISTRY_HOSTS = ["registry.terraform.io", "registry.opentofu.org"] as const;

export type RegistryHost = (typeof REGISTRY_HOSTS)[number];

/** The provider's source without a host. */
export const PROVIDER_SOURCE = "vsphere-hotplug/hotplug";

/** The package that works wherever there is node, for machines that the compiled executable isn't made for. */
export const NODE_PACKAGE = "node";

interface InstallOptions {
  /**
   * `link`: a symbolic link to the package that fits this machine. `copy`: the packages of every platform, so that the
   * directory can be moved to another machine.
   */
  method: "link" | "copy";
  /**
   * The hosts under which the lock file pins the provider. Only those that the configuration names: init takes any
   * other entry out again. An entry that is there already is kept up to date in any case.
   */
  lockHosts: readonly RegistryHost[];
  /** Those that a copy holds. @default every one that ships */
  platforms?: readonly string[];
  /** @default the one that ships with this package */
  distribution?: Distribution;
  /** @default this machine's */
  platform?: Platform;
}

/** What was laid, and where. */
interface Installation {
  version: string;
  /** The package directories, absolute. */
  packages: string[];
  lockFile: string;
}

/**
 * Lays the provider where `terraform init` and `tofu init` look for it beside a configuration, and pins it in the lock
 * file, so that neither needs a network, a flag or a CLI configuration. Doing it again changes nothing.
 *
 * @throws InstallError where no package fits this machine, or the distribution isn't whole.
 */
export function installProvider(directory: string, options: InstallOptions): Installation {
  const { method, lockHosts, distribution = shippedDistribution(), platform = currentPlatform() } = options;
  const { version } = distribution;
  const sources = packagesByPlatform(distribution, platform);
  const wanted = method === "copy" ? (options.platforms ?? Object.keys(sources)) : [platform.name];
  const missing = wanted.find((name) => !(name in sources));
  if (missing !== undefined) throw noPackageFor(missing, distribution);
  const packages = REGISTRY_HOSTS.flatMap((host) =>
    wanted.map((name) => {
      const target = resolve(directory, "terraform.d/plugins", host, PROVIDER_SOURCE, version, name);
      const source = sources[name] as string;
      if (method === "link") layLink(source, target);
      else if (host === REGISTRY_HOSTS[0]) layCopy(source, target);
      else layLink(relative(dirname(target), target.replace(host, REGISTRY_HOSTS[0])), target);
      return target;
    }),
  );
  const hashes = Object.values(distribution.platforms).map(({ h1 }) => h1);
  const lockFile = join(directory, LOCK_FILE);
  mergeIntoLockFile(
    lockFile,
    REGISTRY_HOSTS.map((host) => ({
      address: `${host}/${PROVIDER_SOURCE}`,
      version,
      hashes,
      add: lockHosts.includes(host),
    })),
  );
  return { version, packages, lockFile };
}

/** Absolute package directories; on musl the one made for node stands in for the compiled executable. */
function packagesByPlatform(distribution: Distribution, platform: Platform): Record<string, string> {
  if (!distribution.platforms[platform.name]) throw noPackageFor(platform.name, distribution);
  return Object.fromEntries(
    Object.entries(distribution.platforms).map(([name, { path }]) => [
      name,
      join(distribution.directory, platform.musl && name === platform.name ? NODE_PACKAGE : path),
    ]),
  );
}

function noPackageFor(platform: string, { platforms }: Distribution): InstallError {
  const known = Object.keys(platforms).join(", ");
  return new InstallError(`The provider doesn't run on ${platform}: there are packages for ${known}.`);
}

function layLink(source: string, target: string): void {
  if (isLink(target) && readlinkSync(target) === source) return;
  replace(target, (temporary) => symlinkSync(source, temporary, "dir"));
}

function layCopy(source: string, target: string): void {
  if (isDirectory(target) && directoryHash(target) === directoryHash(source)) return;
  replace(target, (temporary) => cpSync(source, temporary, { recursive: true }));
}

/** Makes the new thing beside its place and moves it there, so that nobody ever meets half of it. */
function replace(target: string, make: (temporary: string) => void): void {
  const temporary = temporarySibling(target);
  mkdirSync(dirname(target), { recursive: true });
  try {
    make(temporary);
    if (isDirectory(target) || isLink(target)) rmSync(target, { recursive: true });
    renameSync(temporary, target);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
