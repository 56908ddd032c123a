/** A host with one dead drive, as people write such a stack. */
import { App, Testing, TerraformStack } from "cdktf";
import { HotplugProvider, HotplugReadyVm, PassthroughHost } from "../../lib";
import { PROVIDER_ADDRESS } from "../../lib/provider/address";
import { hotplugProvider } from "../../lib/provider/provider";
import { serveForReattach, type ReattachServer } from "../../lib/tfplugin6/reattach";
import type { TerraformWorkspace } from "../support/terraform";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";
import { changes, hotplugWorkspace, stack } from "./hotplug-stack";

jest.setTimeout(180_000);

const DRIVES = Array.from({ length: 8 }, (_, index) => `0000:${(0x3b + index).toString(16)}:00.0`);
const [FIRST, DEAD, THIRD] = DRIVES as [string, string, string];

let vcenter: TestVcenter;
let provider: ReattachServer;
let workspace: TerraformWorkspace;
afterEach(async () => {
  await workspace.dispose();
  await provider.close();
  await vcenter.stop();
});

async function begin(configuration: object): Promise<void> {
  vcenter = await startTestVcenter({
    timings: { queueMs: 0, hotPlugMs: 5, publishMs: 0 },
    inventory: {
      hosts: [
        {
          id: "host-12",
          name: "esx01",
          version: "8.0.3",
          devices: DRIVES.map((address) => ({ address, vendor: "144d", device: "a824" })),
        },
      ],
      virtualMachines: ["vm-42", "vm-43"].map((id) => ({ id, name: id, host: "esx01" })),
    },
  });
  provider = await serveForReattach(hotplugProvider({ environment: vcenter.environment }), {
    address: PROVIDER_ADDRESS,
  });
  workspace = await hotplugWorkspace(vcenter, configuration, { reattach: provider.reattach });
}

const host = { hotplug_host: { esx01: { host_id: "host-12", passthrough_devices: DRIVES } } };
const hcl = (cache: string[]): object =>
  stack(
    {
      db: { virtual_machine_id: "vm-42", devices: [FIRST, DEAD], depends_on: ["hotplug_host.esx01"] },
      cache: { virtual_machine_id: "vm-43", devices: cache, depends_on: ["hotplug_host.esx01"] },
    },
    { resource: host },
  );
const fromActive = (cache: string[]): object =>
  stack(
    {
      db: {
        virtual_machine_id: "vm-42",
        devices: `\${setintersection(hotplug_host.esx01.active_devices, ${JSON.stringify([FIRST, DEAD])})}`,
      },
      cache: {
        virtual_machine_id: "vm-43",
        devices: `\${setintersection(hotplug_host.esx01.active_devices, ${JSON.stringify(cache)})}`,
      },
    },
    { resource: host },
  );

function typescript(cache: string[]): object {
  const app = new App({ outdir: "unused", skipValidation: true });
  const one = new TerraformStack(app, "stack");
  new HotplugProvider(one, "hotplug", { installProvider: false });
  const esx01 = new PassthroughHost(one, "esx01", { hostId: "host-12", devices: DRIVES });
  HotplugReadyVm.fromVirtualMachineId(one, "db", { virtualMachineId: "vm-42", host: esx01, devices: [FIRST, DEAD] });
  HotplugReadyVm.fromVirtualMachineId(one, "cache", { virtualMachineId: "vm-43", host: esx01, devices: cache });
  const { terraform, ...rest } = JSON.parse(Testing.synth(one)) as { terraform: { required_providers: object } };
  return { ...rest, terraform: { required_providers: terraform.required_providers } };
}

test.each([
  ["in HCL", hcl, true],
  ["in HCL, from active_devices", fromActive, false],
  ["in TypeScript", typescript, true],
] as const)(
  "A host with one dead drive of eight: an unrelated change of another VM deploys, %s",
  async (_how, make, declares) => {
    await begin(make([THIRD]));
    await workspace.apply();
    const before = changes(vcenter).length;
    vcenter.vcenter.pullDevice("esx01", DEAD);
    await workspace.write("main.tf.json", make([]));
    const plan = await workspace.plan();
    expect(plan.text.replace(/[│╷╵]/g, " ").replace(/\s+/g, " ")).toContain(
      `Host esx01 (host-12) shows no device at ${DEAD}`,
    );
    const cache = plan.changes.find(({ address }) => address.includes("cache") && address.includes("devices"))!;
    expect(cache.change.after!["steps"]).toEqual([`remove ${THIRD}`]);
    await (declares ? workspace.applyFailing({ saved: true }) : workspace.apply({ saved: true }));
    expect(changes(vcenter).slice(before)).toEqual(["remove from vm-43"]);
  },
);
