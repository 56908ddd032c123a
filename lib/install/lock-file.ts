import { existsSync, readFileSync } from "node:fs";
import { writeFileAtomically } from "./write-file-atomically";

/** Terraform's and OpenTofu's name for the file that pins a configuration's providers. */
export const LOCK_FILE = ".terraform.lock.hcl";

/** What the lock file says about one provider. */
interface LockEntry {
  /** The full address: `registry.terraform.io/vsphere-hotplug/hotplug`. */
  address: string;
  version: string;
  /** One for each package that ships, so that the file serves every platform. */
  hashes: readonly string[];
  /** Whether it is added where the file doesn't have it; otherwise it is only brought up to date. */
  add: boolean;
}

const HEADER = "# Pins the providers of this configuration. Maintained by init and by cdktf-vsphere-hotplug.\n";

/**
 * Puts entries into a lock file, in place of older ones for the same providers. All others stay as they are, byte for
 * byte.
 */
export function mergeIntoLockFile(file: string, entries: readonly LockEntry[]): void {
  const before = existsSync(file) ? readFileSync(file, "utf8") : "";
  const after = mergeLockEntries(before, entries);
  if (after !== before) writeFileAtomically(file, after);
}

export function mergeLockEntries(content: string, entries: readonly LockEntry[]): string {
  return entries.reduce(mergeEntry, content);
}

function mergeEntry(content: string, entry: LockEntry): string {
  const existing = new RegExp(
    `^provider "${entry.address.replaceAll(".", "\\.")}" \\{[^\\n]*\\n(?:[^}\\n][^\\n]*\\n|\\n)*\\}`,
    "m",
  );
  if (existing.test(content)) return content.replace(existing, () => renderEntry(entry));
  if (!entry.add) return content;
  return `${(content || HEADER).replace(/\n*$/, "\n")}\n${renderEntry(entry)}\n`;
}

function renderEntry({ address, version, hashes }: LockEntry): string {
  return [
    `provider "${address}" {`,
    `  version     = "${version}"`,
    `  constraints = "${version}"`,
    "  hashes = [",
    ...[...new Set(hashes)].sort().map((hash) => `    "${hash}",`),
    "  ]",
    "}",
  ].join("\n");
}
