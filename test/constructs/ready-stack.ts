import { App, TerraformStack, Testing } from "cdktf";
import { HotplugProvider } from "../../lib/index";

type Resources = Record<string, Record<string, Record<string, unknown>>>;

/** A stack with its provider, in an app that is never written anywhere. */
export function readyStack(): TerraformStack {
  const stack = new TerraformStack(new App(), "lab");
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
