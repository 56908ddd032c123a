import type { Assumptions } from "../../lib/simulator/assumptions";
import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { VimClient } from "../../lib/vim/session/client";
import { readSurpriseRemovals, type SurpriseRemovals } from "../../lib/vim/surprise-removals";
import { addPassthroughDevice, removePassthroughDevice } from "../../lib/vim/virtual-machine/passthrough-reconfigure";
import { readVirtualMachines } from "../../lib/vim/virtual-machine/virtual-machine";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const [A, B] = ["0000:3b:00.0", "0000:5e:00.0"] as const;
const vm = { type: "VirtualMachine", value: "vm-42" };
const other = { type: "VirtualMachine", value: "vm-43" };
const host = { type: "HostSystem", value: "host-12" };
const root = { type: "Folder", value: "group-d1" };
const LONG_AGO = new Date(0).toISOString();

let site: TestVcenter;
let client: VimClient;
async function start(assumptions: Partial<Assumptions> = {}): Promise<void> {
  const [db, ...more] = defaultInventory.virtualMachines!;
  site = await startTestVcenter({
    inventory: { ...defaultInventory, virtualMachines: [{ ...db!, devices: [A] }, ...more] },
    timings: { queueMs: 1, hotPlugMs: 5, publishMs: 1 },
    assumptions,
  });
  client = new VimClient({
    server: site.vcenter.server,
    user: "u",
    password: "p",
    ca: site.vcenter.caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
}
afterEach(async () => {
  await client.close();
  await site.stop();
});

const read = (entity = root, since = LONG_AGO): Promise<SurpriseRemovals> =>
  readSurpriseRemovals(client, entity, { since });

test.each(["VmReconfiguredEvent", "VmMessageWarningEvent"] as const)(
  "a drive that is pulled out of a running virtual machine is among its events, its host's and everybody's (%s)",
  async (pulledDeviceEvent) => {
    await start({ pulledDeviceEvent });
    expect(await read()).toEqual({ removals: [], isCut: false });
    site.vcenter.pullDevice("host-12", A);
    const at = expect.stringMatching(/^20\d\d-.*Z$/) as string;
    const removals = [{ key: 1, address: A, virtualMachine: vm, at, isSurprise: true }];
    for (const entity of [root, host, vm]) expect(await read(entity)).toEqual({ removals, isCut: false });
    expect(await read(other)).toEqual({ removals: [], isCut: false });
    expect(await read(root, new Date(Date.now() + 60_000).toISOString())).toEqual({ removals: [], isCut: false });
  },
);

test("what was removed by API is no surprise, and neither is what was added", async () => {
  await start();
  const limits = { taskTimeoutSeconds: 20 };
  const [before] = await readVirtualMachines(client, [vm]);
  const targets = await queryPassthroughTargets(client, before!.environmentBrowser, host);
  const device = targets.find(({ address }) => address === B)!;
  await addPassthroughDevice(client, vm, { device, changeVersion: before!.changeVersion }, limits);
  const [now] = await readVirtualMachines(client, [vm]);
  const { key } = now!.passthroughDevices.find(({ address }) => address === A)!;
  await removePassthroughDevice(client, vm, { key, changeVersion: now!.changeVersion }, limits);
  expect((await read()).removals).toEqual([]);
  site.vcenter.pullDevice("host-12", B);
  expect((await read()).removals.map(({ address }) => address)).toEqual([B]);
});
