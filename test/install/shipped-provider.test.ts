/** What the provider's process inherits from a job set up for other programs, and what it carries of others. */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { shippedDistribution } from "../../lib/install/distribution";
import { NOTICES } from "../../scripts/build/notices";
import { startPlugin } from "../support/plugin-transport";

const { directory, platforms, version } = shippedDistribution();
const packages = [...new Set(Object.values(platforms).map(({ path }) => path))];
const executable = (path: string): string => join(directory, path, `terraform-provider-hotplug_v${version}`);

let folder: string;
let preload: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-shipped-"));
  preload = join(folder, "tracer.cjs");
  writeFileSync(
    preload,
    `require("fs").writeFileSync(${JSON.stringify(join(folder, "ran"))}, ""); console.log("traced");`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each(packages)("the package %s", (path) => {
  test.each<[string, () => NodeJS.ProcessEnv]>([
    ["preloads a tracer into node", () => ({ NODE_OPTIONS: `--require ${preload}` })],
    ["names a module that isn't there", () => ({ NODE_OPTIONS: "--import not-there/register" })],
    ["has an option that this node doesn't know", () => ({ NODE_OPTIONS: "--not-an-option" })],
    ["preloads a tracer into bun", () => ({ BUN_OPTIONS: `--preload ${preload}` })],
    ["makes compiled programs bun itself", () => ({ BUN_BE_BUN: "1" })],
    ["opens bun's debugger", () => ({ BUN_INSPECT: `unix://${folder}/debugger`, BUN_INSPECT_PRELOAD: preload })],
    ["asks for debugging output", () => ({ NODE_DEBUG: "*", NODE_DEBUG_NATIVE: "*", DEBUG: "*" })],
    ["measures coverage", () => ({ NODE_V8_COVERAGE: join(folder, "coverage") })],
    ["keeps modules elsewhere", () => ({ NODE_PATH: folder, NODE_ICU_DATA: "/nowhere" })],
    ["is a child of node's with a channel", () => ({ NODE_CHANNEL_FD: "3", NODE_UNIQUE_ID: "1" })],
    ["has another language, and no home", () => ({ LANG: "tr_TR.UTF-8", LC_ALL: "C", HOME: undefined })],
  ])("starts as ever where the job %s", async (_, environment) => {
    const plugin = await startPlugin(executable(path), [], { TMPDIR: folder, ...environment() });
    expect(readdirSync(folder).filter((name) => !name.startsWith("plugin-"))).toEqual(["tracer.cjs"]);
    await plugin.close();
    expect(plugin.output()).toEqual({ stdout: "", stderr: "" });
    expect(readdirSync(folder)).toEqual(["tracer.cjs"]);
  });
});

test("the tracer of these tests runs where it is let, and would be seen", () => {
  const environment = { ...process.env, NODE_OPTIONS: `--require ${preload}` };
  expect(spawnSync(process.execPath, ["-e", ""], { env: environment, encoding: "utf8" }).stdout).toBe("traced\n");
  expect(readdirSync(folder)).toContain("ran");
});

test("without a node to run it, the script says so where Terraform shows it", () => {
  mkdirSync(join(folder, "bin"));
  symlinkSync("/bin/sh", join(folder, "bin/sh"));
  const { status, stdout } = spawnSync(executable("node"), { env: { PATH: join(folder, "bin") }, encoding: "utf8" });
  expect([status, stdout]).toEqual([
    1,
    "The provider hotplug runs on node here, and there is none on PATH: install Node.js 20 or later.\n",
  ]);
  const { stderr } = spawnSync(executable("node"), { env: { PATH: dirname(process.execPath) }, encoding: "utf8" });
  expect(stderr).toContain("provider for Terraform and OpenTofu");
});

/** What esbuild writes above each file that it takes in. */
const bundled = new Set(
  [
    ...readFileSync(executable("node"), "utf8").matchAll(
      /^\s*\/\/ (?:.*\/)?node_modules\/((?:@[^/\n]+\/)?[^/\n]+)\/\S+$/gm,
    ),
  ].map(([, name]) => name!),
);

test.each(packages)("every package that is bundled has its notice in %s, with whose it is and the licence", (path) => {
  const notices = readFileSync(join(directory, path, NOTICES), "utf8").split(/^={80}$/m);
  const named = notices.map((notice) => /^(\S+) \d+\.\d+\.\d+, /.exec(notice.trim())?.[1]).filter(Boolean);
  expect(named.filter((name) => name !== "Bun").sort()).toEqual([...bundled].sort());
  expect(bundled.size).toBeGreaterThan(4);
  expect(named.includes("Bun")).toBe(path !== "node");
  for (const notice of notices.slice(1)) {
    expect(notice).toMatch(/copyright|BlueOak|JavaScriptCore/i);
    expect(notice).toMatch(/warrant/i);
    expect(notice).not.toContain("undefined");
  }
});

test("what is never called is not carried along", () => {
  expect([...bundled].filter((name) => /^(axios|formidable|debug|lodash|xml-crypto)/.test(name))).toEqual([]);
  expect(bundled).toContain("soap");
});
