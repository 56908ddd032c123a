import { all, faultOf, find } from "../support/soap-requests";
import { devices, disk, one } from "./device-specs";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> =>
  (running = await startInProcess(...options));
afterEach(() => running?.vcenter.stop());

const off = { powerState: "poweredOff" } as const;
const POOL = '<pool type="ResourcePool">resgroup-102</pool>';
const folder = '<folder type="Folder">group-v4</folder>';
const request = (
  name: string,
  { location = POOL, config = "", more = "<powerOn>false</powerOn>", template = false } = {},
) =>
  `${folder}<name>${name}</name><spec><location>${location}</location><template>${template}</template>` +
  `${config && `<config>${config}</config>`}${more}</spec>`;

async function clone(soap: InProcess["soap"], parameters: string, of = "vm-42"): Promise<string> {
  return find(await soap.task("CloneVM_Task", `VirtualMachine:${of}`, parameters), "result")!.text;
}

it("a template is cloned: its settings, with ids, files and addresses of its own", async () => {
  const { soap } = await start(withVirtualMachine({ ...off, template: true, numCpus: 6 }));
  const made = await clone(soap, request("copy", { config: "<annotation>a copy</annotation><numCPUs>8</numCPUs>" }));
  const read = async (vm: string, path: string): Promise<string | undefined> => soap.text(`VirtualMachine:${vm}`, path);
  expect(await read(made, "config.template")).toBe("false");
  expect(await read(made, "config.hardware.numCPU")).toBe("8");
  expect(await read(made, "config.annotation")).toBe("a copy");
  expect(await read(made, "config.fixedPassthruHotPlugEnabled")).toBe("true");
  expect(await read(made, "config.files.vmPathName")).toBe("[datastore-esx01] copy/copy.vmx");
  for (const path of ["config.uuid", "config.instanceUuid"])
    expect(await read(made, path)).not.toBe(await read("vm-42", path));
  const [here, there] = [await devices(soap, "vm-42"), await devices(soap, made)];
  expect(there.map(({ key }) => key)).toEqual(here.map(({ key }) => key));
  const text = async (vm: string, label: string, field: string): Promise<string> =>
    find(await one(soap, vm, label), field)!.text;
  expect(await text(made, "Hard disk 1", "fileName")).toBe("[datastore-esx01] copy/copy.vmdk");
  for (const [label, field] of [
    ["Hard disk 1", "uuid"],
    ["Network adapter 1", "macAddress"],
  ] as const)
    expect(await text(made, label, field)).not.toBe(await text("vm-42", label, field));
  expect(await read("vm-42", "config.hardware.numCPU")).toBe("6");
});

it("a clone has its disks where the request wants each, and is changed as it says", async () => {
  const host = {
    datastores: [
      { name: "one", id: "datastore-201" },
      { name: "two", id: "datastore-202" },
    ],
  };
  const { soap } = await start(withVirtualMachine(off, { host }));
  await soap.reconfigure("vm-42", disk(1000, 1, "[one]"));
  const locator =
    '<datastore type="Datastore">datastore-201</datastore>' +
    "<diskMoveType>moveAllDiskBackingsAndDisallowSharing</diskMoveType>" +
    `${POOL}<host type="HostSystem">host-12</host>` +
    '<disk><diskId>2001</diskId><datastore type="Datastore">datastore-202</datastore></disk>';
  const made = await clone(soap, request("copy", { location: locator, config: disk(1000, 2, "[two]") }));
  const files = (await devices(soap, made)).flatMap(({ element }) => find(element, "fileName")?.text ?? []);
  expect(files).toEqual(["[one] copy/copy.vmdk", "[two] copy/copy.vmdk", "[two] copy/copy_1.vmdk"]);
  expect(
    all((await soap.read(`VirtualMachine:${made}`, "datastore"))["datastore"]!, "ManagedObjectReference"),
  ).toHaveLength(2);
});

it("a clone can run at once, and a running machine is cloned", async () => {
  const { soap } = await start();
  const made = await clone(soap, request("copy", { more: "<powerOn>true</powerOn>" }));
  expect(await soap.text(`VirtualMachine:${made}`, "runtime.powerState")).toBe("poweredOn");
  expect(find(await one(soap, made, "Network adapter 1"), "connected")!.text).toBe("true");
});

it("a clone of a machine with passthrough devices has them too, and only one of them runs", async () => {
  const A = "0000:3b:00.0";
  const { soap } = await start(withVirtualMachine({ ...off, devices: [A] }));
  const made = await clone(soap, request("copy"));
  expect(Object.keys(await soap.attached(made))).toEqual([A]);
  await soap.task("PowerOnVM_Task", `VirtualMachine:${made}`);
  expect(await faultOf(soap.task("PowerOnVM_Task", "VirtualMachine:vm-42"))).toBe("ResourceInUse");
  expect(await faultOf(clone(soap, request("another"), made))).toBe("MigrationFault");
});

describe("a clone is refused, and nothing is there of it:", () => {
  it.each<[string, string, string]>([
    ["under a name that is taken", request("cache"), "DuplicateName"],
    [
      "on a datastore that the host hasn't",
      request("copy", { location: '<datastore type="Datastore">datastore-9</datastore>' }),
      "InvalidDatastore",
    ],
    [
      "with linked disks",
      request("copy", { location: "<diskMoveType>createNewChildDiskBacking</diskMoveType>" + POOL }),
      "NotSupported",
    ],
    [
      "with a disk that isn't there",
      request("copy", {
        location: `${POOL}<disk><diskId>2009</diskId><datastore type="Datastore">datastore-9</datastore></disk>`,
      }),
      "InvalidArgument",
    ],
    ["customized", request("copy", { more: "<customization/><powerOn>false</powerOn>" }), "NotSupported"],
    [
      "of a snapshot",
      request("copy", {
        more: '<powerOn>false</powerOn><snapshot type="VirtualMachineSnapshot">snapshot-1</snapshot>',
      }),
      "NotSupported",
    ],
    ["with a device that can't be", request("copy", { config: disk(1003) }), "InvalidController"],
  ])("%s", async (_, parameters, fault) => {
    const { soap } = await start();
    const machines = async (): Promise<string[]> =>
      (await soap.read("Folder:group-v4", "childEntity"))["childEntity"]!.children.map(({ text }) => text);
    const before = await machines();
    expect(await faultOf(clone(soap, parameters))).toBe(fault);
    expect(await machines()).toEqual(before);
    await clone(soap, request("copy"));
    expect(await machines()).toHaveLength(before.length + 1);
  });
});

it("a machine moves its disks to the datastores that it is told, and keeps them where it isn't", async () => {
  const host = {
    datastores: [
      { name: "one", id: "datastore-201" },
      { name: "two", id: "datastore-202" },
    ],
  };
  const { soap } = await start(withVirtualMachine({}, { host }));
  await soap.reconfigure("vm-42", disk(1000, 1, "[one]"));
  const files = async (): Promise<string[]> =>
    (await devices(soap, "vm-42")).flatMap(({ element }) => find(element, "fileName")?.text ?? []);
  const relocate = (spec: string): Promise<unknown> =>
    soap.task("RelocateVM_Task", "VirtualMachine:vm-42", `<spec>${spec}</spec>`);
  const uuid = find(await one(soap, "vm-42", "Hard disk 2"), "uuid")!.text;
  await relocate('<disk><diskId>2001</diskId><datastore type="Datastore">datastore-202</datastore></disk>');
  expect(await files()).toEqual(["[one] db/db.vmdk", "[two] db/db.vmdk"]);
  expect(find(await one(soap, "vm-42", "Hard disk 2"), "uuid")!.text).toBe(uuid);
  await relocate('<datastore type="Datastore">datastore-202</datastore>');
  expect(await files()).toEqual(["[two] db/db_1.vmdk", "[two] db/db.vmdk"]);
  expect(await soap.text("VirtualMachine:vm-42", "config.files.vmPathName")).toBe("[two] db/db.vmx");
  expect(await faultOf(relocate('<datastore type="Datastore">datastore-9</datastore>'))).toBe("InvalidDatastore");
});
