import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import texts from "spdx-license-list/full";
import { ROOT } from "../run";

/** The file of each package that ships. */
export const NOTICES = "THIRD-PARTY-NOTICES.txt";

/** A package of which something is in the bundle. */
export interface BundledPackage {
  directory: string;
  /** Its files that are in there, relative to the clone. */
  files: string[];
}

interface Description {
  name: string;
  version: string;
  license?: string;
  /** As older packages have it. */
  licenses?: { type: string }[];
  author?: string | { name?: string };
  repository?: string | { url?: string };
}

/** What is bundled, by package, of the files that are. */
export function packagesOf(files: readonly string[]): BundledPackage[] {
  const packages = new Map<string, string[]>();
  for (const file of [...files].sort()) {
    const directory = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
    if (directory) packages.set(directory, [...(packages.get(directory) ?? []), file]);
  }
  return [...packages].map(([directory, itsFiles]) => ({ directory, files: itsFiles }));
}

const HEADING =
  "The provider is under MPL-2.0, https://mozilla.org/MPL/2.0/. It contains software of others, under the licences " +
  "below.";

/** What the licences of others want said wherever their work goes. */
export function noticesOf(packages: readonly BundledPackage[]): string {
  return [HEADING, ...packages.map(noticeOf)].join(`\n\n${"=".repeat(80)}\n\n`);
}

function noticeOf({ directory, files }: BundledPackage): string {
  const description = JSON.parse(readFileSync(join(ROOT, directory, "package.json"), "utf8")) as Description;
  const { name, version, license, licenses, repository } = description;
  const source = typeof repository === "object" ? repository.url : repository;
  const terms = license ?? licenses?.map(({ type }) => type).join(" OR ");
  if (!terms) throw new Error(`${name} doesn't say under which licence it is.`);
  const heading = `${name} ${version}, ${terms}${source ? `, ${source.replace(/^git\+/, "")}` : ""}`;
  return `${heading}\n\n${licenseFileOf(directory) ?? standardText(description, files)}`;
}

function licenseFileOf(directory: string): string | undefined {
  const names = readdirSync(join(ROOT, directory)).filter((name) => /^(licen[cs]e|copying|notice)/i.test(name));
  return names.length === 0
    ? undefined
    : names.map((name) => readFileSync(join(ROOT, directory, name), "utf8").trim()).join("\n\n");
}

/** A package that brings no licence file names the licence, and its files, or its author, who the holder is. */
function standardText({ name, license, author }: Description, files: readonly string[]): string {
  const named = (license?.match(/[\w.-]+/g) ?? []).filter((word) => !/^(and|or|with)$/i.test(word));
  const unknown = named.filter((id) => !texts[id]);
  if (named.length === 0 || unknown.length > 0)
    throw new Error(`${name} has no licence file, and the licence ${license} isn't one whose text is known.`);
  const found = files.flatMap((file) => readFileSync(join(ROOT, file), "utf8").match(/\bCopyright .*\d{4}.*/g) ?? []);
  const holder = typeof author === "object" ? author.name : author;
  const holders = [...new Set(found)].length > 0 ? [...new Set(found)] : [`Copyright (c) ${holder}`];
  if (found.length === 0 && !holder) throw new Error(`${name} has no licence file, and doesn't say whose it is.`);
  return [...holders, ...named.map((id) => texts[id]!.licenseText.replace(/^Copyright \(c\).*\n+/gm, "").trim())].join(
    "\n\n",
  );
}

/** The compiled executable holds a runtime beside the bundle. */
export function runtimeNotice(version: string): string {
  const description = JSON.parse(readFileSync(join(ROOT, "node_modules/bun/package.json"), "utf8")) as Description;
  if (description.license !== "MIT")
    throw new Error(`bun is under ${description.license} now: look what its notice has to say.`);
  return [
    "",
    "",
    "=".repeat(80),
    "",
    `Bun ${version}, MIT, https://github.com/oven-sh/bun`,
    "",
    "This executable is the program above together with the runtime Bun, which is under the MIT licence and",
    "linked with JavaScriptCore and other parts of WebKit, which are under the LGPL 2.1, and with further",
    "libraries under licences of their own. All of them, with where their sources are and how to link against",
    "others, are listed at",
    "https://bun.sh/docs/project/licensing",
    "",
    texts["MIT"]!.licenseText.replace(/^Copyright \(c\).*\n+/gm, "").trim(),
    "",
  ].join("\n");
}
