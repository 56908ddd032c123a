import { createHash } from "node:crypto";
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
import { join } from "node:path";
import { ROOT } from "../run";

export const DIST = join(ROOT, "dist");

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
