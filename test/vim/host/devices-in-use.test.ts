import { hostDevicesInUse } from "../../../lib/vim/host/devices-in-use";
import { ScriptedFault, ScriptedVcenter } from "../scripted-vcenter";
import { answerStorage, host, list, lun, nfs, volume } from "./described-storage";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.RetrieveManagedMethodExecuter = () => '<returnval type="ManagedMethodExecuter">mme-12</returnval>';
  vcenter.scripts.ExecuteSoap = () => "<returnval><response>&lt;obj/&gt;</response></returnval>";
});
afterEach(() => vcenter.stop());

test("a device behind a datastore is named with its adapter, its disk and the datastore", async () => {
  answerStorage(vcenter, {
    "config.fileSystemVolume.mountInfo": list(
      "HostFileSystemMountInfo",
      volume("HostVmfsVolume", "db &quot;1&quot;", "t10.NVMe.db", 1),
      nfs,
    ),
  });
  expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([
    {
      address: "0000:5e:00.0",
      adapter: "vmhba1",
      lun: "t10.NVMe.db",
      use: "datastore",
      detail: 'datastore "db \\"1\\"", partition 1',
    },
  ]);
});

test("a datastore that spans two disks is in the way of both", async () => {
  const spanned = volume("HostVmfsVolume", "big", "t10.NVMe.db", 1).replace(
    "</volume>",
    "<extent><diskName>t10.NVMe.free</diskName><partition>1</partition></extent></volume>",
  );
  answerStorage(vcenter, { "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", spanned) });
  expect((await hostDevicesInUse(vcenter.client(), host)).map(({ address }) => address)).toEqual([
    "0000:5e:00.0",
    "0000:60:00.0",
  ]);
});

test("the disk that the host booted from is told by esxcli, and by the system's volumes on it", async () => {
  answerStorage(vcenter, {
    "config.fileSystemVolume.mountInfo": list(
      "HostFileSystemMountInfo",
      volume("HostVmfsVolume", "OSDATA-652f", "t10.NVMe.boot", 7),
    ),
  });
  const row = (disk: string, isBoot: boolean): string =>
    `<DataObject><Device>${disk}</Device><IsBootDevice>${isBoot}</IsBootDevice></DataObject>`;
  const rows = `<obj>${row("t10.NVMe.boot", true)}${row("t10.NVMe.free", false)}</obj>`.replaceAll("<", "&lt;");
  vcenter.scripts.ExecuteSoap = () => `<returnval><response>${rows}</response></returnval>`;
  const client = vcenter.client();
  expect((await hostDevicesInUse(client, host)).map(({ address, use, detail }) => [address, use, detail])).toEqual([
    ["0000:3b:00.0", "boot", 'the system\'s volume "OSDATA-652f", partition 7'],
    ["0000:3b:00.0", "boot", "the disk that the host booted from"],
  ]);
  vcenter.scripts.ExecuteSoap = () => {
    throw new Error("not to be asked");
  };
  expect(await hostDevicesInUse(client, host, { askForBootDisk: false })).toHaveLength(1);
});

test(
  "a host whose boot disk can't be asked for want of a privilege is an error; one that doesn't know the question " +
    "is not",
  async () => {
    answerStorage(vcenter);
    const refuse = (type: string): void =>
      void (vcenter.scripts.RetrieveManagedMethodExecuter = () => {
        throw new ScriptedFault(type);
      });
    refuse("NoPermission");
    await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ type: "NoPermission" });
    refuse("MethodNotFound");
    expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([]);
  },
);

test("disks of vSAN are told by its disk groups and by themselves", async () => {
  const disk = (tag: string, key: string, name: string): string =>
    lun(key, name).replace('<ScsiLun xsi:type="HostScsiDisk">', `<${tag}>`).replace("</ScsiLun>", `</${tag}>`);
  answerStorage(vcenter, {
    "config.vsanHostConfig.storageInfo.diskMapping": list(
      "VsanHostDiskMapping",
      "<VsanHostDiskMapping>" +
        disk("ssd", "l0", "t10.NVMe.boot") +
        disk("nonSsd", "l1", "t10.NVMe.db") +
        "</VsanHostDiskMapping>",
    ),
  });
  expect((await hostDevicesInUse(vcenter.client(), host)).map(({ address, use }) => [address, use])).toEqual([
    ["0000:3b:00.0", "vsan"],
    ["0000:5e:00.0", "vsan"],
  ]);
  answerStorage(vcenter, {
    "config.storageDevice.scsiLun": list(
      "ScsiLun",
      lun(
        "l2",
        "t10.NVMe.free",
        "<vsanDiskInfo><vsanUuid>52-1</vsanUuid><formatVersion>1</formatVersion></vsanDiskInfo>",
      ),
    ),
  });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([
    { address: "0000:60:00.0", use: "vsan", detail: "vSAN disk 52-1" },
  ]);
});

test("the coredump partition is told", async () => {
  answerStorage(vcenter, {
    "config.activeDiagnosticPartition":
      "<val " +
      'xsi:type="HostDiagnosticPartition"><storageType>directAttached</storageType>' +
      "<diagnosticType>singleHost</diagnosticType><slots>1</slots><id>" +
      "<diskName>t10.NVMe.free</diskName><partition>9</partition></id></val>",
  });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([
    { address: "0000:60:00.0", use: "coredump", detail: "the coredump partition 9" },
  ]);
});

test.each([
  [
    "the SCSI topology",
    "config.storageDevice.scsiTopology.adapter",
    list(
      "HostScsiTopologyInterface",
      "<HostScsiTopologyInterface><key>k</key><adapter>key-vmhba1</adapter><target><key>t</key>" +
        "<target>0</target><lun><key>x</key><lun>0</lun><scsiLun>l1</scsiLun></lun></target>" +
        "</HostScsiTopologyInterface>",
    ),
  ],
  [
    "the NVMe topology",
    "config.storageDevice.nvmeTopology.adapter",
    list(
      "HostNvmeTopologyInterface",
      "<HostNvmeTopologyInterface><key>k</key><adapter>key-vmhba1</adapter><connectedController>" +
        "<key>c</key><attachedNamespace><key>n</key><name>t10.NVMe.db</name><id>1</id>" +
        "</attachedNamespace></connectedController></HostNvmeTopologyInterface>",
    ),
  ],
])("where multipathing says nothing, %s leads from the adapter to the disk", async (_what, path, val) => {
  answerStorage(vcenter, {
    "config.storageDevice.multipathInfo.lun": "",
    [path]: val,
    "config.fileSystemVolume.mountInfo": list(
      "HostFileSystemMountInfo",
      volume("HostVmfsVolume", "db", "t10.NVMe.db", 1),
    ),
  });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([
    { address: "0000:5e:00.0", adapter: "vmhba1" },
  ]);
});

test("a host that doesn't tell its adapters leaves it open, which is an error", async () => {
  answerStorage(vcenter, { "config.storageDevice.hostBusAdapter": "" });
  await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ name: "IncompleteAnswerError" });
});
