import { dirname, join, relative, resolve } from "node:path";
import { type Distribution, NODE_PACKAGE, packageDirectory, shippedDistribution } from "./distribution";
import { InstallError, explained } from "./install-error";
import { Layer, isInsideArchive } from "./layer";
import { LOCK_FILE, mergeIntoLockFile } from "./lock-file";
import { currentPlatform, type Platform } from "./platform";

/** Where Terraform and where OpenTofu look for a provider whose source names no host. */
export const REGISTRY_HOSTS = ["registry.terraform.io", "registry.opentofu.org"] as const;

export type RegistryHost = (typeof REGISTRY_HOSTS)[number];

/** The provider's source without a host. */
export const PROVIDER_SOURCE = "vsphere-hotplug/hotplug";

/** Where init looks beside a configuration. */
export const PLUGINS = "terraform.d/plugins";

interface InstallOptions {
  /**
   * `link`: a symbolic link to the package that fits this machine. `copy`: the packages of `platforms`, so that the
   * directory can be moved to another machine.
   */
  method: "link" | "copy";
  /**
   * The hosts under which the lock file pins the provider. Only those that the configuration names: init takes any
   * other entry out again. An entry that is there already is kept up to date in any case.
   */
  lockHosts: readonly RegistryHost[];
  /**
   * Other providers of the configuration, each asked for at exactly this version. The lock file gets an entry without
   * hashes for one that it lacks, which init completes: cdktf would otherwise have all providers locked from a
   * registry, and that one doesn't have ours.
   */
  others?: readonly { address: string; version: string }[];
  /** Those that a copy holds. @default this machine's */
  platforms?: readonly string[];
  /** The folder of plugins. @default the one beside the configuration */
  plugins?: string;
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
  const { lockHosts, distribution = shippedDistribution(), platform = currentPlatform() } = options;
  const { version } = distribution;
  const archived = options.method === "link" && isInsideArchive(distribution.directory);
  const method = archived ? "copy" : options.method;
  if (archived)
    process.emitWarning(
      `The provider hotplug lies inside an archive (${distribution.directory}), where no link leads into: it was ` +
        "copied. Unplug the package cdktf-vsphere-hotplug for a link.",
    );
  const sources = packagesByPlatform(distribution, platform);
  const wanted = method === "copy" ? (options.platforms ?? [platform.name]) : [platform.name];
  const missing = wanted.find((name) => !(name in sources));
  if (missing !== undefined) throw noPackageFor(missing, distribution);
  const plugins = resolve(options.plugins ?? join(directory, PLUGINS));
  const packages = REGISTRY_HOSTS.flatMap((host) =>
    wanted.map((name) => ({ host, name, target: join(plugins, host, PROVIDER_SOURCE, version, name) })),
  );
  explained(`The provider can't be laid under ${plugins}`, "What was laid before is as it was.", () => {
    const layer = new Layer(plugins);
    try {
      for (const { host, name, target } of packages) {
        const source = sources[name] as string;
        if (method === "link") layer.link(source, target);
        else if (host === REGISTRY_HOSTS[0]) layer.copy(source, target);
        else layer.link(relative(dirname(target), target.replace(host, REGISTRY_HOSTS[0])), target);
      }
    } finally {
      layer.close();
    }
  });
  const hashes = Object.values(distribution.platforms).map(({ h1 }) => h1);
  const lockFile = join(directory, LOCK_FILE);
  const others = (options.others ?? []).map((other) => ({ ...other, hashes: [], add: true, keep: true }));
  const own = REGISTRY_HOSTS.map((host) => ({
    address: `${host}/${PROVIDER_SOURCE}`,
    version,
    hashes,
    add: lockHosts.includes(host),
  }));
  mergeIntoLockFile(lockFile, [...own, ...others]);
  return { version, packages: packages.map(({ target }) => target), lockFile };
}

/** Absolute package directories; on musl the one made for node stands in for the compiled executable. */
function packagesByPlatform(distribution: Distribution, platform: Platform): Record<string, string> {
  if (!distribution.platforms[platform.name]) throw noPackageFor(platform.name, distribution);
  return Object.fromEntries(
    Object.keys(distribution.platforms).map((name) => [
      name,
      platform.musl && name === platform.name
        ? join(distribution.directory, NODE_PACKAGE)
        : packageDirectory(distribution, name),
    ]),
  );
}

function noPackageFor(platform: string, { platforms }: Distribution): InstallError {
  const known = Object.keys(platforms).join(", ");
  return new InstallError(`The provider doesn't run on ${platform}: there are packages for ${known}.`);
}
