import { readVirtualMachines } from "../../../lib/vim/virtual-machine/virtual-machine";
import { answer, device, devices, fixed, host, missing, object, uuid, value, vm, vmValues } from "../described-objects";
import { ScriptedFault, ScriptedVcenter } from "../scripted-vcenter";

let vcenter: ScriptedVcenter;
beforeEach(async () => {
  vcenter = await ScriptedVcenter.start();
});
afterEach(() => vcenter.stop());

test("a VM is read in one request, with what it says in plain values", async () => {
  answer(vcenter, object("VirtualMachine", "vm-42", vmValues));
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
  answer(vcenter, object("VirtualMachine", "vm-42", vmValues));
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
    vcenter,
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
    answer(vcenter, object("VirtualMachine", "vm-42", { ...vmValues, [path]: undefined }));
    await expect(readVirtualMachines(vcenter.client(), [vm])).rejects.toMatchObject({
      name: "IncompleteAnswerError",
      property: path,
      object: vm,
    });
  },
);

test("an orphaned VM's incomplete answer says that it is orphaned", async () => {
  answer(
    vcenter,
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
    vcenter,
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
  answer(
    vcenter,
    object("VirtualMachine", "vm-42", { ...vmValues, "config.hardware.numCPU": value("xsd:string", "four") }),
  );
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
  answer(vcenter, object("VirtualMachine", "vm-42", vmValues));
  await readVirtualMachines(vcenter.client(), [vm]);
  expect(vcenter.requests.at(-1)!.body).not.toMatch(/motherboardLayout|fixedPassthruHotPlugEnabled/);
  expect(vcenter.requests.at(-1)!.body).toContain("config.firmware");
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
