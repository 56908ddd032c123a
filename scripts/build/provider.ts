import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { directoryHash } from "../../lib/install/directory-hash";
import { MANIFEST, type Distribution, NODE_PACKAGE } from "../../lib/install/distribution";
import { currentPlatform } from "../../lib/install/platform";
import { VERSION } from "../../lib/version";
import { ROOT, command, run } from "../run";
import { buildDirectory, hashOf } from "./directory";
import { EXECUTABLE, HIDDEN_VARIABLES, compile } from "./executable";
import { type BundledPackage, NOTICES, noticesOf, packagesOf, runtimeNotice } from "./notices";

const ABSENT = "./scripts/build/absent-module.cjs";
const SILENT = "./scripts/build/silent-module.cjs";
export const COMPILED_PLATFORM = "linux_amd64";
const SCRIPT_PLATFORMS = ["linux_arm64", "darwin_amd64", "darwin_arm64"];

/**
 * dist/provider: one bundle of the sources, laid as it is for node and compiled by bun to an executable. bun compiles
 * for the machine that it runs on; built elsewhere, the distribution has the script for every platform.
 */
export function buildProvider(log: (line: string) => void): void {
  const { bundle, packages } = bundleProvider();
  const notices = noticesOf(packages);
  const platform = currentPlatform();
  const compiles = platform.name === COMPILED_PLATFORM && !platform.musl;
  const compiler = compiles ? run(command("bun"), ["--version"]).trim() : "none";
  const inputs = hashOf([bundle, notices, PRELUDE, VERSION, compiler, ...HIDDEN_VARIABLES]);
  const built = buildDirectory("provider", inputs, (directory) => {
    layScript(directory, bundle);
    writeFileSync(join(directory, NODE_PACKAGE, NOTICES), notices);
    if (compiles) {
      compile(directory, bundle, COMPILED_PLATFORM);
      writeFileSync(join(directory, COMPILED_PLATFORM, NOTICES), notices + runtimeNotice(compiler));
    }
    writeFileSync(join(directory, MANIFEST), `${JSON.stringify(manifest(directory, compiles), null, 2)}\n`);
    return directory;
  });
  if (built) log("Built dist/provider.");
}

/** The bundle, and the packages that something in it comes from. */
export function bundleProvider(): { bundle: Uint8Array; packages: BundledPackage[] } {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: ROOT,
    entryPoints: ["lib/provider/main.ts"],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    loader: { ".node": "empty" },
    alias: { axios: ABSENT, "axios-ntlm": ABSENT, formidable: ABSENT, debug: SILENT },
    logLevel: "error",
    write: false,
    outfile: "provider.js",
    metafile: true,
  });
  const files = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  return { bundle: (outputFiles[0] as { contents: Uint8Array }).contents, packages: packagesOf(files) };
}

/**
 * What a job sets for its own node processes is not for the provider, whose first line of output is Terraform's: a
 * tracer that is preloaded, a debugger, what a parent process of node's left. So a shell clears it and starts node. To
 * node the second line is a string and a comment. Without a node to start, the one line that Terraform shows says so.
 */
const PRELUDE = [
  "#!/bin/sh",
  "':' //; unset NODE_OPTIONS NODE_PATH NODE_DEBUG NODE_DEBUG_NATIVE NODE_V8_COVERAGE NODE_ICU_DATA NODE_CHANNEL_FD " +
    'NODE_UNIQUE_ID NODE_REDIRECT_WARNINGS; command -v node >/dev/null && exec node "$0" "$@"; echo \'The provider ' +
    "hotplug runs on node here, and there is none on PATH: install Node.js 20 or later.'; exit 1",
  "",
].join("\n");

/** The package.json beside the script says that it is CommonJS, wherever the package is copied to. */
function layScript(directory: string, bundle: Uint8Array): void {
  mkdirSync(join(directory, NODE_PACKAGE));
  writeFileSync(join(directory, NODE_PACKAGE, EXECUTABLE), Buffer.concat([Buffer.from(PRELUDE), bundle]), {
    mode: 0o755,
  });
  writeFileSync(join(directory, NODE_PACKAGE, "package.json"), '{ "type": "commonjs" }\n');
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
