import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { readZipEntry } from "../support/zip";

const CORE = "Mk7f3aQz91";

/** A password that nothing may show, with what XML, JSON, HCL, URLs and shells each write in another way. */
export const MARKER = `${CORE}<&"'>\\%$ü`;

/**
 * The marker however it is written: its middle stays the same in XML, JSON and URLs; base64 has three ways by where it
 * begins.
 */
const SPELLINGS = [
  CORE,
  Buffer.from(CORE).toString("hex"),
  ...[0, 1, 2].map((offset) =>
    Buffer.from(" ".repeat(offset) + CORE)
      .toString("base64")
      .slice(offset === 0 ? 0 : 4, -4),
  ),
];

export function showsMarker(text: string | Buffer): boolean {
  const content = text.toString();
  return SPELLINGS.some((spelling) => content.toLowerCase().includes(spelling.toLowerCase()));
}

/** Names of those that show it; what is searched is never printed. */
export function whereMarkerShows(searched: Readonly<Record<string, string>>): string[] {
  return Object.keys(searched).filter((name) => showsMarker(searched[name]!));
}

/** Every file below a folder, saved plans unpacked. */
export function filesOf(directory: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const entry of readdirSync(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = readFileSync(path);
    found[path] = content.toString("latin1");
    if (content.subarray(0, 2).toString() !== "PK") continue;
    for (const name of ["tfplan", "tfstate", "tfstate-prev", "tfconfig/m-/main.tf.json"])
      found[`${path}:${name}`] = readZipEntry(content, name).toString();
  }
  return found;
}

/** The command line of every process of this machine. */
export function commandLines(): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const path = `/proc/${pid}/cmdline`;
    try {
      if (existsSync(path)) found[path] = readFileSync(path, "utf8");
    } catch {
      // It ended while we looked.
    }
  }
  return found;
}
