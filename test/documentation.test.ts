/** What the pages say that can be looked up: where links lead, and whether commands and options are there. */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { COMMANDS } from "../lib/cli/main";
import packageJson from "../package.json";

const ROOT = join(__dirname, "..");
const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...readdirSync(join(ROOT, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const text = (page: string): string => readFileSync(join(ROOT, page), "utf8");

/** As GitHub and the registries make them of a heading, and those that a page names itself. */
function anchorsOf(content: string): Set<string> {
  const headings = [...withoutCode(content).matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, "$1")
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
  return new Set([...headings, ...[...content.matchAll(/<a id="([^"]+)">/g)].map(([, id]) => id!)]);
}

function withoutCode(content: string): string {
  return content.replace(/^ *```[^]*?^ *```/gm, "");
}

/** The links of a page that lead nowhere, each with why. */
function deadLinks(page: string, read: (page: string) => string): string[] {
  return [...withoutCode(read(page)).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => {
    if (/^https:\/\//.test(link!)) return [];
    const [path, anchor] = link!.split("#") as [string, string?];
    const target = path === "" ? page : normalize(join(dirname(page), path));
    if (path !== "" && (target.startsWith("..") || !existsSync(join(ROOT, target)))) return [`${page}: ${link}`];
    return anchor !== undefined && !anchorsOf(read(target)).has(anchor) ? [`${page}: ${link} has no such heading`] : [];
  });
}

/** What a page has to be typed that isn't there: commands of ours, their options, scripts of npm's. */
function deadCommands(content: string): string[] {
  const code = [...content.matchAll(/^ *```(?:sh|shell|yaml)\n([^]*?)^ *```/gm), ...content.matchAll(/`([^`\n]+)`/g)];
  return code.flatMap(([, lines]) => lines!.split("\n")).flatMap((line) => [...ourCommands(line), ...npmScripts(line)]);
}

function ourCommands(line: string): string[] {
  return [...line.matchAll(/(?<![\w/@.-])vsphere-hotplug ([a-z]+)([^|#;>&]*)/g)].flatMap(([, name, rest]) => {
    const command = COMMANDS.find((candidate) => candidate.name === name);
    if (!command) return [`vsphere-hotplug ${name}`];
    const options = [...rest!.matchAll(/(?<=\s)--([a-z-]+)/g)].map(([, option]) => option!);
    const unknown = options.filter((option) => option !== "help" && !(option in command.options));
    return unknown.map((option) => `vsphere-hotplug ${name} --${option}`);
  });
}

function npmScripts(line: string): string[] {
  return [...line.matchAll(/\bnpm run (?:--silent )?([\w:]+)/g)]
    .filter(([, name]) => !(name! in packageJson.scripts))
    .map(([all]) => all);
}

test.each(PAGES)("the links of %s lead somewhere", (page) => {
  expect(deadLinks(page, text)).toEqual([]);
});

test.each(PAGES)("the commands of %s are there, with their options", (page) => {
  expect(deadCommands(text(page))).toEqual([]);
});

test("what leads nowhere would be seen", () => {
  const page =
    "See [a](#there), [b](rules.md#v6), [c](none.md), [d](rules.md#x9).\n\n# There\n\n```sh\n[e](none.md)\n```\n";
  const read = (name: string): string => (name === "docs/page.md" ? page : text(name));
  expect(deadLinks("docs/page.md", read)).toEqual([
    "docs/page.md: none.md",
    "docs/page.md: rules.md#x9 has no such heading",
  ]);
  const commands =
    "```sh\nnpx vsphere-hotplug doktor --vm db\nnpm run relase\n```\nor `vsphere-hotplug install --force DIR`";
  expect(deadCommands(commands)).toEqual([
    "vsphere-hotplug doktor",
    "npm run relase",
    "vsphere-hotplug install --force",
  ]);
});

test("every page under docs is reached from the README or the provider's page", () => {
  const reached = new Set<string>();
  const visit = (page: string): void => {
    if (reached.has(page) || !page.endsWith(".md") || !existsSync(join(ROOT, page))) return;
    reached.add(page);
    for (const [, link] of withoutCode(text(page)).matchAll(/\]\(([^)\s#]+)[^)]*\)/g))
      visit(relative("", normalize(join(dirname(page), link!))));
  };
  for (const page of ["README.md", "docs/index.md"]) visit(page);
  expect(PAGES.filter((page) => !reached.has(page) && !/^docs\/(adr|resources|data-sources)\//.test(page))).toEqual([]);
});
