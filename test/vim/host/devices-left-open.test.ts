import { hostDevicesInUse } from "../../../lib/vim/host/devices-in-use";
import { ScriptedVcenter } from "../scripted-vcenter";
import { adapter, answerStorage, host, list, lun, unit, volume } from "./described-storage";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.RetrieveManagedMethodExecuter = () => '<returnval type="ManagedMethodExecuter">mme-12</returnval>';
  vcenter.scripts.ExecuteSoap = () => "<returnval><response>&lt;obj/&gt;</response></returnval>";
});
afterEach(() => vcenter.stop());

describe("An answer that leaves open which device a disk in use is on is an error, since that may be any drive", () => {
  const datastore = list("HostFileSystemMountInfo", volume("HostVmfsVolume", "db", "t10.NVMe.db", 1));
  const [adapters, paths] = ["config.storageDevice.hostBusAdapter", "config.storageDevice.multipathInfo.lun"] as const;

  test.each([
    [
      "its adapter has no PCI address",
      { [adapters]: list("HostHostBusAdapter", adapter("vmhba1", "")) },
      /behind t10\.NVMe\.db \(datastore "db", partition 1\)/,
    ],
    [
      "its adapter's PCI address can't be read",
      { [adapters]: list("HostHostBusAdapter", adapter("vmhba1", "94:0.0")) },
      /behind t10\.NVMe\.db/,
    ],
    [
      "its adapter is on a PCI device that the host doesn't show",
      { [adapters]: list("HostHostBusAdapter", adapter("vmhba1", "0000:5f:00.0")) },
      /behind t10\.NVMe\.db/,
    ],
    [
      "one of its two adapters has no PCI address",
      {
        [adapters]: list("HostHostBusAdapter", adapter("vmhba0", "0000:3b:00.0"), adapter("vmhba1", "")),
        [paths]: list("HostMultipathInfoLogicalUnit", unit("l1", "vmhba0"), unit("l1", "vmhba1")),
      },
      /behind t10\.NVMe\.db/,
    ],
    ["no topology is in it", { [paths]: "" }, /behind t10\.NVMe\.db/],
    [
      "its adapter is not in it",
      { [adapters]: list("HostHostBusAdapter", adapter("vmhba0", "0000:3b:00.0")) },
      /behind t10\.NVMe\.db/,
    ],
    ["its list of adapters is empty", { [adapters]: list("HostHostBusAdapter") }, /hostBusAdapter/],
    ["no disks are in it", { "config.storageDevice.scsiLun": "" }, /scsiLun/],
    ["no volumes are in it", { "config.fileSystemVolume.mountInfo": "" }, /mountInfo/],
    [
      "the disk has a name that tells nothing",
      {
        "config.storageDevice.scsiLun": list("ScsiLun", lun("l1", "vml.01")),
        [paths]: "",
        "config.fileSystemVolume.mountInfo": list(
          "HostFileSystemMountInfo",
          volume("HostVmfsVolume", "db", "vml.01", 1),
        ),
      },
      /behind vml\.01/,
    ],
    [
      "it is the coredump partition's",
      {
        [paths]: "",
        "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo"),
        "config.activeDiagnosticPartition":
          "<val " +
          'xsi:type="HostDiagnosticPartition"><storageType>directAttached</storageType>' +
          "<diagnosticType>singleHost</diagnosticType><slots>1</slots><id>" +
          "<diskName>eui.0025385b71b00f2c</diskName><partition>9</partition></id></val>",
      },
      /behind eui\.0025385b71b00f2c \(the coredump partition 9\)/,
    ],
  ] as [string, Record<string, string>, RegExp][])("where %s", async (_what, more, says) => {
    answerStorage(vcenter, { "config.fileSystemVolume.mountInfo": datastore, ...more });
    await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({
      name: "IncompleteAnswerError",
      message: expect.stringMatching(says) as string,
    });
  });

  test("but not where every NVMe device of the host is passed through already", async () => {
    const passedThrough = (...ids: string[]): string =>
      list(
        "HostPciPassthruInfo",
        ...ids.map(
          (id) =>
            `<HostPciPassthruInfo><id>${id}</id><dependentDevice>${id}</dependentDevice>` +
            "<passthruEnabled>true</passthruEnabled><passthruCapable>true</passthruCapable>" +
            "<passthruActive>true</passthruActive></HostPciPassthruInfo>",
        ),
      );
    const withoutAdapters = { "config.fileSystemVolume.mountInfo": datastore, [adapters]: list("HostHostBusAdapter") };
    answerStorage(vcenter, {
      ...withoutAdapters,
      "config.pciPassthruInfo": passedThrough("0000:3B:00.0", "0000:5e:00.0", "0000:60:00.0"),
    });
    expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([]);
    answerStorage(vcenter, {
      ...withoutAdapters,
      "config.pciPassthruInfo": passedThrough("0000:3b:00.0", "0000:5e:00.0"),
    });
    await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ name: "IncompleteAnswerError" });
  });
});

describe("A use that is on no drive of the host holds up nothing:", () => {
  const typed = (type: string, name: string): string => adapter(name, "").replace("HostPcieHba", type);
  test.each([
    [
      "a disk on a SAN whose adapter has no PCI address",
      "eui.00173800c7c8006b",
      typed("HostFibreChannelHba", "vmhba64"),
    ],
    ["software iSCSI", "eui.00173800c7c8006b", typed("HostInternetScsiHba", "vmhba64")],
    ["NVMe over TCP", "eui.00173800c7c8006b", typed("HostTcpHba", "vmhba64")],
    ["NVMe over RDMA", "eui.00173800c7c8006b", typed("HostRdmaHba", "vmhba64")],
    ["a USB stick", "mpx.vmhba32:C0:T0:L0", typed("HostBlockHba", "vmhba64")],
    ["a SATA disk whose adapter has no PCI address", "t10.ATA_____SSD", typed("HostBlockHba", "vmhba64")],
    [
      "an NVMe drive behind an Intel VMD that is all the host shows of it",
      "t10.NVMe.vmd",
      adapter("vmhba64", "10000:01:00.0"),
    ],
    ["a disk that is gone from a SAN", "naa.600601601234", ""],
  ])("%s", async (_what, name, hba) => {
    answerStorage(vcenter, {
      "config.storageDevice.hostBusAdapter": list("HostHostBusAdapter", adapter("vmhba1", "0000:5e:00.0"), hba),
      "config.storageDevice.scsiLun": list("ScsiLun", lun("l1", "t10.NVMe.db"), ...(hba ? [lun("l9", name)] : [])),
      "config.storageDevice.multipathInfo.lun": list(
        "HostMultipathInfoLogicalUnit",
        unit("l1", "vmhba1"),
        unit("l9", "vmhba64"),
      ),
      "config.fileSystemVolume.mountInfo": list(
        "HostFileSystemMountInfo",
        volume("HostVmfsVolume", "db", "t10.NVMe.db", 1),
        volume("HostVmfsVolume", "far", name, 1),
      ),
    });
    expect(
      (await hostDevicesInUse(vcenter.client(), host)).filter(({ address }) => address.startsWith("0000")),
    ).toMatchObject([{ address: "0000:5e:00.0", lun: "t10.NVMe.db" }]);
  });

  test("a disk that says of itself that it isn't local", async () => {
    const far = (local: boolean): void =>
      answerStorage(vcenter, {
        "config.storageDevice.scsiLun": list(
          "ScsiLun",
          lun("l9", "eui.00173800c7c8006b", `<localDisk>${local}</localDisk>`),
        ),
        "config.fileSystemVolume.mountInfo": list(
          "HostFileSystemMountInfo",
          volume("HostVmfsVolume", "far", "eui.00173800c7c8006b", 1),
        ),
      });
    far(false);
    expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([]);
    far(true);
    await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ name: "IncompleteAnswerError" });
  });
});
