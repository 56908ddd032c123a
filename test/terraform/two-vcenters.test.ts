/** Two vCenters in one stack: each has a vm-42 and a host-12 of its own, and none is taken for the other's. */
import { App, Testing, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "../../lib";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { A, B, changes, hotplugWorkspace } from "./hotplug-stack";

jest.setTimeout(180_000);

const UUIDS = { east: "5a1d8f0e-6c1b-4f7e-9a52-3f0c8f6f1c0e", west: "5a1d8f0e-6c1b-4f7e-9a52-3f0c8f6f1c02" };
const ATTACHED = { east: [A], west: [B] };
const SITES = ["east", "west"] as const;
type Site = (typeof SITES)[number];
/** As the state has them. */
const RESOURCES = ["hotplug_host", "hotplug_passthrough_devices", "hotplug_virtual_machine_settings"];

let vcenters: Record<Site, TestVcenter>;
let workspace: TerraformWorkspace;
beforeEach(async () => {
  const [east, west] = await Promise.all(
    SITES.map((site) => {
      const [db, ...others] = defaultInventory.virtualMachines!;
      const virtualMachines = [{ ...db!, devices: ATTACHED[site] }, ...others];
      const vcenter = { ...defaultInventory.vcenter, instanceUuid: UUIDS[site] };
      const timings = { queueMs: 0, hotPlugMs: 5, publishMs: 0 };
      return startTestVcenter({ timings, inventory: { ...defaultInventory, vcenter, virtualMachines } });
    }),
  );
  vcenters = { east: east!, west: west! };
  workspace = await hotplugWorkspace(vcenters.east, synthesized());
});
afterEach(async () => {
  await workspace.dispose();
  await Promise.all(SITES.map((site) => vcenters[site].stop()));
});

/** The stack in TypeScript: for each site the same ids. `goesTo`: the vCenter that each provider talks to. */
function synthesized({ imports = true, goesTo = { east: "east", west: "west" } as Record<Site, Site> } = {}): object {
  const one = new TerraformStack(new App({ outdir: "unused", skipValidation: true }), "stack");
  for (const site of SITES) {
    const { VSPHERE_SERVER: vsphereServer, VSPHERE_CA_FILE: caFile } = vcenters[goesTo[site]].environment;
    const provider = new HotplugProvider(one, `${site}-hotplug`, {
      installProvider: false,
      alias: site,
      vsphereServer,
      caFile,
    });
    const host = new PassthroughHost(one, `${site}-esx01`, { hostId: "host-12", devices: [A, B], provider });
    const db = HotplugReadyVm.fromVirtualMachineId(one, `${site}-db`, {
      virtualMachineId: "vm-42",
      host,
      devices: ATTACHED[site],
    });
    if (!imports) continue;
    host.hostResource.importFrom("host-12", provider);
    db.settings.importFrom("vm-42", provider);
    db.passthroughDevices.importFrom("vm-42", provider);
  }
  const { terraform, ...rest } = JSON.parse(Testing.synth(one)) as { terraform: { required_providers: object } };
  return { ...rest, terraform: { required_providers: terraform.required_providers } };
}

const attached = async (): Promise<Record<string, unknown>> =>
  Object.fromEntries(
    Object.entries(await workspace.state())
      .filter(([address]) => address.startsWith("hotplug_passthrough_devices"))
      .map(([address, values]) => [/east|west/.exec(address)![0], values["devices"]]),
  );
const nothingWasDone = (): void => {
  for (const site of SITES) expect(changes(vcenters[site])).toEqual([]);
};

test("import blocks of the same ids import each from its own vCenter, and change nothing", async () => {
  const plan = await workspace.plan();
  expect(plan.changes.map(({ type }) => type).sort()).toEqual(RESOURCES.flatMap((type) => [type, type]));
  await workspace.apply({ saved: true });
  expect(await attached()).toEqual(ATTACHED);
  await workspace.write("main.tf.json", synthesized({ imports: false }));
  expect((await workspace.plan()).changed).toBe(false);
  nothingWasDone();
});

test("so does the command terraform import, by the provider of each resource", async () => {
  const withImports = synthesized() as { import: { to: string; id: string }[] };
  await workspace.write("main.tf.json", synthesized({ imports: false }));
  for (const { to, id } of withImports.import)
    expect(await workspace.run(["import", "-no-color", to, id])).toMatchObject({ status: 0 });
  expect(await attached()).toEqual(ATTACHED);
  expect((await workspace.plan()).changed).toBe(true);
  await workspace.apply();
  expect((await workspace.plan()).changed).toBe(false);
  nothingWasDone();
});

test("providers that are exchanged find another vCenter than the state's: errors, and nothing is done", async () => {
  await workspace.apply();
  await workspace.write("main.tf.json", synthesized({ imports: false, goesTo: { east: "west", west: "east" } }));
  const { status, stderr } = await workspace.run(["plan", "-no-color"]);
  expect(status).toBe(1);
  const errors = stderr.match(/Error: This is another vCenter than the one that the state is about/g);
  expect(errors?.length).toBeGreaterThanOrEqual(2);
  nothingWasDone();
});
