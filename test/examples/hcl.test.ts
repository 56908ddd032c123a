import { readdirSync } from "node:fs";
import { join } from "node:path";
import { TerraformWorkspace } from "../support/terraform";
import { synthesizeHcl, withoutBlocks } from "./synthesize";

const EXAMPLES = readdirSync(join(__dirname, "../../examples"));
/** vmware/vsphere isn't at hand here, so what is its own is left out. */
const VSPHERE = /^(resource|provider) "vsphere|^\s*vsphere = \{/;

let workspace: TerraformWorkspace | undefined;
afterEach(() => workspace?.dispose());

test.each(EXAMPLES)(
  "%s is valid HCL, too",
  async (name) => {
    const hcl = withoutBlocks(await synthesizeHcl(name), VSPHERE);
    expect(hcl).toMatch(/resource "hotplug_\w+"/);
    workspace = await TerraformWorkspace.create({
      files: { "cdk.tf": hcl.replaceAll(/\$\{vsphere_virtual_machine\.\w+\.id\}/g, "vm-42") },
    });
    await workspace.init();
    expect(JSON.parse((await workspace.run(["validate", "-json"])).stdout)).toMatchObject({
      valid: true,
      error_count: 0,
    });
  },
  60_000,
);
