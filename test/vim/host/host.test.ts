import { readHosts } from "../../../lib/vim/host/host";
import { answer, host, hostValues, object, value, vm } from "../described-objects";
import { ScriptedVcenter } from "../scripted-vcenter";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

test(
  "a host's devices come in the order of their addresses, with unsigned ids and their passthrough " + "state",
  async () => {
    answer(vcenter, object("HostSystem", "host-12", hostValues));
    const [read] = await readHosts(vcenter.client(), [host]);
    expect(read).toMatchObject({
      name: "esx01.example.org",
      fptHotplugSupported: true,
      connectionState: "connected",
      virtualMachines: [vm],
    });
    expect(read?.pciDevices.map(({ address }) => address)).toEqual(["0000:3b:00.0", "0000:5e:00.0"]);
    expect(read?.pciDevices[0]).toMatchObject({
      classId: 0x0108,
      vendorId: 0x8086,
      deviceId: 0xa824,
      subVendorId: 0xffff,
      subDeviceId: 1,
      passthrough: { enabled: true, capable: true, active: false, dependentDevice: "0000:3b:00.0" },
    });
    expect(read?.pciDevices[1]?.passthrough).toBeUndefined();
  },
);

test("a connected host that shows no devices is an incomplete answer; a disconnected one says that it is", async () => {
  answer(vcenter, object("HostSystem", "host-12", { ...hostValues, "hardware.pciDevice": undefined }));
  await expect(readHosts(vcenter.client(), [host])).rejects.toMatchObject({ name: "IncompleteAnswerError" });
  answer(
    vcenter,
    object("HostSystem", "host-12", {
      ...hostValues,
      "hardware.pciDevice": undefined,
      "runtime.connectionState": value("HostSystemConnectionState", "notResponding"),
    }),
  );
  expect((await readHosts(vcenter.client(), [host]))[0]).toMatchObject({
    connectionState: "notResponding",
    pciDevices: [],
  });
});
