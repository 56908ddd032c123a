import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The `h1:` hash of a provider's package as `.terraform.lock.hcl` holds it: SHA-256 over one line for each file of the
 * directory, sorted by path, with the SHA-256 of its content.
 */
export function directoryHash(directory: string): string {
  const lines = readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, name: file.slice(directory.length + 1).replaceAll("\\", "/") }))
    .sort((left, right) => Buffer.compare(Buffer.from(left.name), Buffer.from(right.name)))
    .map(({ file, name }) => `${sha256(readFileSync(file)).toString("hex")}  ${name}\n`);
  return `h1:${sha256(lines.join("")).toString("base64")}`;
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
