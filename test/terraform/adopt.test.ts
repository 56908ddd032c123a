import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import { PROVIDER_ADDRESS } from "../../lib/provider/address";
import { hotplugProvider } from "../../lib/provider/provider";
import { serveForReattach, type ReattachServer } from "../../lib/tfplugin6/reattach";
import { runCli } from "../support/cli";
import { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

jest.setTimeout(300_000);

const ROOT = join(__dirname, "../..");
const [esx01] = defaultInventory.hosts;
const address = (bus: number): string => `0000:${bus.toString(16).padStart(2, "0")}:00.0`;
const hosts = Array.from({ length: 5 }, (_, index) => ({
  ...esx01!,
  id: `host-${index + 20}`,
  name: `esx${index}.example.test`,
  uuid: `4c4c4544-0043-4410-8052-${String(index).padStart(12, "0")}`,
  devices: [
    ...Array.from({ length: 24 }, (_, bus) => ({ address: address(bus + 1), vendor: "144d", device: "a824" })),
    { address: address(200), class: "0302", vendor: "10de", device: "26b9", name: 'GPU "*/ ${x}' },
  ],
}));
/** Names that are no identifiers, or the same as others'. */
const NAMES = ["db", "db", "db-1", "db.1", "1st", "class", "Größe", "日本", "a b", '"${x}"', "*/ x", "esx0"];
const INVENTORY: Inventory = {
  hosts,
  virtualMachines: Array.from({ length: 50 }, (_, index) => ({
    id: `vm-${index + 100}`,
    name: NAMES[index] ?? `vm${index}`,
    folder: `team${index}`,
    host: `host-${20 + (index % 5)}`,
    devices: [address(2 * Math.floor(index / 5) + 1), ...(index === 0 ? [address(200)] : [])],
    ...(index % 7 === 6 && { hardwareVersion: 19, memoryReservationLockedToMax: false }),
  })),
};

let site: TestVcenter;
let provider: ReattachServer;
let workspace: TerraformWorkspace | undefined;
beforeAll(async () => (site = await startTestVcenter({ inventory: INVENTORY })));
beforeEach(async () => {
  provider = await serveForReattach(hotplugProvider({ environment: site.environment }), { address: PROVIDER_ADDRESS });
});
afterEach(async () => {
  await workspace?.dispose();
  await provider.close();
});
afterAll(() => site.stop());

/** Imports all, changes nothing; and then there is nothing left to do, and the state holds what is there. */
async function expectAdopted(): Promise<void> {
  await workspace!.init();
  const plan = await workspace!.plan();
  expect(plan.changes.filter(({ change }) => change.actions.join() !== "no-op")).toEqual([]);
  expect(plan.text).toMatch(/Plan: 9\d to import, 0 to add, 0 to change, 0 to destroy\./);
  const writes = site.vcenter.calls().filter(({ operation }) => /Reconfig|Passthru|Power|Upgrade/.test(operation));
  await workspace!.apply({ saved: true });
  expect((await workspace!.plan()).changed).toBe(false);
  expect(
    site.vcenter.calls().filter(({ operation }) => /Reconfig|Passthru|Power|Upgrade/.test(operation)),
  ).toHaveLength(writes.length);
  const shown = await workspace!.run(["show", "-json"]);
  const held = await runCli(["doctor", "--state", "-", "--json", "--failed"], site.environment, {
    input: shown.stdout,
  });
  expect((JSON.parse(held.stdout) as { declared: unknown[] }).declared).toEqual([]);
}

test("50 virtual machines on several hosts, in HCL: the first plan imports them and changes nothing", async () => {
  const { status, stdout, stderr } = await runCli(["adopt", "--hcl"], site.environment);
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  expect(stdout).toMatch(/^# 0000:c8:00\.0 \(10de:26b9 GPU "\*\/ \$\{x\}\): not NVMe, left alone$/m);
  expect(stdout).not.toContain(site.environment["VSPHERE_PASSWORD"]);
  workspace = await TerraformWorkspace.create({
    reattach: provider.reattach,
    environment: site.environment,
    files: { "main.tf": stdout },
  });
  const formatted = await workspace.run(["fmt", "-check"]);
  expect({ status: formatted.status, stdout: formatted.stdout }).toEqual({ status: 0, stdout: "" });
  await expectAdopted();
});

test("the same in TypeScript, synthesized for real", async () => {
  const { status, stdout } = await runCli(["adopt"], site.environment);
  expect(status).toBe(0);
  const folder = mkdtempSync(join(tmpdir(), "hotplug-adopt-"));
  try {
    mkdirSync(join(folder, "node_modules"));
    writeFileSync(
      join(folder, "main.ts"),
      stdout
        .replaceAll('"cdktf-vsphere-hotplug"', JSON.stringify(join(ROOT, "lib/index.ts")))
        .replace('"cdktf"', JSON.stringify(join(ROOT, "node_modules/cdktf"))),
    );
    const child = spawn(process.execPath, [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "main.ts"], { cwd: folder });
    let output = "";
    child.stderr.on("data", (text: Buffer) => (output += text.toString()));
    const ended = await new Promise((resolve) => child.once("close", resolve));
    expect({ ended, output }).toEqual({ ended: 0, output: "" });
    workspace = await TerraformWorkspace.create({ reattach: provider.reattach, environment: site.environment });
    cpSync(join(folder, "cdktf.out/stacks/adopted/cdk.tf.json"), join(workspace.directory, "cdk.tf.json"));
    await expectAdopted();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("only what is named is adopted, and what can't be read is named and not fine", async () => {
  const { stdout } = await runCli(["adopt", "--hcl", "--vm", "vm-101", "--vm", "1st"], site.environment);
  expect(stdout.match(/resource "hotplug_passthrough_devices" "\w+"/g)).toEqual([
    'resource "hotplug_passthrough_devices" "_1st"',
    'resource "hotplug_passthrough_devices" "db"',
  ]);
  const away = await startTestVcenter({
    inventory: {
      ...INVENTORY,
      hosts: [{ ...hosts[0]!, connectionState: "notResponding" }, ...hosts.slice(1)],
    },
  });
  const { status, stderr } = await runCli(["adopt"], away.environment);
  await away.stop();
  expect(status).toBe(1);
  expect(stderr).toContain("Host esx0.example.test (host-20) is notResponding, and is left out");
});
