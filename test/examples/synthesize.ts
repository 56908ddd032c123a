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
  const text = await synthesized(name, "cdk.tf.json", () => runExample(name));
  const stack = JSON.parse(text) as SynthesizedStack;
  delete stack.terraform["backend"];
  return stack;
}

/** The same as HCL, as `cdktf synth --hcl` has it made, without its backend. */
export async function synthesizeHcl(name: string, program: () => unknown = () => runExample(name)): Promise<string> {
  process.env["SYNTH_HCL_OUTPUT"] = "true";
  try {
    return withoutBlocks(await synthesized(name, "cdk.tf", program), /^\s*backend /);
  } finally {
    delete process.env["SYNTH_HCL_OUTPUT"];
  }
}

/** HCL without the blocks that begin in such a way. */
export function withoutBlocks(hcl: string, head: RegExp): string {
  const kept: string[] = [];
  let depth = 0;
  for (const line of hcl.split("\n")) {
    const leaving = depth > 0 || head.test(line);
    if (!leaving) kept.push(line);
    else depth += line.split(/[{[]/).length - line.split(/[}\]]/).length;
  }
  return kept.join("\n");
}

/** A stack's text with these ids where it refers to what vmware/vsphere makes and looks up. */
export function withoutReferences(text: string, ids: { virtualMachine: string; host: string }): string {
  return text
    .replaceAll(/\$\{vsphere_virtual_machine\.\w+\.id\}/g, ids.virtualMachine)
    .replaceAll(/\$\{data\.vsphere_host\.\w+\.id\}/g, ids.host);
}

function runExample(name: string): Promise<void> {
  return jest.isolateModulesAsync(() => import(`../../examples/${name}/main`));
}

async function synthesized(stack: string, file: string, program: () => unknown): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), "hotplug-example-"));
  const before = process.env["CDKTF_OUTDIR"];
  process.env["CDKTF_OUTDIR"] = outdir;
  try {
    await program();
    return await readFile(join(outdir, "stacks", stack, file), "utf8");
  } finally {
    if (before === undefined) delete process.env["CDKTF_OUTDIR"];
    else process.env["CDKTF_OUTDIR"] = before;
    await rm(outdir, { recursive: true });
  }
}
