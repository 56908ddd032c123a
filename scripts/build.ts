/**
 * `npm run build`: everything that ships, under dist/. What is fresh already is left alone.
 *
 *   dist/lib                     the library and the command, with declarations
 *   dist/provider/linux_amd64    the provider compiled to one executable (glibc)
 *   dist/provider/node           the provider as a script for node, for every other platform
 *   dist/provider/manifest.json  version, packages and their hashes
 */
import { buildLibrary } from "./build/library";
import { buildProvider } from "./build/provider";
import { script } from "./script";

/** Builds what is stale, saying so by `log`. */
export function build(log: (line: string) => void): void {
  buildLibrary(log);
  buildProvider(log);
}

if (require.main === module) script(() => build((line) => console.log(line)));
