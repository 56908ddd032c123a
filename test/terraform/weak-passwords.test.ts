/** What ships says the same whatever the password: one that is a word or a letter is cut out of no sentence. */
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, hotplugWorkspace, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

let vcenter: TestVcenter;
let workspace: TerraformWorkspace;
beforeEach(
  async () => void (vcenter = await startTestVcenter({ timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 } })),
);
afterEach(async () => {
  await workspace.dispose();
  await vcenter.stop();
});

const db = { virtual_machine_id: "vm-42", devices: [A, B] };
const old = { virtual_machine_id: "vm-45", devices: ["0000:3c:00.0"] };

test.each(["native", "node"] as const)("the %s provider's plan and failed apply", async (artefact) => {
  workspace = await hotplugWorkspace(vcenter, stack({ db, old }), { artefact });
  const said = async (password: string): Promise<string> => {
    const environment = { VSPHERE_PASSWORD: password };
    vcenter.vcenter.faults.inject(
      { operation: "ReconfigVM_Task" },
      { kind: "task fault", type: "GenericVmConfigFault", message: "The passthrough device of vm 0 can't pass." },
    );
    const plan = await workspace.run(["plan", "-no-color"], { environment });
    const apply = await workspace.run(["apply", "-no-color", "-auto-approve", "-parallelism=1"], { environment });
    vcenter.vcenter.faults.clear();
    const text = `${plan.stdout}${plan.stderr}${apply.stdout}${apply.stderr}`;
    // Which resource comes first differs from run to run.
    return text
      .replace(/\d+(?:\.\d+)? ?s\b|task-\d+/g, "")
      .split("\n")
      .sort()
      .join("\n");
  };
  const usual = await said("Mk7f3aQz91-and-more");
  expect(usual).toContain("passthrough device of vm 0");
  for (const password of ["pass", "0"]) expect([password, await said(password)]).toEqual([password, usual]);
});
