import { createHash } from "node:crypto";
import { readFileSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Zippable, zipSync } from "fflate";
import type { Distribution } from "../../lib/install/distribution";
import { VERSION } from "../../lib/version";

const NAME = `terraform-provider-hotplug_${VERSION}`;
export const CHECKSUMS = `${NAME}_SHA256SUMS`;

/** What a registry of Terraform's or OpenTofu's asks of a release, but for the signature. Returns the files' names. */
export function writeRegistryFiles({ directory, platforms }: Distribution, folder: string): string[] {
  const files: [name: string, content: Uint8Array][] = [
    ...Object.entries(platforms).map(
      ([platform, { path }]) => [`${NAME}_${platform}.zip`, zipOf(join(directory, path))] as [string, Uint8Array],
    ),
    [`${NAME}_manifest.json`, Buffer.from(JSON.stringify({ version: 1, metadata: { protocol_versions: ["6.0"] } }))],
  ];
  const sums = files.map(([name, content]) => `${createHash("sha256").update(content).digest("hex")}  ${name}\n`);
  files.push([CHECKSUMS, Buffer.from(sums.sort().join(""))]);
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  return files.map(([name]) => name);
}

const UNIX = 3;
/** The earliest that a zip can name: the same packages make the same bytes. */
const LONG_AGO = new Date(1980, 0, 1);

function zipOf(folder: string): Uint8Array {
  const entries: Zippable = {};
  for (const name of readdirSync(folder).sort()) {
    const { mode } = statSync(join(folder, name));
    entries[name] = [readFileSync(join(folder, name)), { os: UNIX, attrs: mode << 16, mtime: LONG_AGO }];
  }
  return zipSync(entries);
}
