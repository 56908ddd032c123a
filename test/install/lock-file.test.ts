import { mergeLockEntries } from "../../lib/install/lock-file";

const ADDRESS = "registry.terraform.io/vsphere-hotplug/hotplug";
const OURS = { address: ADDRESS, version: "0.2.0", hashes: ["h1:b", "h1:a", "h1:b"], add: true };

const OTHER = `provider "registry.terraform.io/vmware/vsphere" {
  version     = "2.15.0"
  constraints = "2.15.0"
  hashes = [
    "h1:x=",
    "zh:{}",
  ]
}
`;
const HEADER = "# This file is somebody else's.\n\n";
const RENDERED = `provider "${ADDRESS}" {
  version     = "0.2.0"
  constraints = "0.2.0"
  hashes = [
    "h1:a",
    "h1:b",
  ]
}`;
const OLDER = RENDERED.replaceAll("0.2.0", "0.1.0").replace('    "h1:a",\n', "");

const crlf = (text: string): string => text.replaceAll("\n", "\r\n");

test("an entry is added to an empty file, its hashes sorted and told once", () => {
  expect(mergeLockEntries("", [OURS])).toMatch(/^#.*\n\nprovider/);
  expect(mergeLockEntries("", [OURS])).toContain(`\n\n${RENDERED}\n`);
});

test.each([
  ["before", `${HEADER}${OLDER}\n\n${OTHER}`, `${HEADER}${RENDERED}\n\n${OTHER}`],
  ["behind", `${HEADER}${OTHER}\n${OLDER}\n`, `${HEADER}${OTHER}\n${RENDERED}\n`],
  ["alone", `${OLDER}\n`, `${RENDERED}\n`],
  ["with Windows line ends", crlf(`${OTHER}\n${OLDER}\n`), crlf(`${OTHER}\n${RENDERED}\n`)],
  ["indented", `${OTHER}\n  ${OLDER}\n`, `${OTHER}\n  ${RENDERED}\n`],
  ["with a comment in the way", `${OLDER.replace("{", "/* { */ { # }")}\n`, `${RENDERED}\n`],
  ["on one line", `provider "${ADDRESS}" { version = "0.1.0" }\n${OTHER}`, `${RENDERED}\n${OTHER}`],
  ["with braces in its hashes", `${OLDER.replace("h1:b", 'h1:}\\"{')}\n`, `${RENDERED}\n`],
  ["with more spaces", `${OLDER.replace('provider "', 'provider\t  "').replace(" {", "{")}\n`, `${RENDERED}\n`],
])("an older entry is replaced and everything else is kept byte for byte (%s)", (_where, before, after) => {
  expect(mergeLockEntries(before, [OURS])).toBe(after);
});

test("a missing entry goes behind the others", () => {
  expect(mergeLockEntries(HEADER + OTHER, [OURS])).toBe(`${HEADER}${OTHER}\n${RENDERED}\n`);
});

test("merging again changes nothing", () => {
  const once = mergeLockEntries(HEADER + OTHER, [OURS]);
  expect(mergeLockEntries(once, [OURS])).toBe(once);
});

test("an entry that is only to be kept up to date is not added, and is updated where it is", () => {
  expect(mergeLockEntries(OTHER, [{ ...OURS, add: false }])).toBe(OTHER);
  expect(mergeLockEntries(`${OLDER}\n`, [{ ...OURS, add: false }])).toBe(`${RENDERED}\n`);
});

test("another provider's entry is begun where there is none, and stays as it is where there is one", () => {
  const others = {
    address: "registry.terraform.io/vmware/vsphere",
    version: "2.16.0",
    hashes: [],
    add: true,
    keep: true,
  };
  expect(mergeLockEntries("", [others])).toContain(
    'provider "registry.terraform.io/vmware/vsphere" {\n  version     = "2.16.0"\n  constraints = "2.16.0"\n}\n',
  );
  expect(mergeLockEntries(OTHER, [others])).toBe(OTHER);
});

test("a provider whose address only begins alike is left alone", () => {
  const alike = OLDER.replace(ADDRESS, `${ADDRESS}-extra`);
  expect(mergeLockEntries(`${alike}\n`, [OURS])).toBe(`${alike}\n\n${RENDERED}\n`);
});

test.each([
  ["behind #", `${OLDER.replace(/^/gm, "# ")}\n`],
  ["behind //", `${OLDER.replace(/^/gm, "// ")}\n`],
  ["between /* and */", `/*\n${OLDER}\n*/\n`],
  ["in another block", `other "x" {\n${OLDER}\n}\n`],
])("an entry %s is none", (_, content) => {
  expect(mergeLockEntries(content, [OURS])).toBe(`${content}\n${RENDERED}\n`);
});

test.each([
  ['provider "x" {\n}\n}\n', "line 3 has a } that closes nothing"],
  ['provider "x" {\n  a = [\n}\n', "line 3 has a } that closes nothing"],
  ['provider "x {\n}\n', "the string in line 1 is never closed"],
  ["\n/* x", "the comment in line 2 is never closed"],
])("what can't be told apart is an error: %j", (content, message) => {
  expect(() => mergeLockEntries(content, [OURS])).toThrow(message);
});
