import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { circles, deadExports, deadFiles, floors, folderSize, rooms, wordOrder } from "./support/tidy-house";
import {
  LONGER_TESTS,
  consoleOutput,
  fileLength,
  fileNames,
  generatedHeader,
  machinePaths,
  privateMembers,
  type SourceFile,
  type TidyRule,
  virtualMachines,
  width,
} from "./support/tidy-rules";

const ROOT = join(__dirname, "..");

// Files that aren't committed yet count too: they are about to be.
const files: SourceFile[] = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
  cwd: ROOT,
  encoding: "utf8",
})
  .split("\n")
  .filter((path) => path !== "" && existsSync(join(ROOT, path)))
  .map((path) => ({ path, content: readFileSync(join(ROOT, path), "utf8") }));

/** A small repository: contents by path. */
type Tree = Record<string, string>;

const HOME = ["", "home", "somebody", "clone"].join("/");
const REGISTRY = ["https:/", "artifactory.example.com", "npm", ""].join("/");
const [LONGER_TEST] = Object.keys(LONGER_TESTS) as [string];
const WIDE = "x".repeat(120);
const FOLDER = (folder: string, count: number): Tree =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${folder}/file${index}.ts`, ""]));

/** Each rule with trees in which it has one thing to say, and such in which it comes near and has none. */
const RULES: [name: string, rule: TidyRule, seen: Tree[], fine?: Tree[]][] = [
  [
    "imports run down the three floors only",
    floors,
    [
      { "lib/vim/session/client.ts": 'import type { X } from "../../hotplug/rules/rules";' },
      { "lib/simulator/reconfigure.ts": 'import { checkRules } from "../hotplug/rules";' },
      { "lib/constructs/vm.ts": 'import {\n  A,\n  B,\n} from "../vim/client";' },
      { "lib/clock.ts": 'export * from "./vim/client";' },
      { "lib/version.ts": 'import { environment } from "./environment";' },
      { "lib/cli/doctor.ts": 'const x = await import("../provider/provider");' },
      { "lib/provider/x.ts": 'type X = import("../simulator/world").World;' },
      { "lib/elsewhere/x.ts": "" },
    ],
    [{ "lib/cli/doctor.ts": 'import { VimClient } from "../vim/session/client"; // from "../provider/provider"' }],
  ],
  [
    "rooms know only what they are built on",
    rooms,
    [
      { "lib/hotplug/host/prepare.ts": 'import { environment } from "../../environment";' },
      { "lib/hotplug/rules/rules.ts": 'import { execute } from "../devices/execute";' },
      { "lib/hotplug/rules/host.ts": 'import type { HostPlan } from "../host/plan";' },
      { "lib/vim/wire/soap.ts": 'import { VimClient } from "../session/client";' },
      { "lib/vim/session/client.ts": 'import { readHosts } from "../host/host";' },
      { "lib/vim/session/task.ts": 'export { find } from "../find";' },
      { "lib/provider/attributes/memory.ts": 'import { schema } from "../host/schema";' },
      { "lib/provider/host/resource.ts": 'import { problem } from "../passthrough-devices/problems";' },
      { "lib/provider/data-sources/readiness.ts": 'import { schema } from "../host/schema";' },
    ],
    [
      { "lib/hotplug/rules/rules.ts": 'import { facts } from "../facts"; import { clock } from "../../clock";' },
      { "lib/vim/host/host.ts": 'import { VimClient } from "../session/client"; import { vm } from "../find";' },
      { "lib/provider/host/resource.ts": 'import { a } from "../attributes/memory"; import { b } from "../guarded";' },
      { "lib/provider/provider.ts": 'import { host } from "./host/resource";' },
    ],
  ],
  [
    "files of lib import each other in no circle",
    circles,
    [
      { "lib/a.ts": 'import type { B } from "./b";', "lib/b.ts": 'export { A } from "./a";' },
      {
        "lib/vim/a.ts": 'import "../b";',
        "lib/b.ts": 'type C = import("./c").C;',
        "lib/c.ts": 'export * from "./vim/a";',
        "lib/d.ts": 'import "./b"; import "./e";',
        "lib/e.ts": "",
      },
      { "lib/a.ts": 'const a = await import("./a");' },
    ],
    [{ "lib/a.ts": 'import "./b"; import "./c";', "lib/b.ts": 'import "./c";', "lib/c.ts": '// import "./a"' }],
  ],
  [
    "every file of lib is reached from one of the ways in",
    deadFiles,
    [{ "lib/index.ts": 'export { A } from "./a";', "lib/a.ts": "", "lib/b.ts": 'import "./a";' }],
    [
      {
        "lib/index.ts": "",
        "lib/testing.ts": 'import "./a";',
        "lib/a.ts": 'import type { B } from "./b";',
        "lib/b.ts": "",
      },
      { "lib/provider/main.ts": "", "lib/cli/vsphere-hotplug.ts": 'void import("./main");', "lib/cli/main.ts": "" },
    ],
  ],
  [
    "what is exported is imported somewhere",
    deadExports,
    [
      { "lib/a.ts": "export const { a, b: [c] } = x;", "lib/b.ts": 'import { a } from "./a";' },
      { "lib/a.ts": "export type A = 1; type B = A;", "test/a.test.ts": "A;" },
      { "lib/a.ts": "interface A {} export { type A as B };", "lib/b.ts": 'import { A } from "./a";' },
      { "lib/a.ts": "export default function a() {}", "test/a.test.ts": 'import { a } from "../lib/a";' },
      { "lib/a.ts": "export class A {}", "lib/vim/b.ts": 'import { A } from "./a";' },
    ],
    [
      { "lib/a.ts": "export interface A {}", "lib/index.ts": 'export type { A as B } from "./a";' },
      { "lib/a.ts": "export enum A {}", "test/a.test.ts": 'import * as all from "../lib/a"; jest.spyOn(all, "A");' },
      { "lib/a.ts": "export async function a() {}", "scripts/b.ts": 'const { a } = await import("../lib/a");' },
      { "lib/generated/a.ts": "export const a = 1;" },
    ],
  ],
  [
    "a folder can be taken in at a glance",
    folderSize,
    [FOLDER("lib/vim", 21)],
    [{ ...FOLDER("lib/vim", 20), ...FOLDER("lib/vim/host", 20) }, FOLDER("lib/simulator/objects", 40)],
  ],
  [
    "the same words come in the same order",
    wordOrder,
    [
      { "lib/provider/host-preparation.ts": "", "lib/hotplug/preparation-host.ts": "" },
      { "lib/vim/pci-passthru-system.ts": "", "lib/simulator/system-pci-passthru.ts": "" },
    ],
    [{ "lib/vim/host.ts": "", "lib/hotplug/host.ts": "", "lib/vim/host-gate.ts": "" }],
  ],
  [
    "a virtual machine is called one",
    virtualMachines,
    [
      { "lib/simulator/core/machine-settings.ts": "" },
      { "test/simulator/machines.test.ts": "" },
      { "lib/machine/a.ts": "" },
    ],
    [{ "lib/vim/virtual-machine/virtual-machine.ts": "", "docs/machine.md": "" }],
  ],
  [
    "no line is wider than 120 columns",
    width,
    [
      { "lib/x.ts": `const x = "${WIDE}";` },
      { "scripts/x.mjs": `ok\n// ${"é".repeat(118)}` },
      { "test/x.ts": `  expect(x).toMatch(/${WIDE}/);` },
      { "test/x.ts": `  // see https://example.com/${WIDE} for more` },
    ],
    [
      { "lib/x.ts": "é".repeat(120), "lib/y.ts": `${WIDE}\n`, "docs/x.md": "x".repeat(121) },
      { "test/x.ts": `  /^${WIDE}$/su,\n  says: /${WIDE}/,`, "test/y.ts": `  // https://example.com/${WIDE}` },
      { "lib/constructs/bindings/x.ts": "x".repeat(121) },
    ],
  ],
  [
    "no source file is longer than 300 lines",
    fileLength,
    [
      { "lib/vim/session/client.ts": "x\n".repeat(301) },
      { [LONGER_TEST]: "x\n".repeat(LONGER_TESTS[LONGER_TEST]! + 1) },
      { [LONGER_TEST]: "x\n" },
    ],
    [{ "lib/vim/session/client.ts": "x\n".repeat(300), [LONGER_TEST]: "x\n".repeat(301) }],
  ],
  ["the library prints nothing", consoleOutput, [{ "lib/vim/session/client.ts": "console.log(1);" }]],
  [
    "private members are TypeScript's",
    privateMembers,
    [
      { "lib/a.ts": "class A {\n  #a = 1;\n  b() { return this.#a; }\n}" },
      { "lib/a.ts": "class A { static async #a() {} }" },
    ],
    [{ "lib/a.ts": 'class A { private a = "#a"; } // #b' }],
  ],
  [
    "no file names a folder of one machine or a registry of one network",
    machinePaths,
    [{ "docs/x.md": `see ${HOME}` }, { "package-lock.json": `"resolved": "${REGISTRY}x.tgz"` }],
  ],
  ["generated files say from what and how", generatedHeader, [{ "lib/constructs/bindings/x.ts": "export {};" }]],
  [
    "names are kebab-case, without indexes and drawers",
    fileNames,
    [{ "lib/vim/index.ts": "" }, { "lib/vim/VimClient.ts": "" }, { "lib/vim/utils.ts": "" }],
    [{ "examples/quickstart/README.md": "" }],
  ],
];

const findings = (rule: TidyRule, tree: Tree): string[] =>
  rule(Object.entries(tree).map(([path, content]) => ({ path, content })));

test.each(RULES)("%s", (_name, rule) => {
  expect(rule(files)).toEqual([]);
});

test.each(RULES)("%s: and it would be seen if not", (_name, rule, seen, fine = []) => {
  for (const tree of seen) expect([tree, findings(rule, tree)]).toEqual([tree, [expect.any(String)]]);
  for (const tree of fine) expect([tree, findings(rule, tree)]).toEqual([tree, []]);
});

test("the tests that may be longer are there", () => {
  expect(Object.keys(LONGER_TESTS).filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});

test("a circle is told by its files", () => {
  const tree = { "lib/b.ts": 'import "./a";', "lib/a.ts": 'import "./b"; import "./c";', "lib/c.ts": 'import "./a";' };
  expect(findings(circles, tree)).toEqual(["lib/a.ts → lib/b.ts → lib/a.ts (of 3 files that reach each other)"]);
});

test("there is something to look at", () => {
  expect(files.length).toBeGreaterThan(50);
});
