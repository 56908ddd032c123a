import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { directoryHash } from "../../lib/install/directory-hash";
import { MANIFEST, type Distribution } from "../../lib/install/distribution";
import { NODE_PACKAGE } from "../../lib/install/install-provider";
import { currentPlatform } from "../../lib/install/platform";
import { VERSION } from "../../lib/version";
import { ROOT, command, run } from "../run";
import { buildDirectory, hashOf } from "./directory";

const EXECUTABLE = `terraform-provider-hotplug_v${VERSION}`;
const ABSENT = "./scripts/build/absent-module.cjs";
const COMPILED_PLATFORM = "linux_amd64";
const SCRIPT_PLATFORMS = ["linux_arm64", "darwin_amd64", "darwin_arm64"];

/**
 * dist/provider: one bundle of the sources, laid as it is for node and compiled by bun to an executable. bun compiles
 * for the machine that it runs on; built elsewhere, the distribution has the script for every platform.
 */
export function buildProvider(log: (line: string) => void): void {
  const bundle = bundleProvider();
  const platform = currentPlatform();
  const compiles = platform.name === COMPILED_PLATFORM && !platform.musl;
  const inputs = hashOf([bundle, VERSION, compiles ? run(command("bun"), ["--version"]) : "node only"]);
  const built = buildDirectory("provider", inputs, (directory) => {
    layScript(directory, bundle);
    if (compiles) compile(directory, bundle);
    writeFileSync(join(directory, MANIFEST), `${JSON.stringify(manifest(directory, compiles), null, 2)}\n`);
    return directory;
  });
  if (built) log("Built dist/provider.");
}

function bundleProvider(): Uint8Array {
  const { outputFiles } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["lib/provider/main.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    loader: { ".node": "empty" },
    alias: { axios: ABSENT, "axios-ntlm": ABSENT },
    logLevel: "error",
    write: false,
  });
  return (outputFiles[0] as { contents: Uint8Array }).contents;
}

/** The package.json beside the script says that it is CommonJS, wherever the package is copied to. */
function layScript(directory: string, bundle: Uint8Array): void {
  mkdirSync(join(directory, NODE_PACKAGE));
  writeFileSync(join(directory, NODE_PACKAGE, EXECUTABLE), bundle, { mode: 0o755 });
  writeFileSync(join(directory, NODE_PACKAGE, "package.json"), '{ "type": "commonjs" }\n');
}

/**
 * Without the two autoload flags the executable would read `.env` and bunfig.toml of whatever directory it is started
 * in. bun needs the ending to take the bundle for a program. Paths are relative, since bun writes them into what it
 * compiles: the same sources give the same bytes everywhere.
 */
function compile(directory: string, bundle: Uint8Array): void {
  const source = "terraform-provider-hotplug.js";
  const outfile = join(COMPILED_PLATFORM, EXECUTABLE);
  mkdirSync(join(directory, COMPILED_PLATFORM));
  writeFileSync(join(directory, source), bundle);
  const flags = ["--compile", "--bytecode", "--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  run(command("bun"), ["build", ...flags, "--outfile", outfile, source], { directory });
  rmSync(join(directory, source));
  chmodSync(join(directory, outfile), 0o755);
}

function manifest(directory: string, compiled: boolean): Omit<Distribution, "directory"> {
  const pack = (path: string): { path: string; h1: string } => ({ path, h1: directoryHash(join(directory, path)) });
  const script = pack(NODE_PACKAGE);
  return {
    version: VERSION,
    platforms: {
      [COMPILED_PLATFORM]: compiled ? pack(COMPILED_PLATFORM) : script,
      ...Object.fromEntries(SCRIPT_PLATFORMS.map((platform) => [platform, script])),
    },
  };
}
