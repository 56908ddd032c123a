import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(__dirname, "..");
export const DIST = join(ROOT, "dist");

/** The path of a command that a dependency brings. */
export function command(name: string): string {
  return join(ROOT, "node_modules/.bin", name);
}

/** Runs a build tool to its end; its output is shown only when it fails. */
export function run(file: string, args: readonly string[], directory = ROOT): string {
  const result = spawnSync(file, args, { cwd: directory, encoding: "utf8" });
  if (result.status !== 0)
    throw new Error(
      `${file} ${args.join(" ")} failed:\n${result.stdout ?? ""}${result.stderr ?? ""}${result.error ?? ""}`,
    );
  return result.stdout;
}

export function hashOf(parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(String(part.length)).update("\0").update(part);
  return hash.digest("hex");
}

/**
 * Makes a directory under dist/ anew unless it was made from the same inputs. It is filled aside and moved into its
 * place, so that whoever runs what is in there never meets half of it. `fill` returns the directory to move.
 */
export function buildDirectory(name: string, inputs: string, fill: (directory: string) => string): boolean {
  const stamp = join(DIST, `.${name}.inputs`);
  const target = join(DIST, name);
  if (existsSync(target) && existsSync(stamp) && readFileSync(stamp, "utf8") === inputs) return false;
  mkdirSync(DIST, { recursive: true });
  const aside = mkdtempSync(join(DIST, `.${name}-`));
  try {
    const filled = fill(aside);
    chmodSync(filled, 0o755);
    const old = `${aside}.old`;
    if (existsSync(target)) renameSync(target, old);
    renameSync(filled, target);
    rmSync(old, { recursive: true, force: true });
    writeFileSync(stamp, inputs);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return true;
}
