import { findLockEntry } from "./lock-entry";
import { InstallError } from "./install-error";
import { readForChange, replaceContent } from "./replace-file";

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
  /** Whether one that the file has already stays as it is. */
  keep?: boolean;
}

const HEADER = "# Pins the providers of this configuration. Maintained by init and by cdktf-vsphere-hotplug.\n";

/** How often the file is looked at again because somebody else had changed it meanwhile. */
const ATTEMPTS = 5;

/**
 * Puts entries into a lock file, in place of older ones for the same providers. All others stay as they are, byte for
 * byte; a link stays one.
 *
 * @throws InstallError where the file can't be understood, or not be changed; then it is as it was
 */
export function mergeIntoLockFile(file: string, entries: readonly LockEntry[]): void {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const before = readForChange(file);
    let after: string;
    try {
      after = mergeLockEntries(before?.content ?? "", entries);
    } catch (error) {
      throw new InstallError(
        `${file} can't be read as a lock file: ${(error as Error).message}. Mend it, or delete it and run init again.`,
        { cause: error },
      );
    }
    if (after === (before?.content ?? "") || replaceContent(file, { before, after })) return;
  }
  throw new InstallError(`${file} is being changed by another program again and again. Try again when it has ended.`);
}

/** `content` has a character for each byte, so that what isn't UTF-8 survives. */
export function mergeLockEntries(content: string, entries: readonly LockEntry[]): string {
  return entries.reduce(mergeEntry, content);
}

function mergeEntry(content: string, entry: LockEntry): string {
  const lineEnd = /\r?\n/.exec(content.slice(0, 10_000))?.[0] ?? "\n";
  const text = renderEntry(entry).replaceAll("\n", lineEnd);
  const found = findLockEntry(content, entry.address);
  if (found && entry.keep) return content;
  if (found) return content.slice(0, found.start) + text + content.slice(found.end);
  if (!entry.add) return content;
  const others = content || HEADER;
  return `${others}${others.endsWith("\n") ? "" : lineEnd}${lineEnd}${text}${lineEnd}`;
}

function renderEntry({ address, version, hashes }: LockEntry): string {
  const distinct = [...new Set(hashes)].sort();
  // Without hashes the argument has to be left out: init refuses an empty list.
  return [
    `provider "${address}" {`,
    `  version     = "${version}"`,
    `  constraints = "${version}"`,
    ...(hashes.length === 0 ? [] : ["  hashes = [", ...distinct.map((hash) => `    "${hash}",`), "  ]"]),
    "}",
  ].join("\n");
}
