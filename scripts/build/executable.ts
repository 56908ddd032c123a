import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { VERSION } from "../../lib/version";
import { command, run } from "../run";

/** As Terraform asks for it. */
export const EXECUTABLE = `terraform-provider-hotplug_v${VERSION}`;

/** bun made for another machine, and what bun calls that machine. */
export interface ForeignRuntime {
  /** An executable, in which no variables are hidden yet. */
  path: string;
  /** "bun-linux-arm64" */
  target: string;
}

/**
 * Compiles the bundle to `directory`/`platform`/EXECUTABLE.
 *
 * Without the two autoload flags the executable would read `.env` and bunfig.toml of whatever directory it is started
 * in. bun needs the ending to take the bundle for a program. Paths are relative, since bun writes them into what it
 * compiles: the same sources give the same bytes everywhere.
 */
export function compile(directory: string, bundle: Uint8Array, platform: string, foreign?: ForeignRuntime): void {
  const source = "terraform-provider-hotplug.js";
  const outfile = join(platform, EXECUTABLE);
  mkdirSync(join(directory, platform));
  writeFileSync(join(directory, source), bundle);
  const flags = ["--compile", "--bytecode", "--no-compile-autoload-dotenv", "--no-compile-autoload-bunfig"];
  const runtime = foreign && join(directory, "runtime");
  if (foreign) {
    // Hidden before it is compiled: bun signs what it makes for macOS, and later changes would break the signature.
    writeFileSync(runtime!, hideVariables(foreign.path), { mode: 0o755 });
    flags.push(`--target=${foreign.target}`, "--compile-executable-path=runtime");
  }
  run(command("bun"), ["build", ...flags, "--outfile", outfile, source], { directory });
  rmSync(join(directory, source));
  if (runtime) rmSync(runtime);
  else writeFileSync(join(directory, outfile), hideVariables(join(directory, outfile)));
  chmodSync(join(directory, outfile), 0o755);
}

/**
 * Variables by which bun's runtime, whatever it was compiled for, loads code, becomes bun itself, opens a port for a
 * debugger, waits for a parent process of node's or prints what it sends. bun has no option against that, so the
 * executable looks for them under names that nobody sets.
 */
export const HIDDEN_VARIABLES = [
  "BUN_OPTIONS",
  "BUN_BE_BUN",
  "BUN_INSPECT",
  "NODE_CHANNEL_FD",
  "NODE_UNIQUE_ID",
  "NODE_DEBUG",
];

function hideVariables(executable: string): Buffer {
  const bytes = readFileSync(executable);
  for (const name of HIDDEN_VARIABLES) {
    let at = bytes.indexOf(name);
    if (at < 0) throw new Error(`The compiled provider doesn't know ${name}: look what bun reads in its place.`);
    for (; at >= 0; at = bytes.indexOf(name, at)) bytes.write(name.toLowerCase(), at, "latin1");
  }
  return bytes;
}
