import { all, faultOf, find } from "../support/soap-requests";
import { add, change, create, devices, disk, flat, nic, one, pvscsi } from "./device-specs";
import { type InProcess, startInProcess } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> =>
  (running = await startInProcess(...options));
afterEach(() => running?.vcenter.stop());

it("a machine is made with the devices that it is asked for, beside those that every machine has", async () => {
  const { soap } = await start();
  const vm = await create(soap, pvscsi() + disk() + nic());
  const shown = await devices(soap, vm);
  expect(shown.map(({ type, key, label, controllerKey, unit }) => [type, key, label, controllerKey, unit])).toEqual([
    ["VirtualIDEController", 200, "IDE 0", undefined, undefined],
    ["VirtualIDEController", 201, "IDE 1", undefined, undefined],
    ["VirtualPS2Controller", 300, "PS2 controller 0", undefined, undefined],
    ["VirtualPCIController", 100, "PCI controller 0", undefined, undefined],
    ["VirtualSIOController", 400, "SIO controller 0", undefined, undefined],
    ["VirtualKeyboard", 600, "Keyboard", 300, 0],
    ["VirtualPointingDevice", 700, "Pointing device", 300, 1],
    ["VirtualMachineVideoCard", 500, "Video card", 100, 0],
    ["VirtualMachineVMCIDevice", 12000, "VMCI device", 100, 17],
    ["ParaVirtualSCSIController", 1000, "SCSI controller 0", 100, 3],
    ["VirtualDisk", 2000, "Hard disk 1", 1000, 0],
    ["VirtualVmxnet3", 4000, "Network adapter 1", 100, 7],
  ]);
  const held = shown.map(({ element }) => element);
  expect(all(held[3]!, "device").map(({ text }) => text)).toEqual(["500", "12000", "1000", "4000"]);
  expect(find(held[10]!, "fileName")!.text).toBe("[datastore-esx01] made/made.vmdk");
  expect(find(held[10]!, "datastore")!.text).toMatch(/^datastore-\d+$/);
  expect(find(held[10]!, "uuid")!.text).toMatch(/^6000C29/);
  expect(find(held[10]!, "capacityInBytes")!.text).toBe("1073741824");
  expect(find(held[11]!, "macAddress")!.text).toMatch(/^00:50:56:80:/);
  expect(find(held[11]!, "network")!.text).toMatch(/^network-\d+$/);
  expect(find(held[11]!, "pciSlotNumber")!.text).toBe("192");
});

it("a machine that is asked for nothing has no disk and no network adapter", async () => {
  const { soap } = await start();
  const shown = await devices(soap, await create(soap, ""));
  expect(shown.map(({ type }) => type).filter((type) => /Disk|SCSI|Vmxnet/.test(type))).toEqual([]);
  expect(shown).toHaveLength(9);
});

it("every controller, disk, drive and port that is known gets its key, its label and its place", async () => {
  const { soap } = await start();
  const backing = (type: string, fields: string): string => `<backing xsi:type="${type}">${fields}</backing>`;
  const vm = await create(
    soap,
    pvscsi() +
      add("VirtualLsiLogicSASController", "<key>-1</key><busNumber>1</busNumber><sharedBus>noSharing</sharedBus>") +
      add("VirtualAHCIController", "<key>-2</key><busNumber>0</busNumber>") +
      add("VirtualNVMEController", "<key>-3</key><busNumber>0</busNumber>") +
      add("VirtualUSBXHCIController", "<key>-4</key><busNumber>0</busNumber>") +
      disk(-201, 0) +
      disk(-201, 8) +
      disk(-1, 2) +
      disk(-2, 1) +
      disk(-3, 3) +
      add(
        "VirtualCdrom",
        "<key>-20</key>" +
          backing("VirtualCdromRemotePassthroughBackingInfo", "<deviceName/><exclusive>false</exclusive>") +
          "<controllerKey>-2</controllerKey><unitNumber>0</unitNumber>",
      ) +
      add(
        "VirtualCdrom",
        "<key>-21</key>" +
          backing("VirtualCdromIsoBackingInfo", "<fileName>[datastore-esx01] iso/linux.iso</fileName>") +
          "<controllerKey>200</controllerKey>",
      ) +
      add("VirtualFloppy", `<key>-22</key>${backing("VirtualFloppyRemoteDeviceBackingInfo", "<deviceName/>")}`) +
      add(
        "VirtualSerialPort",
        "<key>-23</key>" +
          backing("VirtualSerialPortURIBackingInfo", "<serviceURI>tcp://:1</serviceURI><direction>server</direction>") +
          "<yieldOnPoll>true</yieldOnPoll>",
      ) +
      nic(),
  );
  const shown = (await devices(soap, vm)).slice(9);
  expect(
    Object.fromEntries(shown.map(({ label, key, controllerKey, unit }) => [label, [key, controllerKey, unit]])),
  ).toEqual({
    "SCSI controller 0": [1000, 100, 3],
    "SCSI controller 1": [1001, 100, 4],
    "SATA controller 0": [15000, 100, 24],
    "NVME controller 0": [31000, 100, 30],
    "USB xHCI controller": [14000, 100, 23],
    "Hard disk 1": [2000, 1000, 0],
    "Hard disk 2": [2008, 1000, 8],
    "Hard disk 3": [2018, 1001, 2],
    "Hard disk 4": [16001, 15000, 1],
    "Hard disk 5": [32003, 31000, 3],
    "CD/DVD drive 1": [16000, 15000, 0],
    "CD/DVD drive 2": [3000, 200, 0],
    "Floppy drive 1": [8000, 400, 0],
    "Serial port 1": [9000, 400, 0],
    "Network adapter 1": [4000, 100, 7],
  });
  const slots = shown.flatMap(({ element }) => find(element, "pciSlotNumber")?.text ?? []);
  expect(slots.length).toBeGreaterThan(4);
  expect(new Set(slots).size).toBe(slots.length);
  expect(find(await one(soap, vm, "CD/DVD drive 2"), "summary")!.text).toBe("ISO [datastore-esx01] iso/linux.iso");
});

describe("a running machine", () => {
  it("takes a disk and a network adapter, each with what nobody else has", async () => {
    const { soap } = await start();
    await soap.reconfigure("vm-42", disk(1000, -1) + nic());
    await soap.reconfigure("vm-42", disk(1000, -1, ""));
    const shown = await devices(soap, "vm-42");
    const files = shown.flatMap(({ element }) => find(element, "fileName")?.text ?? []);
    expect(files).toEqual([
      "[datastore-esx01] db/db.vmdk",
      "[datastore-esx01] db/db_1.vmdk",
      "[datastore-esx01] db/db_2.vmdk",
    ]);
    const addresses = shown.flatMap(({ element }) => find(element, "macAddress")?.text ?? []);
    expect(new Set(addresses).size).toBe(2);
    expect(find(await one(soap, "vm-42", "Network adapter 2"), "connected")!.text).toBe("true");
  });

  it("takes no drive on an IDE controller, and loses none", async () => {
    const { soap } = await start();
    const drive = add(
      "VirtualCdrom",
      '<key>-1</key><backing xsi:type="VirtualCdromRemotePassthroughBackingInfo"><deviceName/><exclusive>false' +
        "</exclusive></backing><controllerKey>200</controllerKey>",
    );
    expect(await faultOf(soap.reconfigure("vm-42", drive))).toBe("InvalidPowerState");
    await soap.reconfigure("vm-44", drive);
    expect((await devices(soap, "vm-44")).map(({ label }) => label)).toContain("CD/DVD drive 1");
  });

  it("L3: takes no passthrough device beside a disk", async () => {
    const { soap, add: passthrough } = await start();
    const both = (await passthrough("0000:3b:00.0")) + disk(1000, 3);
    const before = await devices(soap, "vm-42");
    expect(await faultOf(soap.reconfigure("vm-42", both))).toBe("InvalidArgument");
    expect(await devices(soap, "vm-42")).toEqual(before);
    await soap.reconfigure("vm-44", both);
    expect((await devices(soap, "vm-44")).map(({ key }) => key)).toEqual(expect.arrayContaining([2003, 13000]));
  });
});

it("a device is edited: a disk grows, a network adapter gets an address of its own", async () => {
  const { soap } = await start();
  await soap.reconfigure(
    "vm-42",
    change(
      "edit",
      "VirtualDisk",
      `<key>2000</key>${flat("[datastore-esx01] db/db.vmdk")}<controllerKey>1000</controllerKey><unitNumber>0` +
        "</unitNumber><capacityInKB>52428800</capacityInKB>",
    ) +
      change(
        "edit",
        "VirtualVmxnet3",
        "<key>4000</key><addressType>manual</addressType><macAddress>00:50:56:3F:00:01</macAddress>",
      ),
  );
  expect(find(await one(soap, "vm-42", "Hard disk 1"), "capacityInBytes")!.text).toBe("53687091200");
  expect(find(await one(soap, "vm-42", "Hard disk 1"), "summary")!.text).toBe("52,428,800 KB");
  const adapter = await one(soap, "vm-42", "Network adapter 1");
  expect([find(adapter, "macAddress")!.text, find(adapter, "deviceName")!.text]).toEqual([
    "00:50:56:3f:00:01",
    "VM Network",
  ]);
});

it("a disk that is taken off without its file can be put on another machine, and destroyed", async () => {
  const { soap } = await start();
  await soap.reconfigure("vm-42", disk(1000, 4));
  const remove = (fileOperation = ""): string =>
    change("remove", "VirtualDisk", `<key>2004</key><capacityInKB>0</capacityInKB>`, fileOperation);
  const attach = add(
    "VirtualDisk",
    `<key>-1</key>${flat("[datastore-esx01] db/db_1.vmdk")}<controllerKey>1000</controllerKey><unitNumber>4` +
      "</unitNumber><capacityInKB>0</capacityInKB>",
  );
  expect(await faultOf(soap.reconfigure("vm-43", attach))).toBe("NotSupported");
  await soap.reconfigure("vm-42", remove());
  await soap.reconfigure("vm-43", attach);
  expect(find(await one(soap, "vm-43", "Hard disk 2"), "capacityInKB")!.text).toBe("1048576");
  await soap.reconfigure("vm-43", remove("destroy"));
  expect(await faultOf(soap.reconfigure("vm-43", attach))).toBe("FileNotFound");
});

it("a datastore and a network know the machines that have something on them", async () => {
  const { soap } = await start();
  const vm = await create(soap, "");
  const { datastore, network } = await soap.read("VirtualMachine:vm-42", "datastore", "network");
  const [store, net] = [datastore!.children[0]!.text, network!.children[0]!.text];
  const users = async (target: string): Promise<string[]> =>
    (await soap.read(target, "vm"))["vm"]!.children.map(({ text }) => text);
  expect(await users(`Datastore:${store}`)).toEqual(["vm-42", "vm-43", "vm-44", vm]);
  expect(await users(`Network:${net}`)).toEqual(["vm-42", "vm-43", "vm-44", "vm-45"]);
});
