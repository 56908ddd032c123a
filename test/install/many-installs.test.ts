/** Many install at once into one folder, and any of them is killed at any moment. INSTALL_ROUNDS says how often. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { directoryHash } from "../../lib/install/directory-hash";
import { fakeDistribution } from "../support/fake-distribution";

const ROUNDS = Number(process.env["INSTALL_ROUNDS"] ?? 6);
jest.setTimeout(30_000 + ROUNDS * 5_000);

const HOST = "terraform.d/plugins/registry.terraform.io/vsphere-hotplug/hotplug/0.1.0";
const PLATFORMS = ["darwin_amd64", "darwin_arm64", "linux_amd64", "linux_arm64"];
const SCRIPT = `
import { readFileSync } from "node:fs";
import { installProvider } from "../../lib/install/install-provider";
const [directory, distribution, method] = process.argv.slice(2);
installProvider(directory, {
  method,
  lockHosts: ["registry.terraform.io"],
  platforms: ${JSON.stringify(PLATFORMS)},
  distribution: JSON.parse(readFileSync(distribution, "utf8")),
  platform: { name: "linux_amd64", musl: false },
});
`;

let folder: string;
let stack: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hotplug-many-"));
  stack = join(folder, "stack");
  buildSync({
    stdin: { contents: SCRIPT, resolveDir: __dirname, loader: "ts" },
    bundle: true,
    platform: "node",
    target: "node20",
    outfile: join(folder, "install.js"),
  });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Two builds of the same version, large enough for a copy to take its time. */
const builds: string[] = [];
beforeAll(async () => {
  for (const content of ["one", "two"]) {
    const distribution = await fakeDistribution(join(folder, content), { content: content.repeat(500_000) });
    builds.push(join(folder, `${content}.json`));
    writeFileSync(builds.at(-1)!, JSON.stringify(distribution));
  }
});
beforeEach(() => {
  rmSync(stack, { recursive: true, force: true });
  mkdirSync(stack);
});

function install(build: number, method = "copy"): ChildProcess {
  return spawn(process.execPath, [join(folder, "install.js"), stack, builds[build % 2]!, method], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}

const ended = async (child: ChildProcess): Promise<unknown> => (await once(child, "exit"))[0] ?? "killed";

function expectWhole(build: number): void {
  const { directory } = JSON.parse(readFileSync(builds[build % 2]!, "utf8")) as { directory: string };
  expect(readdirSync(join(stack, HOST)).sort()).toEqual(PLATFORMS);
  expect(directoryHash(join(stack, HOST, "linux_amd64"))).toBe(directoryHash(join(directory, "linux_amd64")));
  expect(readdirSync(stack).sort()).toEqual([".terraform.lock.hcl", "terraform.d"]);
  expect(readdirSync(join(stack, "terraform.d"))).toEqual(["plugins"]);
  expect(readFileSync(join(stack, ".terraform.lock.hcl"), "utf8").match(/^provider/gm)).toHaveLength(1);
}

test(`four at once all end well, and leave nothing behind (${ROUNDS} rounds)`, async () => {
  for (let round = 0; round < ROUNDS; round++) {
    if (round % 3 === 0) rmSync(join(stack, "terraform.d"), { recursive: true, force: true });
    expect(await Promise.all([0, 1, 2, 3].map(() => ended(install(round))))).toEqual([0, 0, 0, 0]);
    expectWhole(round);
  }
});

test(`killed at any moment beside others, the others and the next end well (${ROUNDS} rounds)`, async () => {
  const started = performance.now();
  await ended(install(0));
  const longest = performance.now() - started;
  let killed = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const children = [0, 1, 2, 3].map(() => install(round));
    const ends = children.map(ended);
    await Promise.race([...ends, new Promise((resolve) => setTimeout(resolve, Math.random() * 2 * longest))]);
    for (const child of children.slice(2)) child.kill("SIGKILL");
    const statuses = await Promise.all(ends);
    expect(statuses.slice(0, 2)).toEqual([0, 0]);
    killed += statuses.filter((status) => status === "killed").length;
    expect(await ended(install(round))).toBe(0);
    expectWhole(round);
  }
  expect(killed).toBeGreaterThan(0);
});

test("a package that is laid again is never seen empty, in part or not at all", async () => {
  await ended(install(0));
  const file = join(stack, HOST, "linux_amd64/terraform-provider-hotplug_v0.1.0");
  const hashes = builds.map((_, build) => directoryHash(join(folder, build === 0 ? "one" : "two", "linux_amd64")));
  let looks = 0;
  for (let round = 1; round < 3; round++) {
    const end = ended(install(round));
    let over = false;
    void end.then(() => (over = true));
    while (!over) {
      expect(readFileSync(file).length).toBeGreaterThan(1_000_000);
      expect(hashes).toContain(directoryHash(join(stack, HOST, "linux_amd64")));
      looks++;
      await new Promise(setImmediate);
    }
    expect(await end).toBe(0);
  }
  expect(looks).toBeGreaterThan(2);
});

test("from links to copies and back, four at once", async () => {
  for (const method of ["link", "copy", "link"]) {
    expect(await Promise.all([0, 1, 2, 3].map(() => ended(install(0, method))))).toEqual([0, 0, 0, 0]);
    const entries = readdirSync(join(stack, HOST), { withFileTypes: true });
    expect(entries.find(({ name }) => name === "linux_amd64")?.isSymbolicLink()).toBe(method === "link");
    expect(readdirSync(join(stack, "terraform.d"))).toEqual(["plugins"]);
  }
});
