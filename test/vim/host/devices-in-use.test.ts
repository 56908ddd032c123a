import { hostDevicesInUse } from "../../../lib/vim/host/devices-in-use";
import { addressesOf } from "../../../lib/vim/host/storage-paths";
import { ScriptedFault, ScriptedVcenter } from "../scripted-vcenter";

const host = { type: "HostSystem", value: "host-12" };
const list = (type: string, ...items: string[]): string => `<val xsi:type="ArrayOf${type}">${items.join("")}</val>`;
const adapter = (name: string, pci: string): string =>
  "<HostHostBusAdapter " +
  `xsi:type="HostPcieHba"><key>key-${name}</key><device>${name}</device><bus>1</bus>` +
  "<status>online</status><model>NVMe</model>" +
  `<driver>nvme_pcie</driver>${pci && `<pci>${pci}</pci>`}</HostHostBusAdapter>`;
const lun = (key: string, name: string, more = ""): string =>
  "<ScsiLun " +
  `xsi:type="HostScsiDisk"><deviceName>/vmfs/devices/disks/${name}</deviceName>` +
  `<deviceType>disk</deviceType><key>${key}</key><uuid>u-${key}</uuid>` +
  `<canonicalName>${name}</canonicalName><lunType>disk</lunType>${more}</ScsiLun>`;
const unit = (lunKey: string, hba: string): string =>
  `<HostMultipathInfoLogicalUnit><key>k</key><id>i</id><lun>${lunKey}</lun><path><key>p</key>` +
  `<name>n</name><pathState>active</pathState><adapter>key-${hba}</adapter><lun>k</lun></path>` +
  "</HostMultipathInfoLogicalUnit>";
const volume = (type: string, name: string, disk: string, partition: number): string =>
  "<HostFileSystemMountInfo><mountInfo><accessMode>readWrite</accessMode></mountInfo><volume " +
  `xsi:type="${type}"><type>VMFS</type><name>${name}</name><capacity>1</capacity><extent>` +
  `<diskName>${disk}</diskName><partition>${partition}</partition></extent></volume>` +
  "</HostFileSystemMountInfo>";
const nfs =
  "<HostFileSystemMountInfo><mountInfo><accessMode>readWrite</accessMode></mountInfo><volume " +
  'xsi:type="HostNasVolume"><type>NFS</type><name>share</name><capacity>1</capacity>' +
  "<remoteHost>h</remoteHost></volume></HostFileSystemMountInfo>";

const pciDevice = (id: string): string =>
  `<HostPciDevice><id>${id}</id><classId>264</classId><bus>0</bus><slot>0</slot>` +
  "<function>0</function><vendorId>0</vendorId><subVendorId>0</subVendorId>" +
  "<vendorName>v</vendorName><deviceId>0</deviceId><subDeviceId>0</subDeviceId>" +
  "<deviceName>d</deviceName></HostPciDevice>";

const properties: Record<string, string> = {
  "runtime.connectionState": '<val xsi:type="HostSystemConnectionState">connected</val>',
  "hardware.pciDevice": list("HostPciDevice", ...["0000:3b:00.0", "0000:5e:00.0", "0000:60:00.0"].map(pciDevice)),
  "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo"),
  "config.storageDevice.hostBusAdapter": list(
    "HostHostBusAdapter",
    adapter("vmhba0", "0000:3b:00.0"),
    adapter("vmhba1", "0000:5E:00.0"),
    adapter("vmhba2", "0000:60:00.0"),
    adapter("vmhba64", ""),
  ),
  "config.storageDevice.scsiLun": list(
    "ScsiLun",
    lun("l0", "t10.NVMe.boot"),
    lun("l1", "t10.NVMe.db"),
    lun("l2", "t10.NVMe.free"),
  ),
  "config.storageDevice.multipathInfo.lun": list(
    "HostMultipathInfoLogicalUnit",
    unit("l0", "vmhba0"),
    unit("l1", "vmhba1"),
    unit("l2", "vmhba2"),
  ),
};
let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.RetrieveManagedMethodExecuter = () => '<returnval type="ManagedMethodExecuter">mme-12</returnval>';
  vcenter.scripts.ExecuteSoap = () => "<returnval><response>&lt;obj/&gt;</response></returnval>";
});
afterEach(() => vcenter.stop());
const host12 = (more: Record<string, string> = {}): void => {
  const all = Object.entries({ ...properties, ...more }).flatMap(([name, val]) =>
    val ? [`<propSet><name>${name}</name>${val}</propSet>`] : [],
  );
  vcenter.scripts.RetrievePropertiesEx = () =>
    `<returnval><objects><obj type="HostSystem">host-12</obj>${all.join("")}</objects></returnval>`;
};

test("a device behind a datastore is named with its adapter, its disk and the datastore", async () => {
  host12({
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
  host12({ "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", spanned) });
  expect((await hostDevicesInUse(vcenter.client(), host)).map(({ address }) => address)).toEqual([
    "0000:5e:00.0",
    "0000:60:00.0",
  ]);
});

test("the disk that the host booted from is told by esxcli, and by the system's volumes on it", async () => {
  host12({
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
    host12();
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
  host12({
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
  host12({
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
  host12({
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
  host12({
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
  host12({ "config.storageDevice.hostBusAdapter": "" });
  await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ name: "IncompleteAnswerError" });
});

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
    host12({ "config.fileSystemVolume.mountInfo": datastore, ...more });
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
    host12({
      ...withoutAdapters,
      "config.pciPassthruInfo": passedThrough("0000:3B:00.0", "0000:5e:00.0", "0000:60:00.0"),
    });
    expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([]);
    host12({ ...withoutAdapters, "config.pciPassthruInfo": passedThrough("0000:3b:00.0", "0000:5e:00.0") });
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
    host12({
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
      host12({
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

test.each([
  ["0000:5E:00.0", ["0000:5e:00.0"]],
  ["00000000:5e:00.0", ["0000:5e:00.0"]],
  ["5e:00.0", ["0000:5e:00.0", "0001:5e:00.0"]],
  ["0001:5e:00.0", ["0001:5e:00.0"]],
  ["0002:5e:00.0", []],
  ["3f:00.0", ["3f:00.0"]],
  ["0000:3f:00.0", ["3f:00.0"]],
  ["10000:01:00.0", ["10000:01:00.0"]],
  ["", []],
  [undefined, []],
])("an adapter's PCI address %j means %j", (pci, expected) => {
  expect(
    addressesOf(
      pci,
      ["0000:5E:00.0", "0001:5e:00.0", "3f:00.0", ""].map((id) => ({ id })),
    ),
  ).toEqual(expected);
});
