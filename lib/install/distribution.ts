import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InstallError } from "./install-error";

/** The name of the description of a distribution, inside its directory. */
export const MANIFEST = "manifest.json";

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
  /** The package's directory, relative to the distribution's. */
  path: string;
  /** Its hash, as the lock file holds it. */
  h1: string;
}

/**
 * The provider that ships with this package.
 *
 * @throws InstallError where it wasn't built (a checkout of the sources).
 */
export function shippedDistribution(): Distribution {
  const candidates = [join(__dirname, "../../provider"), join(__dirname, "../../dist/provider")];
  const directory = candidates.find((candidate) => existsSync(join(candidate, MANIFEST)));
  if (!directory)
    throw new InstallError("The provider isn't built: in a checkout of the sources, run `npm run build` first.");
  return readDistribution(directory);
}

function readDistribution(directory: string): Distribution {
  const { version, platforms } = JSON.parse(readFileSync(join(directory, MANIFEST), "utf8")) as Omit<
    Distribution,
    "directory"
  >;
  return { directory, version, platforms };
}
