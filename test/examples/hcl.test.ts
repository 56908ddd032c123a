import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { TerraformWorkspace } from "../support/terraform";
import { synthesizeHcl, withoutBlocks, withoutReferences } from "./synthesize";

const FOLDER = join(__dirname, "../../examples");
/** Those in TypeScript, which have a program. */
const EXAMPLES = readdirSync(FOLDER).filter((name) => existsSync(join(FOLDER, name, "main.ts")));
/** vmware/vsphere isn't at hand here, so what is its own is left out. */
const VSPHERE = /^(resource|data|provider) "vsphere|^\s*vsphere = \{/;

let workspace: TerraformWorkspace | undefined;
afterEach(() => workspace?.dispose());

test.each(EXAMPLES)(
  "%s is valid HCL, too",
  async (name) => {
    const hcl = withoutBlocks(await synthesizeHcl(name), VSPHERE);
    expect(hcl).toMatch(/resource "hotplug_\w+"/);
    workspace = await TerraformWorkspace.create({
      files: { "cdk.tf": withoutReferences(hcl, { virtualMachine: "vm-42", host: "host-12" }) },
    });
    await workspace.init();
    expect(JSON.parse((await workspace.run(["validate", "-json"])).stdout)).toMatchObject({
      valid: true,
      error_count: 0,
    });
  },
  60_000,
);
