import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { leastRoles } from "../../lib/vim/privileges";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { isRefused } from "./refused";
import { synthesizeExample } from "./synthesize";

let site: TestVcenter;
let workspace: TerraformWorkspace;
beforeAll(async () => {
  site = await startTestVcenter({
    inventory: {
      ...defaultInventory,
      roles: { Attach: leastRoles.attach },
      users: [{ name: "automation", password: "marker", role: "Attach" }],
    },
    timings: { queueMs: 0, hotPlugMs: 1, publishMs: 0 },
  });
  workspace = await TerraformWorkspace.create({ environment: site.environment });
});
afterAll(async () => {
  await workspace.dispose();
  await site.stop();
  delete process.env["DEVICES"];
});

const device = /"id":"([^"]+)"/;
const calls = (): string[] =>
  site.vcenter
    .calls()
    .filter(({ operation }) => operation === "ReconfigVM_Task")
    .map(({ arguments: given }) => {
      const text = JSON.stringify(given);
      const address = device.exec(text.replace(/.*"backing"/, ""))?.[1] ?? "";
      return `${/"operation":"(\w+)"/.exec(text)?.[1]} ${address}`.trim();
    });

test("the demo's stack is deployed, changed and destroyed under exactly the role for attaching", async () => {
  await workspace.write("cdk.tf.json", await synthesizeExample("quickstart"));
  await workspace.init();
  await workspace.apply();
  expect(calls()).toEqual(["add 0000:3b:00.0", "add 0000:3c:00.0", "add 0000:5e:00.0"]);

  process.env["DEVICES"] = "0000:3b:00.0,0000:5e:00.0,0000:5f:00.0";
  await workspace.write("cdk.tf.json", await synthesizeExample("quickstart"));
  await workspace.apply();
  await workspace.destroy();
  expect(
    calls()
      .slice(3)
      .map((call) => call.split(" ")[0]),
  ).toEqual(["remove", "add", "remove", "remove", "remove"]);
  expect(site.vcenter.calls().filter(isRefused)).toEqual([]);
}, 120_000);
