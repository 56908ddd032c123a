import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildSync } from "esbuild";
import { currentPlatform } from "../../lib/install/platform";
import { serveForReattach, type ReattachServer } from "../../lib/tfplugin6/reattach";
import { TerraformWorkspace } from "../support/terraform";
import { tinyProvider } from "../tfplugin6/tiny-provider";

const ADDRESS = "registry.terraform.io/example/tiny";
const REQUIRED = `terraform {
  required_providers {
    tiny = { source = "${ADDRESS}" }
  }
}`;
const thing = (name: string, size?: number): string => `${REQUIRED}
resource "tiny_thing" "a" {
  name = "${name}"
  size = ${size ?? null}
}
`;
const BIG = "12345678901234567890123";

/** Two things and a digest, the second known only once the first is there. */
const chain = (width: number, name = "a"): string => `
  ${REQUIRED}
  resource "tiny_thing" "a" {
    name = "${name}"
    size = ${BIG}
  }
  resource "tiny_thing" "b" {
    name  = "b-\${tiny_thing.a.id}"
    tags  = ["x", tiny_thing.a.id]
    box   = { width = ${width} }
    parts = { one = { count = 1.5 }, two = {} }
  }
  data "tiny_digest" "d" { of = tiny_thing.b.id }
`;

describe("the engine over the protocol, to a provider that stays", () => {
  let server: ReattachServer;
  let workspace: TerraformWorkspace;
  beforeEach(async () => {
    const { apply } = tinyProvider().resources["tiny_thing"]!;
    const moody = tinyProvider({
      apply: async (request, context) => {
        if (request.plannedState?.["size"] === 13) throw new Error("unlucky");
        return apply(request, context);
      },
    });
    server = await serveForReattach(moody, { address: ADDRESS });
    workspace = await TerraformWorkspace.create({ reattach: server.reattach, files: { "main.tf": chain(4) } });
    await workspace.init();
  });
  afterEach(async () => {
    await workspace.dispose();
    await server.close();
  });

  const actions = async (): Promise<string[][]> =>
    (await workspace.plan()).changes.filter(({ type }) => type === "tiny_thing").map(({ change }) => change.actions);

  it("plans with unknowns, applies, sees nothing to do, updates, replaces and destroys", async () => {
    const plan = await workspace.plan();
    expect(plan.changes.find(({ address }) => address === "tiny_thing.b")?.change).toMatchObject({
      actions: ["create"],
      after: { box: { width: 4 } },
      after_unknown: { name: true, tags: [false, true], box: { area: true }, id: true },
    });
    await workspace.apply({ saved: true });
    const state = await workspace.state();
    const id = state["tiny_thing.a"]!["id"] as string;
    expect(state["tiny_thing.b"]).toMatchObject({
      name: `b-${id}`,
      tags: [id, "x"],
      box: { width: 4, area: 16 },
      parts: { one: { count: 1.5 }, two: { count: null } },
      notes: ["made after planned"],
    });
    expect((await workspace.plan()).changed).toBe(false);

    await workspace.write("main.tf", chain(5));
    expect(await actions()).toEqual([["no-op"], ["update"]]);
    await workspace.apply({ saved: true });
    expect((await workspace.state())["tiny_thing.b"]).toMatchObject({
      box: { area: 25 },
      notes: ["made after planned", "changed after planned"],
    });

    await workspace.write("main.tf", chain(5, "c"));
    expect(await actions()).toEqual([
      ["delete", "create"],
      ["delete", "create"],
    ]);
    await workspace.apply({ saved: true });
    expect(await workspace.destroy()).toContain("2 destroyed");
    expect(await workspace.state()).toEqual({});
  }, 30_000);

  it("imports, and plans nothing after it", async () => {
    await workspace.write("main.tf", thing("a"));
    expect(await workspace.run(["import", "-no-color", "tiny_thing.a", "a"])).toMatchObject({ status: 0 });
    expect((await workspace.plan()).changed).toBe(false);
    expect((await workspace.state())["tiny_thing.a"]).toMatchObject({ notes: ["imported"], size: null });
  }, 30_000);

  it("keeps the state when an apply throws, and has none when it was a creation", async () => {
    await workspace.write("main.tf", thing("a", 13));
    expect(await workspace.applyFailing()).toMatch(/Internal error of the provider[^]*unlucky/);
    expect(await workspace.state()).toEqual({});
    await workspace.write("main.tf", thing("a", 12));
    await workspace.apply();
    const before = await workspace.state();
    await workspace.write("main.tf", thing("a", 13));
    await workspace.applyFailing();
    expect(await workspace.state()).toEqual(before);
  }, 30_000);

  it("shows an error of validation at its attribute", async () => {
    await workspace.write("main.tf", thing("bad"));
    const { status, stderr } = await workspace.run(["validate", "-no-color"]);
    expect(status).toBe(1);
    expect(stderr).toMatch(/Error: Bad name[^]*on main.tf line 7[^]*7:\s+name = "bad"[^]*can't be called/);
  }, 30_000);
});

describe("the engine and a provider that it starts itself", () => {
  let workspace: TerraformWorkspace;
  let temporary: string;
  beforeEach(async () => {
    temporary = mkdtempSync(join(tmpdir(), "tiny-"));
    workspace = await TerraformWorkspace.create({
      reattach: "{}",
      files: { "main.tf": chain(4) },
      environment: { TMPDIR: temporary, TF_LOG_PROVIDER: "trace", TF_LOG_PATH: join(temporary, "log") },
    });
    const folder = join(workspace.directory, "terraform.d", "plugins", ADDRESS, "0.1.0", currentPlatform().name);
    mkdirSync(folder, { recursive: true });
    const outfile = join(folder, "terraform-provider-tiny_v0.1.0");
    buildSync({
      entryPoints: [join(__dirname, "../tfplugin6/tiny-plugin.ts")],
      bundle: true,
      platform: "node",
      target: "node20",
      outfile,
      banner: { js: "#!/usr/bin/env node" },
    });
    chmodSync(outfile, 0o755);
    await workspace.init();
  });
  afterEach(async () => {
    await workspace.dispose();
    rmSync(temporary, { recursive: true });
  });

  it("works from init to destroy and leaves neither process nor socket", async () => {
    await workspace.apply();
    expect((await workspace.plan()).changed).toBe(false);
    expect(await workspace.destroy()).toContain("2 destroyed");
    expect(readdirSync(temporary)).toEqual(["log"]);
  }, 30_000);

  it("stops what is under way at the first Ctrl-C, with what the provider has to say about it", async () => {
    await workspace.write("main.tf", thing("slow"));
    const { child, ended } = workspace.start(["apply", "-no-color", "-auto-approve"]);
    const log = (): string => readFileSync(join(temporary, "log"), "utf8");
    while (!log().includes("slow apply began") && child.exitCode === null)
      await new Promise((resolve) => setImmediate(resolve));
    process.kill(-child.pid!, "SIGINT"); // the whole group, as a terminal does
    const { status, stderr } = await ended;
    expect(status).toBe(1);
    expect(stderr).toContain("Because it was asked to.");
    expect(readdirSync(temporary)).toEqual(["log"]);
  }, 30_000);
});
