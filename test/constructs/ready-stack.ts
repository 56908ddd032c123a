import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, TerraformStack, Testing } from "cdktf";
import { HotplugProvider } from "../../lib/index";

// An app makes its folder at once, synthesized or not.
const outdir = mkdtempSync(join(tmpdir(), "hotplug-stack-"));
afterAll(() => rmSync(outdir, { recursive: true }));

export function testApp(): App {
  return new App({ outdir });
}

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** A stack with its provider. */
export function readyStack(): TerraformStack {
  const stack = new TerraformStack(testApp(), "lab");
  new HotplugProvider(stack, "hotplug", { installProvider: false });
  return stack;
}

/** The synthesized resources, by type and name. */
export function resourcesOf(stack: TerraformStack): Resources {
  return (JSON.parse(Testing.synth(stack, true)) as { resource: Resources }).resource;
}

/** The only resource of a type. */
export function resourceOf(stack: TerraformStack, type: string): Record<string, unknown> {
  const all = Object.values(resourcesOf(stack)[type] ?? {});
  if (all.length !== 1) throw new Error(`The stack has ${all.length} of ${type}.`);
  return all[0]!;
}
