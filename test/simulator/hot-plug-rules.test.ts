import { HostSystem } from "../../lib/simulator/objects/host/host-system";
import { faultOf, find, removeChange } from "../support/soap-requests";
import { type InProcess, nvmeDrives, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> =>
  (running = await startInProcess(...options));
afterEach(() => running?.vcenter.stop());

const A = "0000:3b:00.0";
const B = "0000:5e:00.0";

describe("a hot-add of one device", () => {
  it("is carried out, shown with vCenter's key, label and slot, and its ids survive both ways", async () => {
    const { soap, add } = await start();
    await soap.reconfigure("vm-42", await add(A));
    await soap.reconfigure("vm-42", await add(B));
    expect(await soap.attached("vm-42")).toEqual({ [A]: "13000", [B]: "13001" });
    const device = (await soap.read("VirtualMachine:vm-42", "config.hardware.device[13001]"))[
      "config.hardware.device[13001]"
    ]!;
    expect(find(device, "label")!.text).toBe("PCI device 1");
    expect(find(device, "deviceId")!.text).toBe("a824");
    expect(find(device, "slotInfo")!.xsiType!.name).toBe("VirtualDevicePciBusSlotInfo");
    const intel = (await soap.read("VirtualMachine:vm-42", "config.hardware.device[13000]"))[
      "config.hardware.device[13000]"
    ]!;
    expect(find(intel, "vendorId")!.text).toBe("-32634");
  });

  it("shows the device before its task says success", async () => {
    const { soap, add, vcenter } = await start(undefined, { timings: { publishMs: 1000 } });
    const answer = await soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${await add(A)}</spec>`);
    const task = `Task:${find(answer, "returnval")!.text}`;
    await vcenter.world.sleep(500);
    expect(await soap.text(task, "info.state")).toBe("running");
    expect(await soap.attached("vm-42")).toEqual({ [A]: "13000" });
  });

  it.each([
    ["hexadecimal", "a824"],
    ["with 0x", "0xA824"],
    ["signed, as govc writes it", "-57dc"],
  ])("takes the device id %s", async (_, deviceId) => {
    const { soap, add } = await start();
    await soap.reconfigure("vm-42", await add(B, { deviceId }));
    expect(await soap.attached("vm-42")).toEqual({ [B]: "13000" });
  });

  it.each<[string, Parameters<InProcess["add"]>[1] & { address?: string }, string]>([
    ["a device id in decimal", { deviceId: "43044" }, "InvalidDeviceBacking"],
    ["another vendor's id", { vendorId: 4660 }, "InvalidDeviceBacking"],
    ["another host's system id", { systemId: "5f0c2e3a-0000-4000-8000-000000000000" }, "InvalidDeviceBacking"],
    ["a device that the host hasn't", { address: "0000:99:00.0" }, "InvalidDeviceBacking"],
    ["a positive key", { key: 13000 }, "InvalidDeviceSpec"],
    [
      "a slot",
      { more: `<slotInfo xsi:type="VirtualDevicePciBusSlotInfo"><pciSlotNumber>224</pciSlotNumber></slotInfo>` },
      "InvalidDeviceSpec",
    ],
  ])("refuses %s", async (_, { address = B, ...changes }, fault) => {
    const { soap, add } = await start();
    expect(await faultOf(soap.reconfigure("vm-42", await add(address, changes)))).toBe(fault);
    expect(await soap.attached("vm-42")).toEqual({});
  });

  it("refuses a device that another running machine has, and one that the machine has already", async () => {
    const { soap, add } = await start();
    await soap.reconfigure("vm-43", await add(A));
    expect(await faultOf(soap.reconfigure("vm-42", await add(A)))).toBe("ResourceInUse");
    expect(await faultOf(soap.reconfigure("vm-43", await add(A)))).toBe("ResourceInUse");
  });
});

describe("one call on a running machine", () => {
  it("L1: adds no two devices", async () => {
    const { soap, add } = await start();
    expect(await faultOf(soap.reconfigure("vm-42", (await add(A)) + (await add(B, { key: -2 }))))).toBe(
      "DeviceHotPlugNotSupported",
    );
    expect(await soap.attached("vm-42")).toEqual({});
  });

  it("L2: removes no two devices", async () => {
    const { soap } = await start(withVirtualMachine({ devices: [A, B] }));
    expect(await faultOf(soap.reconfigure("vm-42", removeChange(13000) + removeChange(13001)))).toBe(
      "DeviceHotPlugNotSupported",
    );
    expect(Object.keys(await soap.attached("vm-42"))).toEqual([A, B]);
  });

  it("L3: never adds and removes", async () => {
    const { soap, add } = await start(withVirtualMachine({ devices: [A] }));
    expect(await faultOf(soap.reconfigure("vm-42", removeChange(13000) + (await add(B))))).toBe(
      "DeviceHotPlugNotSupported",
    );
  });

  it("L3: changes nothing else beside the device", async () => {
    const { soap, add } = await start();
    const change = await add(A);
    const rejected = soap.reconfigure("vm-42", `<annotation>x</annotation>${change}`);
    expect(await faultOf(rejected)).toBe("InvalidArgument");
    const card =
      "<deviceChange><operation>add</operation><device " +
      'xsi:type="VirtualVmxnet3"><key>-5</key></device></deviceChange>';
    expect(await faultOf(soap.reconfigure("vm-42", change + card))).toBe("InvalidArgument");
    expect(await soap.attached("vm-42")).toEqual({});
  });

  it("L3: takes changeVersion beside the device, and refuses one that is out of date", async () => {
    const { soap, add } = await start();
    const version = await soap.text("VirtualMachine:vm-42", "config.changeVersion");
    await soap.reconfigure("vm-42", `<changeVersion>${version}</changeVersion>${await add(A)}`);
    expect(await faultOf(soap.reconfigure("vm-42", `<changeVersion>${version}</changeVersion>${await add(B)}`))).toBe(
      "ConcurrentAccess",
    );
    expect(Object.keys(await soap.attached("vm-42"))).toEqual([A]);
  });

  it("removes by the machine's own key", async () => {
    const { soap } = await start(withVirtualMachine({ devices: [A, B] }));
    expect(await faultOf(soap.reconfigure("vm-42", removeChange(13005)))).toBe("DeviceNotFound");
    await soap.reconfigure("vm-42", removeChange(13000));
    expect(await soap.attached("vm-42")).toEqual({ [B]: "13001" });
  });
});

it("L4: a machine has at most 32 NVMe passthrough devices, cold or hot", async () => {
  const drives = nvmeDrives(33);
  const devices = drives.slice(0, 31).map(({ address }) => address);
  for (const powerState of ["poweredOn", "poweredOff"] as const) {
    const { soap, add } = await start(withVirtualMachine({ devices, powerState }, { host: { devices: drives } }));
    await soap.reconfigure("vm-42", await add(drives[31]!.address));
    expect(await faultOf(soap.reconfigure("vm-42", await add(drives[32]!.address)))).toBe("TooManyDevices");
    expect(Object.keys(await soap.attached("vm-42"))).toHaveLength(32);
  }
});

describe("hot plug is refused", () => {
  it.each<[string, Parameters<typeof withVirtualMachine>, string?]>([
    ["V1: by a vCenter before 8.0 U1", [{}, { vcenter: "8.0.0" }]],
    ["V1: on a host before 8.0 U1", [{}, { host: { version: "8.0.0" } }]],
    [
      "V1: on a host before 8.0 U1 that claims the capability",
      [{}, { host: { version: "8.0.0", hotPlugSupported: true } }],
    ],
    ["V1: on a host without the capability", [{}, { host: { hotPlugSupported: false } }]],
    ["V2: for a device that isn't NVMe", [{}], "0000:17:00.0"],
    ["N1: with an IOMMU in the guest", [{ vvtdEnabled: true }]],
    ["N2: with hot add of CPUs", [{ cpuHotAddEnabled: true }]],
    ["N2: with hot removal of CPUs", [{ cpuHotRemoveEnabled: true }]],
    ["N3: with hot add of memory", [{ memoryHotAddEnabled: true }]],
    ["N4: with a dynamic passthrough device", [{ dynamicDevice: { vendor: "10de", device: "26b9" } }]],
    ["N5: with more than 128 virtual CPUs", [{ numCpus: 129 }]],
    ["N7: with a snapshot", [{ snapshot: "before" }]],
    ["M1: with BIOS firmware", [{ firmware: "bios" }]],
    ["M2: without all memory reserved", [{ memoryReservationLockedToMax: false }]],
    ["M3: below hardware version 20", [{ hardwareVersion: 19 }]],
    ["M4: on another board", [{ motherboardLayout: "i440bxHostBridge" }]],
    ["M5: without fixedPassthruHotPlugEnabled", [{ fixedPassthruHotPlugEnabled: false }]],
  ])("%s", async (_, [machine, surroundings], address = A) => {
    const { soap, add } = await start(withVirtualMachine(machine, surroundings));
    expect(await faultOf(soap.reconfigure("vm-42", await add(address)))).toBe("DeviceHotPlugNotSupported");
    expect(Object.keys(await soap.attached("vm-42")).filter((id) => id !== "dynamic")).toEqual([]);
  });

  it("and by none of these on the machine that the cases above change", async () => {
    const { soap, add } = await start(withVirtualMachine({}));
    expect(await faultOf(soap.reconfigure("vm-42", await add(A)))).toBe("none");
  });
});

it("refuses a second change while one is under way", async () => {
  const { soap, add, vcenter } = await start();
  const second = await add(B);
  await soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${await add(A)}</spec>`);
  expect(await faultOf(soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${second}</spec>`))).toBe(
    "TaskInProgress",
  );
  await vcenter.world.sleep(1000);
  await soap.reconfigure("vm-42", second);
  expect(Object.keys(await soap.attached("vm-42"))).toEqual([A, B]);
});

it("lets each assumption be another one", async () => {
  const { soap, add } = await start(undefined, {
    assumptions: { twoDevicesInOneCall: "InvalidDeviceSpec", reconfigureFaultsAt: "call", busyVmFaultsAt: "task" },
  });
  const two = (await add(A)) + (await add(B, { key: -2 }));
  expect(await faultOf(soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${two}</spec>`))).toBe(
    "InvalidDeviceSpec",
  );
  const second = await add(B);
  await soap.call("ReconfigVM_Task", "VirtualMachine:vm-42", `<spec>${await add(A)}</spec>`);
  expect(await faultOf(soap.reconfigure("vm-42", second))).toBe("TaskInProgress");
});

it.each([
  ["refused", "DeviceHotPlugNotSupported"],
  ["accepted", undefined],
] as const)("H2: a hot-add below maxIntrCookies 4096 is %s, as is assumed", async (hotAddBelowIntrCookies, fault) => {
  const { soap, add, vcenter } = await start(undefined, { assumptions: { hotAddBelowIntrCookies } });
  for (const host of vcenter.world.all(HostSystem)) host.maxIntrCookies = { configured: 4096, running: 1024 };
  const adding = soap.reconfigure("vm-42", await add(A));
  if (fault) expect(await faultOf(adding)).toBe(fault);
  else await adding;
  expect(Object.keys(await soap.attached("vm-42"))).toEqual(fault ? [] : [A]);
});
