import { queryPassthroughTargets } from "../../lib/vim/virtual-machine/environment-browser";
import { findHosts, findVirtualMachines } from "../../lib/vim/find";
import { readHosts } from "../../lib/vim/host/host";
import { readVirtualMachines } from "../../lib/vim/virtual-machine/virtual-machine";
import { readVirtualMachineAndHost } from "../../lib/vim/virtual-machine/with-host";
import { ScriptedFault, ScriptedVcenter } from "./scripted-vcenter";

const vm = { type: "VirtualMachine", value: "vm-42" };
const host = { type: "HostSystem", value: "host-12" };
const uuid = "421a3a2f-0b3c-4e5d-8f6a-000000000001";

type Values = Record<string, string | undefined>;
const value = (type: string, text: string | number | boolean): string => `<val xsi:type="${type}">${text}</val>`;
const reference = (type: string, id: string): string =>
  `<val type="${type}" xsi:type="ManagedObjectReference">${id}</val>`;

const device = (key: number, backing: string): string =>
  `<VirtualDevice xsi:type="VirtualPCIPassthrough"><key>${key}</key><deviceInfo><label>PCI device ` +
  `${key}</label><summary/></deviceInfo>${backing}<controllerKey>100</controllerKey></VirtualDevice>`;
const fixed = (id: string, deviceId: string, vendorId = -32634): string =>
  '<backing xsi:type="VirtualPCIPassthroughDeviceBackingInfo"><deviceName> NVMe &amp; &lt;co&gt; ' +
  `</deviceName><id>${id}</id><deviceId>${deviceId}</deviceId><systemId>sys</systemId>` +
  `<vendorId>${vendorId}</vendorId></backing>`;
const disk =
  '<VirtualDevice xsi:type="VirtualDisk"><key>2000</key><backing ' +
  'xsi:type="VirtualDiskFlatVer2BackingInfo"><fileName>x</fileName></backing>' +
  "<capacityInKB>1</capacityInKB></VirtualDevice>";
const devices = (...all: string[]): string => `<val xsi:type="ArrayOfVirtualDevice">${all.join("")}</val>`;

const vmValues: Values = {
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
const pci = (id: string, deviceId: number): string =>
  `<id>${id}</id><classId>264</classId><bus>59</bus><slot>0</slot><function>0</function>` +
  "<vendorId>-32634</vendorId><subVendorId>-1</subVendorId><vendorName>Intel</vendorName>" +
  `<deviceId>${deviceId}</deviceId><subDeviceId>1</subDeviceId><deviceName>NVMe</deviceName>`;
const hostValues: Values = {
  name: value("xsd:string", "esx01.example.org"),
  vm:
    '<val xsi:type="ArrayOfManagedObjectReference"><ManagedObjectReference type="VirtualMachine" ' +
    'xsi:type="ManagedObjectReference">vm-42</ManagedObjectReference></val>',
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
const missing = (path: string, type: string, detail = ""): string =>
  `<missingSet><path>${path}</path><fault><fault ` +
  `xsi:type="${type}">${detail}</fault><localizedMessage/></fault></missingSet>`;
const object = (type: string, id: string, values: Values, more = ""): string => {
  const properties = Object.entries(values).flatMap(([name, val]) =>
    val ? [`<propSet><name>${name}</name>${val}</propSet>`] : [],
  );
  return `<objects><obj type="${type}">${id}</obj>${properties.join("")}${more}</objects>`;
};

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());
const answer = (...objects: string[]): void =>
  void (vcenter.scripts.RetrievePropertiesEx = () => `<returnval>${objects.join("")}</returnval>`);
const last = (): string => vcenter.requests.at(-1)!.body;

test("a VM is read in one request, with what it says in plain values", async () => {
  answer(object("VirtualMachine", "vm-42", vmValues));
  const [read] = await readVirtualMachines(vcenter.client(), [vm]);
  expect(read).toMatchObject({
    reference: vm,
    name: " db & more\u{1F600}",
    biosUuid: uuid,
    template: false,
    powerState: "poweredOn",
    connectionState: "connected",
    changeVersion: "2026-11-23T04:00:00.123456Z",
    hardwareVersion: 20,
    firmware: "efi",
    numCpus: 4,
    memoryMB: 16384,
    hasSnapshot: false,
    fixedPassthruHotPlugEnabled: true,
    host,
    environmentBrowser: { type: "EnvironmentBrowser", value: "env-1" },
    passthroughDevices: [
      {
        key: 13000,
        label: "PCI device 13000",
        address: "0000:3b:00.0",
        vendorId: 0x8086,
        deviceId: 0xa824,
        systemId: "sys",
        deviceName: " NVMe & <co> ",
      },
      { key: 13001, address: "0000:5e:00.0", vendorId: 0x144d, deviceId: 0xa824 },
    ],
    dynamicPassthroughDevices: [],
  });
  expect(vcenter.methods).toEqual(["RetrieveServiceContent", "Login", "RetrievePropertiesEx"]);
});

test("what the server doesn't tell is unknown, not false", async () => {
  answer(object("VirtualMachine", "vm-42", vmValues));
  const [read] = await readVirtualMachines(vcenter.client(), [vm]);
  expect([read?.vvtdEnabled, read?.motherboardLayout, read?.cpuHotAddEnabled]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test("dynamic devices are told apart from fixed ones, and vGPUs are neither", async () => {
  const dynamic = '<backing xsi:type="VirtualPCIPassthroughDynamicBackingInfo"><deviceName>x</deviceName></backing>';
  const vgpu = '<backing xsi:type="VirtualPCIPassthroughVmiopBackingInfo"><vgpu>x</vgpu></backing>';
  answer(
    object("VirtualMachine", "vm-42", {
      ...vmValues,
      "config.hardware.device": devices(device(1, dynamic), device(2, vgpu), device(3, fixed("0000:01:00.0", "0953"))),
    }),
  );
  const [read] = await readVirtualMachines(vcenter.client(), [vm]);
  expect(read?.passthroughDevices.map(({ key }) => key)).toEqual([3]);
  expect(read?.dynamicPassthroughDevices).toEqual([{ key: 1, label: "PCI device 1" }]);
});

test.each(["name", "config.uuid", "config.hardware.device", "runtime.connectionState", "environmentBrowser"])(
  "a VM without its %s is an incomplete answer, not an empty VM",
  async (path) => {
    answer(object("VirtualMachine", "vm-42", { ...vmValues, [path]: undefined }));
    await expect(readVirtualMachines(vcenter.client(), [vm])).rejects.toMatchObject({
      name: "IncompleteAnswerError",
      property: path,
      object: vm,
    });
  },
);

test("an orphaned VM's incomplete answer says that it is orphaned", async () => {
  answer(
    object("VirtualMachine", "vm-42", {
      name: vmValues.name,
      "runtime.connectionState": value("VirtualMachineConnectionState", "orphaned"),
    }),
  );
  await expect(readVirtualMachines(vcenter.client(), [vm])).rejects.toThrow(/vm-42; it is orphaned/);
});

test("a property hidden for want of a privilege is an error that names both", async () => {
  const denied = '<object type="VirtualMachine">vm-42</object><privilegeId>System.Read</privilegeId>';
  answer(
    object(
      "VirtualMachine",
      "vm-42",
      { ...vmValues, "config.hardware.device": undefined },
      missing("config.hardware.device", "NoPermission", denied),
    ),
  );
  const error: unknown = await readVirtualMachines(vcenter.client(), [vm]).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    name: "VimFault",
    type: "NoPermission",
    privilegeId: "System.Read",
    object: vm,
    message: expect.stringMatching(/config.hardware.device.*System.Read on VirtualMachine vm-42/) as string,
  });
});

test("a value of another type than the schema's is a bad answer", async () => {
  answer(object("VirtualMachine", "vm-42", { ...vmValues, "config.hardware.numCPU": value("xsd:string", "four") }));
  await expect(readVirtualMachines(vcenter.client(), [vm])).rejects.toMatchObject({ kind: "bad_answer" });
});

test("a property that the server doesn't have is left out from then on, and unknown", async () => {
  vcenter.scripts.RetrievePropertiesEx = ({ body }) => {
    if (body.includes("config.flags.vvtdEnabled"))
      throw new ScriptedFault("InvalidProperty", "<name>config.flags.vvtdEnabled</name>");
    return `<returnval>${object("VirtualMachine", "vm-42", vmValues)}</returnval>`;
  };
  const client = vcenter.client();
  expect((await readVirtualMachines(client, [vm]))[0]?.vvtdEnabled).toBeUndefined();
  await readVirtualMachines(client, [vm]);
  expect(vcenter.methods.filter((method) => method === "RetrievePropertiesEx")).toHaveLength(3);
});

test("an older server isn't asked for properties that came later", async () => {
  const content = vcenter.scripts.RetrieveServiceContent!;
  vcenter.scripts.RetrieveServiceContent = (request, response) =>
    (content(request, response) as string).replace("8.0.1.0", "7.0.3.0");
  answer(object("VirtualMachine", "vm-42", vmValues));
  await readVirtualMachines(vcenter.client(), [vm]);
  expect(last()).not.toMatch(/motherboardLayout|fixedPassthruHotPlugEnabled/);
  expect(last()).toContain("config.firmware");
});

test("a VM that is gone is an error, or missing where that is allowed", async () => {
  vcenter.scripts.RetrievePropertiesEx = ({ body }) => {
    if (!body.includes("reportMissingObjectsInResults"))
      throw new ScriptedFault("ManagedObjectNotFound", '<obj type="VirtualMachine">vm-42</obj>');
    return `<returnval>${object("VirtualMachine", "vm-43", vmValues)}</returnval>`;
  };
  const client = vcenter.client();
  await expect(readVirtualMachines(client, [vm])).rejects.toMatchObject({ type: "ManagedObjectNotFound", object: vm });
  const found = await readVirtualMachines(client, [vm, { type: "VirtualMachine", value: "vm-43" }], {
    allowGone: true,
  });
  expect(found.map(({ reference: { value: id } }) => id)).toEqual(["vm-43"]);
});

test("an answer in pages is read to its end", async () => {
  vcenter.scripts.RetrievePropertiesEx = () =>
    `<returnval><token>t-1</token>${object("VirtualMachine", "vm-42", vmValues)}</returnval>`;
  vcenter.scripts.ContinueRetrievePropertiesEx = ({ body }) => {
    expect(body).toContain("<vim25:token>t-1</vim25:token>");
    return `<returnval>${object("VirtualMachine", "vm-43", vmValues)}</returnval>`;
  };
  const found = await readVirtualMachines(vcenter.client(), [{ type: "VirtualMachine", value: "vm-43" }, vm]);
  expect(found.map(({ reference: { value: id } }) => id)).toEqual(["vm-43", "vm-42"]);
});

test(
  "a host's devices come in the order of their addresses, with unsigned ids and their passthrough " + "state",
  async () => {
    answer(object("HostSystem", "host-12", hostValues));
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
  answer(object("HostSystem", "host-12", { ...hostValues, "hardware.pciDevice": undefined }));
  await expect(readHosts(vcenter.client(), [host])).rejects.toMatchObject({ name: "IncompleteAnswerError" });
  answer(
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

test(
  "a VM, its host and its neighbours come in one request; a neighbour that can't be seen into is " + "unknown",
  async () => {
    answer(
      object("VirtualMachine", "vm-42", vmValues),
      object("HostSystem", "host-12", hostValues),
      object("VirtualMachine", "vm-43", {
        name: value("xsd:string", "other"),
        "config.hardware.device": devices(device(13000, fixed("0000:5e:00.0", "a824"))),
      }),
      object("VirtualMachine", "vm-44", { name: value("xsd:string", "hidden") }),
    );
    const { virtualMachine, host: found, otherVirtualMachines } = await readVirtualMachineAndHost(vcenter.client(), vm);
    expect([virtualMachine.reference, found?.reference]).toEqual([vm, host]);
    expect(
      otherVirtualMachines.map(({ name, passthroughDevices }) => [
        name,
        passthroughDevices?.map(({ address }) => address),
      ]),
    ).toEqual([
      ["other", ["0000:5e:00.0"]],
      ["hidden", undefined],
    ]);
    expect(vcenter.methods.slice(2)).toEqual(["RetrievePropertiesEx"]);
  },
);

test("a UUID finds every VM that has it, as BIOS or instance UUID, once", async () => {
  vcenter.scripts.FindAllByUuid = ({ body }) =>
    body.includes("<vim25:instanceUuid>true")
      ? '<returnval type="VirtualMachine">vm-42</returnval><returnval type="VirtualMachine">vm-44</returnval>'
      : '<returnval type="VirtualMachine">vm-42</returnval><returnval type="VirtualMachine">vm-43</returnval>';
  expect((await findVirtualMachines(vcenter.client(), uuid)).map(({ value: id }) => id).sort()).toEqual([
    "vm-42",
    "vm-43",
    "vm-44",
  ]);
});

test("a managed object id finds the VM that has it, or none", async () => {
  const client = vcenter.client();
  answer(object("VirtualMachine", "vm-42", { name: vmValues.name }));
  expect(await findVirtualMachines(client, "vm-42")).toEqual([vm]);
  vcenter.scripts.RetrievePropertiesEx = () => {
    throw new ScriptedFault("ManagedObjectNotFound", '<obj type="VirtualMachine">vm-42</obj>');
  };
  expect(await findVirtualMachines(client, "vm-42")).toEqual([]);
});

test("an inventory path finds a VM, and nothing that is no VM", async () => {
  const client = vcenter.client();
  vcenter.scripts.FindByInventoryPath = () => '<returnval type="VirtualMachine">vm-42</returnval>';
  expect(await findVirtualMachines(client, "/dc/vm/db")).toEqual([vm]);
  vcenter.scripts.FindByInventoryPath = () => '<returnval type="Folder">group-v3</returnval>';
  expect(await findVirtualMachines(client, "/dc/vm")).toEqual([]);
  expect(await findVirtualMachines(client, "just a name")).toEqual([]);
});

test("a host is found by the name that it has in vCenter, letter case aside", async () => {
  answer(
    object("HostSystem", "host-12", { name: hostValues.name }),
    object("HostSystem", "host-13", { name: value("xsd:string", "esx02.example.org") }),
  );
  const client = vcenter.client();
  expect(await findHosts(client, "ESX01.example.org")).toEqual([host]);
  expect(await findHosts(client, "esx03.example.org")).toEqual([]);
});

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
  expect(last()).toContain('<vim25:host type="HostSystem">host-12</vim25:host>');
});
