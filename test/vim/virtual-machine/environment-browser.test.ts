import { queryPassthroughTargets } from "../../../lib/vim/virtual-machine/environment-browser";
import { host, pci } from "../described-objects";
import { ScriptedVcenter } from "../scripted-vcenter";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

test("what a host offers for passthrough comes with the system id that a backing needs", async () => {
  vcenter.scripts.QueryConfigTarget = () =>
    "<returnval><numCpus>1</numCpus><pciPassthrough><name>0000:3b:00.0</name>" +
    `<pciDevice>${pci("0000:3b:00.0", -22492)}</pciDevice><systemId>sys-1</systemId></pciPassthrough>` +
    "</returnval>";
  expect(await queryPassthroughTargets(vcenter.client(), { type: "EnvironmentBrowser", value: "env-1" }, host)).toEqual(
    [
      {
        address: "0000:3b:00.0",
        classId: 0x0108,
        vendorId: 0x8086,
        deviceId: 0xa824,
        deviceName: "NVMe",
        systemId: "sys-1",
      },
    ],
  );
  expect(vcenter.requests.at(-1)!.body).toContain('<vim25:host type="HostSystem">host-12</vim25:host>');
});
