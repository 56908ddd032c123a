import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A stack as Terraform reads it. */
export interface SynthesizedStack {
  provider: Record<string, unknown[]>;
  resource: Record<string, Record<string, Record<string, unknown>>>;
  terraform: Record<string, unknown>;
}

/** Runs an example in this process and returns its one stack, whose state belongs wherever it is deployed. */
export async function synthesizeExample(name: string): Promise<SynthesizedStack> {
  const outdir = await mkdtemp(join(tmpdir(), "hotplug-example-"));
  const before = process.env["CDKTF_OUTDIR"];
  process.env["CDKTF_OUTDIR"] = outdir;
  try {
    await jest.isolateModulesAsync(() => import(`../../examples/${name}/main`));
    const stack = JSON.parse(await readFile(join(outdir, "stacks", name, "cdk.tf.json"), "utf8")) as SynthesizedStack;
    delete stack.terraform["backend"];
    return stack;
  } finally {
    if (before === undefined) delete process.env["CDKTF_OUTDIR"];
    else process.env["CDKTF_OUTDIR"] = before;
    await rm(outdir, { recursive: true });
  }
}
