/** The tarballs, installed by npm into a folder outside of the clone, by the commands of the README. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { testEngine } from "../support/engine";

const ROOT = join(__dirname, "../..");
const TARBALLS = join(ROOT, "dist/release/npm");
const README = readFileSync(join(ROOT, "README.md"), "utf8");
const [, COMMANDS] = /<!-- own project -->\n```sh\n([^]*?)```/.exec(README)!;
const [, STACK] = /```ts\n([^]*?)```/.exec(README)!;
const MEGABYTE = 1_000_000;

jest.setTimeout(300_000);

let folder: string;
let project: string;
let environment: NodeJS.ProcessEnv;
let simulator: ChildProcess | undefined;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "hotplug-own-project-")));
  project = join(folder, "project");
  mkdirSync(project);
  const cache = spawnSync("npm", ["config", "get", "cache"], { encoding: "utf8" }).stdout.trim();
  environment = {
    PATH: [dirname(process.execPath), "/usr/local/bin", "/usr/bin", "/bin"].join(delimiter),
    HOME: folder,
    npm_config_cache: cache,
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
    TERRAFORM_BINARY_NAME: testEngine(),
    CDKTF_DISABLE_PLUGIN_CACHE_ENV: "1",
    CHECKPOINT_DISABLE: "1",
    CI: "1",
    FORCE_COLOR: "0",
  };
});
afterAll(async () => {
  if (simulator) {
    const ended = new Promise((resolve) => simulator!.once("close", resolve));
    simulator.kill();
    await ended;
  }
  rmSync(folder, { recursive: true });
});

function sh(command: string): string {
  const { status, stdout, stderr } = spawnSync("bash", ["-c", command], {
    cwd: project,
    env: environment,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${command} ended with ${status}:\n${stdout}${stderr}`);
  return stdout;
}

/** The variables that the command prints. */
async function simulate(): Promise<void> {
  simulator = spawn("node_modules/.bin/vsphere-hotplug", ["simulate", "--until-stdin-closes"], {
    cwd: project,
    env: environment,
    stdio: ["pipe", "pipe", "ignore"],
  });
  for await (const line of createInterface({ input: simulator.stdout! })) {
    const [, name, value] = /^export (\w+)=(.*)$/.exec(line)!;
    environment[name!] = value;
    if (name === "VSPHERE_ALLOW_UNVERIFIED_SSL") return;
  }
}

test("what npm loads of the library is below a megabyte", () => {
  const small = readdirSync(TARBALLS).filter((name) => /^(cdktf-)?vsphere-hotplug-\d/.test(name));
  expect(small).toHaveLength(2);
  for (const name of small) expect([name, statSync(join(TARBALLS, name)).size < MEGABYTE]).toEqual([name, true]);
});

test("the README's stack is deployed by the README's commands", async () => {
  writeFileSync(join(project, "main.ts"), STACK!);
  const commands = COMMANDS!.split("\n").map((line) => line.replace(/ +#.*/, "").replace("CLONE", ROOT));
  const done: string[] = [];
  for (const command of commands.filter(Boolean)) {
    done.push(command.split(" ").slice(0, 3).join(" "));
    if (command.startsWith("npm run release")) continue; // the script of these tests has done it
    if (command.startsWith("npm install --save-dev")) {
      // Others' packages, which the clone has: they take a minute to load.
      for (const name of ["cdktf", "tsx"])
        symlinkSync(realpathSync(join(ROOT, "node_modules/.bin", name)), join(project, "node_modules/.bin", name));
    } else if (command.endsWith("vsphere-hotplug simulate")) await simulate();
    else if (command === "npx cdktf deploy") expect(sh(`${command} --auto-approve`)).toContain("2 added");
    else sh(command);
  }
  expect(done).toEqual([
    "npm run release",
    "npm init -y",
    `npm install ${TARBALLS}/*.tgz`,
    "npm install --save-dev",
    expect.stringMatching(/^echo /),
    "npx vsphere-hotplug simulate",
    "npx cdktf deploy",
  ]);
});

test("what was attached is what the stack declares, by the command that npm has linked", () => {
  const listed = JSON.stringify(JSON.parse(sh("npx vsphere-hotplug devices --vm vm-42 --json")));
  expect(listed).toMatch(/0000:3b:00\.0.*0000:3c:00\.0.*0000:5e:00\.0/);
});

test("the executable of this machine is linked from its npm package, and nothing else is laid", () => {
  const plugins = join(
    project,
    "cdktf.out/stacks/quickstart/terraform.d/plugins/registry.terraform.io/vsphere-hotplug/hotplug/0.1.0",
  );
  const [platform, ...others] = readdirSync(plugins);
  expect(others).toEqual([]);
  expect(realpathSync(join(plugins, platform!))).toBe(
    join(project, "node_modules/@vsphere-hotplug/linux-x64", platform!),
  );
});

test("what is for tests comes with the constructs, by import and by require", () => {
  const use = 'EmbeddedVcenter.start().then((vcenter) => vcenter.stop()).then(() => console.log("stopped"))';
  writeFileSync(join(project, "a.mjs"), `import { EmbeddedVcenter } from "cdktf-vsphere-hotplug/testing"; ${use}`);
  writeFileSync(join(project, "b.cjs"), `const { EmbeddedVcenter } = require("cdktf-vsphere-hotplug/testing"); ${use}`);
  expect([sh("node a.mjs"), sh("node b.cjs")]).toEqual(["stopped\n", "stopped\n"]);
});

test("a stack trace names the sources where node is asked for it", () => {
  writeFileSync(
    join(project, "c.cjs"),
    [
      'const { App, TerraformStack } = require("cdktf"), { HotplugProvider } = require("cdktf-vsphere-hotplug");',
      'try { new HotplugProvider(new TerraformStack(new App(), "x"), "y", { apiTimeout: 0 }); }',
      "catch (error) { console.log(error.stack); }",
    ].join("\n"),
  );
  expect(sh("node --enable-source-maps c.cjs")).toMatch(/hotplug-provider\.ts:\d+/);
});
