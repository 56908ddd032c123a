import type { ScriptedVcenter } from "../scripted-vcenter";

// A host's storage as the property collector answers it, in XML: three NVMe drives behind three adapters.

export const host = { type: "HostSystem", value: "host-12" };
export const list = (type: string, ...items: string[]): string =>
  `<val xsi:type="ArrayOf${type}">${items.join("")}</val>`;
export const adapter = (name: string, pci: string): string =>
  "<HostHostBusAdapter " +
  `xsi:type="HostPcieHba"><key>key-${name}</key><device>${name}</device><bus>1</bus>` +
  "<status>online</status><model>NVMe</model>" +
  `<driver>nvme_pcie</driver>${pci && `<pci>${pci}</pci>`}</HostHostBusAdapter>`;
export const lun = (key: string, name: string, more = ""): string =>
  "<ScsiLun " +
  `xsi:type="HostScsiDisk"><deviceName>/vmfs/devices/disks/${name}</deviceName>` +
  `<deviceType>disk</deviceType><key>${key}</key><uuid>u-${key}</uuid>` +
  `<canonicalName>${name}</canonicalName><lunType>disk</lunType>${more}</ScsiLun>`;
export const unit = (lunKey: string, hba: string): string =>
  `<HostMultipathInfoLogicalUnit><key>k</key><id>i</id><lun>${lunKey}</lun><path><key>p</key>` +
  `<name>n</name><pathState>active</pathState><adapter>key-${hba}</adapter><lun>k</lun></path>` +
  "</HostMultipathInfoLogicalUnit>";
export const volume = (type: string, name: string, disk: string, partition: number): string =>
  "<HostFileSystemMountInfo><mountInfo><accessMode>readWrite</accessMode></mountInfo><volume " +
  `xsi:type="${type}"><type>VMFS</type><name>${name}</name><capacity>1</capacity><extent>` +
  `<diskName>${disk}</diskName><partition>${partition}</partition></extent></volume>` +
  "</HostFileSystemMountInfo>";
export const nfs =
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

/** Lets vcenter answer reads of the host with that storage, and `more` of it or other. */
export function answerStorage(vcenter: ScriptedVcenter, more: Record<string, string> = {}): void {
  const all = Object.entries({ ...properties, ...more }).flatMap(([name, val]) =>
    val ? [`<propSet><name>${name}</name>${val}</propSet>`] : [],
  );
  vcenter.scripts.RetrievePropertiesEx = () =>
    `<returnval><objects><obj type="HostSystem">host-12</obj>${all.join("")}</objects></returnval>`;
}
