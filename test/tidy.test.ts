import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  consoleOutput,
  fileLength,
  fileNames,
  generatedHeader,
  importDirections,
  machinePaths,
  type SourceFile,
  type TidyRule,
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

const LONG = "x\n".repeat(301);
const HOME = ["", "home", "somebody", "clone"].join("/");
const REGISTRY = ["https:/", "artifactory.example.com", "npm", ""].join("/");

const RULES: [string, TidyRule, SourceFile[]][] = [
  [
    "imports run down the three floors only",
    importDirections,
    [
      { path: "lib/vim/session/client.ts", content: 'import type { X } from "../../hotplug/rules/rules";' },
      { path: "lib/simulator/reconfigure.ts", content: 'import { checkRules } from "../hotplug/rules";' },
      { path: "lib/constructs/vm.ts", content: 'import {\n  A,\n  B,\n} from "../vim/client";' },
      { path: "lib/clock.ts", content: 'export * from "./vim/client";' },
      { path: "lib/cli/doctor.ts", content: 'const x = await import("../provider/provider");' },
      { path: "lib/elsewhere/x.ts", content: "" },
    ],
  ],
  ["no source file is longer than 300 lines", fileLength, [{ path: "lib/vim/session/client.ts", content: LONG }]],
  ["the library prints nothing", consoleOutput, [{ path: "lib/vim/session/client.ts", content: "console.log(1);" }]],
  [
    "no file names a folder of one machine or a registry of one network",
    machinePaths,
    [
      { path: "docs/x.md", content: `see ${HOME}` },
      { path: "package-lock.json", content: `"resolved": "${REGISTRY}x.tgz"` },
    ],
  ],
  [
    "generated files say from what and how",
    generatedHeader,
    [{ path: "lib/constructs/bindings/x.ts", content: "export {};" }],
  ],
  [
    "names are kebab-case, without indexes and drawers",
    fileNames,
    [
      { path: "lib/vim/index.ts", content: "" },
      { path: "lib/vim/VimClient.ts", content: "" },
      { path: "lib/vim/utils.ts", content: "" },
    ],
  ],
];

test.each(RULES)("%s", (_name, rule, _controls) => {
  expect(files.flatMap(rule)).toEqual([]);
});

test.each(RULES)("%s: and it would be seen if not", (_name, rule, controls) => {
  for (const control of controls) expect([control.path, rule(control).length]).toEqual([control.path, 1]);
});

test("there is something to look at", () => {
  expect(files.length).toBeGreaterThan(50);
});
