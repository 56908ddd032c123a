import { hostDevicesInUse } from "../../lib/vim/host-devices-in-use";
import { ScriptedFault, ScriptedVcenter } from "./scripted-vcenter";

const host = { type: "HostSystem", value: "host-12" };
const list = (type: string, ...items: string[]): string => `<val xsi:type="ArrayOf${type}">${items.join("")}</val>`;
const adapter = (name: string, pci: string): string =>
  `<HostHostBusAdapter xsi:type="HostPcieHba"><key>key-${name}</key><device>${name}</device><bus>1</bus><status>online</status><model>NVMe</model><driver>nvme_pcie</driver>${pci && `<pci>${pci}</pci>`}</HostHostBusAdapter>`;
const lun = (key: string, name: string, more = ""): string =>
  `<ScsiLun xsi:type="HostScsiDisk"><deviceName>/vmfs/devices/disks/${name}</deviceName><deviceType>disk</deviceType><key>${key}</key><uuid>u-${key}</uuid><canonicalName>${name}</canonicalName><lunType>disk</lunType>${more}</ScsiLun>`;
const unit = (lunKey: string, hba: string): string =>
  `<HostMultipathInfoLogicalUnit><key>k</key><id>i</id><lun>${lunKey}</lun><path><key>p</key><name>n</name><pathState>active</pathState><adapter>key-${hba}</adapter><lun>k</lun></path></HostMultipathInfoLogicalUnit>`;
const volume = (type: string, name: string, disk: string, partition: number): string =>
  `<HostFileSystemMountInfo><mountInfo><accessMode>readWrite</accessMode></mountInfo><volume xsi:type="${type}"><type>VMFS</type><name>${name}</name><capacity>1</capacity><extent><diskName>${disk}</diskName><partition>${partition}</partition></extent></volume></HostFileSystemMountInfo>`;
const nfs = '<HostFileSystemMountInfo><mountInfo><accessMode>readWrite</accessMode></mountInfo><volume xsi:type="HostNasVolume"><type>NFS</type><name>share</name><capacity>1</capacity><remoteHost>h</remoteHost></volume></HostFileSystemMountInfo>';

const properties: Record<string, string> = {
  "runtime.connectionState": '<val xsi:type="HostSystemConnectionState">connected</val>',
  "config.storageDevice.hostBusAdapter": list("HostHostBusAdapter", adapter("vmhba0", "0000:3b:00.0"), adapter("vmhba1", "0000:5E:00.0"), adapter("vmhba2", "0000:60:00.0"), adapter("vmhba64", "")),
  "config.storageDevice.scsiLun": list("ScsiLun", lun("l0", "t10.NVMe.boot"), lun("l1", "t10.NVMe.db"), lun("l2", "t10.NVMe.free")),
  "config.storageDevice.multipathInfo.lun": list("HostMultipathInfoLogicalUnit", unit("l0", "vmhba0"), unit("l1", "vmhba1"), unit("l2", "vmhba2")),
};
let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
  vcenter.scripts.RetrieveManagedMethodExecuter = () => '<returnval type="ManagedMethodExecuter">mme-12</returnval>';
  vcenter.scripts.ExecuteSoap = () => "<returnval><response>&lt;obj/&gt;</response></returnval>";
});
afterEach(() => vcenter.stop());
const host12 = (more: Record<string, string> = {}): void => {
  const all = Object.entries({ ...properties, ...more }).flatMap(([name, val]) => (val ? [`<propSet><name>${name}</name>${val}</propSet>`] : []));
  vcenter.scripts.RetrievePropertiesEx = () => `<returnval><objects><obj type="HostSystem">host-12</obj>${all.join("")}</objects></returnval>`;
};

test("a device behind a datastore is named with its adapter, its disk and the datastore", async () => {
  host12({ "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", volume("HostVmfsVolume", "db &quot;1&quot;", "t10.NVMe.db", 1), nfs) });
  expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([
    { address: "0000:5e:00.0", adapter: "vmhba1", lun: "t10.NVMe.db", use: "datastore", detail: 'datastore "db \\"1\\"", partition 1' },
  ]);
});

test("a datastore that spans two disks is in the way of both", async () => {
  const spanned = volume("HostVmfsVolume", "big", "t10.NVMe.db", 1).replace("</volume>", "<extent><diskName>t10.NVMe.free</diskName><partition>1</partition></extent></volume>");
  host12({ "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", spanned) });
  expect((await hostDevicesInUse(vcenter.client(), host)).map(({ address }) => address)).toEqual(["0000:5e:00.0", "0000:60:00.0"]);
});

test("the disk that the host booted from is told by esxcli, and by the system's volumes on it", async () => {
  host12({ "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", volume("HostVmfsVolume", "OSDATA-652f", "t10.NVMe.boot", 7)) });
  vcenter.scripts.ExecuteSoap = () =>
    "<returnval><response>&lt;obj>&lt;DataObject>&lt;Device>t10.NVMe.boot&lt;/Device>&lt;IsBootDevice>true&lt;/IsBootDevice>&lt;/DataObject>&lt;DataObject>&lt;Device>t10.NVMe.free&lt;/Device>&lt;IsBootDevice>false&lt;/IsBootDevice>&lt;/DataObject>&lt;/obj></response></returnval>";
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

test("a host whose boot disk can't be asked for want of a privilege is an error; one that doesn't know the question is not", async () => {
  host12();
  const refuse = (type: string): void =>
    void (vcenter.scripts.RetrieveManagedMethodExecuter = () => {
      throw new ScriptedFault(type);
    });
  refuse("NoPermission");
  await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ type: "NoPermission" });
  refuse("MethodNotFound");
  expect(await hostDevicesInUse(vcenter.client(), host)).toEqual([]);
});

test("disks of vSAN are told by its disk groups and by themselves", async () => {
  const disk = (tag: string, key: string, name: string): string => lun(key, name).replace('<ScsiLun xsi:type="HostScsiDisk">', `<${tag}>`).replace("</ScsiLun>", `</${tag}>`);
  host12({ "config.vsanHostConfig.storageInfo.diskMapping": list("VsanHostDiskMapping", `<VsanHostDiskMapping>${disk("ssd", "l0", "t10.NVMe.boot")}${disk("nonSsd", "l1", "t10.NVMe.db")}</VsanHostDiskMapping>`) });
  expect((await hostDevicesInUse(vcenter.client(), host)).map(({ address, use }) => [address, use])).toEqual([["0000:3b:00.0", "vsan"], ["0000:5e:00.0", "vsan"]]);
  host12({ "config.storageDevice.scsiLun": list("ScsiLun", lun("l2", "t10.NVMe.free", "<vsanDiskInfo><vsanUuid>52-1</vsanUuid><formatVersion>1</formatVersion></vsanDiskInfo>")) });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([{ address: "0000:60:00.0", use: "vsan", detail: "vSAN disk 52-1" }]);
});

test("the coredump partition is told", async () => {
  host12({ "config.activeDiagnosticPartition": '<val xsi:type="HostDiagnosticPartition"><storageType>directAttached</storageType><diagnosticType>singleHost</diagnosticType><slots>1</slots><id><diskName>t10.NVMe.free</diskName><partition>9</partition></id></val>' });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([{ address: "0000:60:00.0", use: "coredump", detail: "the coredump partition 9" }]);
});

test.each([
  ["the SCSI topology", "config.storageDevice.scsiTopology.adapter", list("HostScsiTopologyInterface", "<HostScsiTopologyInterface><key>k</key><adapter>key-vmhba1</adapter><target><key>t</key><target>0</target><lun><key>x</key><lun>0</lun><scsiLun>l1</scsiLun></lun></target></HostScsiTopologyInterface>")],
  ["the NVMe topology", "config.storageDevice.nvmeTopology.adapter", list("HostNvmeTopologyInterface", "<HostNvmeTopologyInterface><key>k</key><adapter>key-vmhba1</adapter><connectedController><key>c</key><attachedNamespace><key>n</key><name>t10.NVMe.db</name><id>1</id></attachedNamespace></connectedController></HostNvmeTopologyInterface>")],
])("where multipathing says nothing, %s leads from the adapter to the disk", async (_what, path, val) => {
  host12({ "config.storageDevice.multipathInfo.lun": "", [path]: val, "config.fileSystemVolume.mountInfo": list("HostFileSystemMountInfo", volume("HostVmfsVolume", "db", "t10.NVMe.db", 1)) });
  expect(await hostDevicesInUse(vcenter.client(), host)).toMatchObject([{ address: "0000:5e:00.0", adapter: "vmhba1" }]);
});

test("a host that doesn't tell its adapters leaves it open, which is an error", async () => {
  host12({ "config.storageDevice.hostBusAdapter": "" });
  await expect(hostDevicesInUse(vcenter.client(), host)).rejects.toMatchObject({ name: "IncompleteAnswerError" });
});
