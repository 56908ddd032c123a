import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { leastRoles } from "../../lib/vim/privileges";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { synthesizeExample } from "./synthesize";

let site: TestVcenter;
let workspace: TerraformWorkspace;
beforeAll(async () => {
  site = await startTestVcenter({
    inventory: {
      ...defaultInventory,
      roles: { Preparer: leastRoles.prepareHost },
      users: [{ name: "preparer", password: "marker", role: "Preparer" }],
    },
    timings: { hostRebootMs: 100 },
  });
  workspace = await TerraformWorkspace.create({
    files: { "cdk.tf.json": await synthesizeExample("prepared-host") },
    environment: site.environment,
  });
  await workspace.init();
});
afterAll(async () => {
  await workspace.dispose();
  await site.stop();
});

test("a host is prepared with one restart, under exactly its role, and a second deploy changes nothing", async () => {
  await workspace.apply();
  const operations = site.vcenter.calls().map(({ operation }) => operation);
  expect(operations.filter((operation) => /RebootHost|UpdatePassthru|MaintenanceMode/.test(operation))).toEqual([
    "UpdatePassthruConfig",
    "EnterMaintenanceMode_Task",
    "RebootHost_Task",
    "ExitMaintenanceMode_Task",
  ]);
  expect(site.vcenter.calls().filter(({ outcome }) => outcome === "NoPermission")).toEqual([]);
  const { changed } = await workspace.plan();
  expect(changed).toBe(false);
  const [host] = Object.values(await workspace.state()).filter((values) => "running_intr_cookies" in values);
  expect(host).toMatchObject({
    active_devices: ["0000:5e:00.0", "0000:5f:00.0"],
    running_intr_cookies: 4096,
    reboot_required: false,
  });
}, 120_000);
