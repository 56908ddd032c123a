import type { ScriptedVcenter } from "./scripted-vcenter";

// A VM and a host as the property collector answers them, in XML.

export const vm = { type: "VirtualMachine", value: "vm-42" };
export const host = { type: "HostSystem", value: "host-12" };
export const uuid = "421a3a2f-0b3c-4e5d-8f6a-000000000001";

type Values = Record<string, string | undefined>;
export const value = (type: string, text: string | number | boolean): string => `<val xsi:type="${type}">${text}</val>`;
const reference = (type: string, id: string): string =>
  `<val type="${type}" xsi:type="ManagedObjectReference">${id}</val>`;

export const device = (key: number, backing: string): string =>
  `<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>${key}</key><deviceInfo><label>PCI device ` +
  `${key}</label><summary/></deviceInfo>${backing}<controllerKey>100</controllerKey></VirtualDevice>`;
export const fixed = (id: string, deviceId: string, vendorId = -32634): string =>
  '<backing xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><deviceName> NVMe &amp; &lt;co&gt; ' +
  `</deviceName><id>${id}</id><deviceId>${deviceId}</deviceId><systemId>sys</systemId>` +
  `<vendorId>${vendorId}</vendorId></backing>`;
const disk =
  '<VirtualDevice xsi:type="VirtualDisk"><key>2000</key><backing ' +
  'xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>x</fileName></backing>' +
  "<capacityInKB>1</capacityInKB></VirtualDevice>";
export const devices = (...all: string[]): string => `<val xsi:type="ArrayOfVirtualDevice">${all.join("")}</val>`;

export const vmValues: Values = {
  name: value("xsd:string", " db &amp; more\u{1F600}"),
  environmentBrowser: reference("EnvironmentBrowser", "env-1"),
  "config.uuid": value("xsd:string", uuid),
  "config.instanceUuid": value("xsd:string", "502a3a2f-0b3c-4e5d-8f6a-000000000001"),
  "config.template": value("xsd:boolean", false),
  "config.changeVersion": value("xsd:string", "2026-11-23T04:00:00.123456Z"),
  "config.version": value("xsd:string", "vmx-20"),
  "config.guestId": value("xsd:string", "rhel9_64Guest"),
  "config.firmware": value("xsd:string", "efi"),
  "config.hardware.numCPU": value("xsd:int", 4),
  "config.hardware.memoryMB": value("xsd:int", 16384),
  "config.hardware.device": devices(
    disk,
    device(13000, fixed("0000:3B:00.0", "a824")),
    device(13001, fixed("0000:5e:00.0", "-57dc", 5197)),
  ),
  "config.fixedPassthruHotPlugEnabled": value("xsd:boolean", true),
  "runtime.powerState": value("VirtualMachinePowerState", "poweredOn"),
  "runtime.connectionState": value("VirtualMachineConnectionState", "connected"),
  "runtime.host": reference("HostSystem", "host-12"),
};
export const pci = (id: string, deviceId: number): string =>
  `<id>${id}</id><classId>264</classId><bus>59</bus><slot>0</slot><function>0</function>` +
  "<vendorId>-32634</vendorId><subVendorId>-1</subVendorId><vendorName>Intel</vendorName>" +
  `<deviceId>${deviceId}</deviceId><subDeviceId>1</subDeviceId><deviceName>NVMe</deviceName>`;
export const virtualMachines = (...ids: string[]): string =>
  `<val xsi:type="ArrayOfManagedObjectReference">${ids
    .map((id) => `<ManagedObjectReference type="VirtualMachine">${id}</ManagedObjectReference>`)
    .join("")}</val>`;
export const hostValues: Values = {
  name: value("xsd:string", "esx01.example.org"),
  vm: virtualMachines("vm-42"),
  "hardware.pciDevice":
    '<val xsi:type="ArrayOfHostPciDevice"><HostPciDevice ' +
    `xsi:type="HostPciDevice">${pci("0000:5e:00.0", -22492)}</HostPciDevice><HostPciDevice ` +
    `xsi:type="HostPciDevice">${pci("0000:3b:00.0", -22492)}</HostPciDevice></val>`,
  "config.pciPassthruInfo":
    '<val xsi:type="ArrayOfHostPciPassthruInfo"><HostPciPassthruInfo ' +
    'xsi:type="HostSriovInfo"><id>0000:3b:00.0</id><dependentDevice>0000:3b:00.0</dependentDevice>' +
    "<passthruEnabled>true</passthruEnabled><passthruCapable>1</passthruCapable>" +
    "<passthruActive>0</passthruActive><sriovEnabled>false</sriovEnabled></HostPciPassthruInfo></val>",
  "runtime.connectionState": value("HostSystemConnectionState", "connected"),
  "runtime.powerState": value("HostSystemPowerState", "poweredOn"),
  "runtime.inMaintenanceMode": value("xsd:boolean", false),
  "capability.fptHotplugSupported": value("xsd:boolean", true),
};
export const missing = (path: string, type: string, detail = ""): string =>
  `<missingSet><path>${path}</path><fault><fault ` +
  `xsi:type="${type}">${detail}</fault><localizedMessage/></fault></missingSet>`;
export const object = (type: string, id: string, values: Values, more = ""): string => {
  const properties = Object.entries(values).flatMap(([name, val]) =>
    val ? [`<propSet><name>${name}</name>${val}</propSet>`] : [],
  );
  return `<objects><obj type="${type}">${id}</obj>${properties.join("")}${more}</objects>`;
};

/** Lets vcenter answer reads of properties with these objects. */
export function answer(vcenter: ScriptedVcenter, ...objects: string[]): void {
  vcenter.scripts.RetrievePropertiesEx = () => `<returnval>${objects.join("")}</returnval>`;
}
