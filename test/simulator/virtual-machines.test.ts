import { all, faultOf, find, removeChange } from "../support/soap-requests";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> => {
  running?.vcenter.stop();
  return (running = await startInProcess(...options));
};
afterEach(() => running?.vcenter.stop());

const VM = "VirtualMachine:vm-42";
const A = "0000:3b:00.0";
const off = { powerState: "poweredOff" } as const;

it("makes an unready machine ready by the page's settings, in any order, and judges at power-on", async () => {
  const steps = [
    ["M2", "<memoryReservationLockedToMax>true</memoryReservationLockedToMax>"],
    ["M4", "<motherboardLayout>acpiHostBridges</motherboardLayout>"],
    ["M5", "<fixedPassthruHotPlugEnabled>true</fixedPassthruHotPlugEnabled>"],
  ] as const;
  const orders = [
    [0, 1, 2],
    [1, 0, 2],
    [0, 2, 1],
  ];
  for (const order of orders) {
    const { soap, add } = await start(
      withVirtualMachine({
        hardwareVersion: 19,
        motherboardLayout: "i440bxHostBridge",
        memoryReservationLockedToMax: false,
        fixedPassthruHotPlugEnabled: false,
        ...off,
      }),
    );
    for (const index of order) await soap.reconfigure("vm-42", steps[index]![1]);
    expect(await faultOf(soap.task("PowerOnVM_Task", VM))).toBe("InvalidVmConfig");
    await soap.task("UpgradeVM_Task", VM, "<version>vmx-20</version>");
    await soap.task("PowerOnVM_Task", VM);
    await soap.reconfigure("vm-42", await add(A));
    expect(await soap.attached("vm-42")).toEqual({ [A]: "13000" });
  }
});

it("M5: needs all memory reserved, and goes in or out only while the machine is off", async () => {
  const flag = "<fixedPassthruHotPlugEnabled>true</fixedPassthruHotPlugEnabled>";
  const unready = { memoryReservationLockedToMax: false, fixedPassthruHotPlugEnabled: false };
  const { soap } = await start(withVirtualMachine({ ...unready, ...off }));
  expect(await faultOf(soap.reconfigure("vm-42", flag))).toBe("InvalidVmConfig");
  const { soap: other } = await start(withVirtualMachine({ fixedPassthruHotPlugEnabled: false }));
  expect(await faultOf(other.reconfigure("vm-42", flag))).toBe("InvalidPowerState");
  expect(await other.text(VM, "config.fixedPassthruHotPlugEnabled")).toBe("false");
});

it("M5: a reset doesn't bring it into force, a power cycle does", async () => {
  const { soap, add } = await start(withVirtualMachine({ fixedPassthruHotPlugEnabled: false }));
  await soap.task("ResetVM_Task", VM);
  expect(await faultOf(soap.reconfigure("vm-42", await add(A)))).toBe("DeviceHotPlugNotSupported");
  await soap.task("PowerOffVM_Task", VM);
  await soap.reconfigure("vm-42", "<fixedPassthruHotPlugEnabled>true</fixedPassthruHotPlugEnabled>");
  await soap.task("PowerOnVM_Task", VM);
  expect(await soap.text(VM, "config.fixedPassthruHotPlugEnabled")).toBe("true");
  await soap.reconfigure("vm-42", await add(A));
});

it("M2: takes no more memory than the host has, on a running machine before its outage", async () => {
  const lock = "<memoryReservationLockedToMax>true</memoryReservationLockedToMax>";
  const { soap } = await start(
    withVirtualMachine({ memoryReservationLockedToMax: false, memoryMiB: 20 * 1024 }, { host: { memoryGiB: 32 } }),
  );
  expect(await faultOf(soap.reconfigure("vm-42", lock))).toBe("InsufficientMemoryResourcesFault");
  await soap.task("PowerOffVM_Task", "VirtualMachine:vm-43");
  await soap.reconfigure("vm-42", lock);
  expect(await soap.text(VM, "config.memoryAllocation.reservation")).toBe("20480");
});

it("M3: upgrades a machine that is off, to what the host runs", async () => {
  const { soap } = await start(withVirtualMachine({ hardwareVersion: 19 }, { host: { version: "8.0.1" } }));
  expect(await faultOf(soap.task("UpgradeVM_Task", VM, "<version>vmx-20</version>"))).toBe("InvalidPowerState");
  await soap.task("PowerOffVM_Task", VM);
  expect(await faultOf(soap.task("UpgradeVM_Task", VM, "<version>vmx-21</version>"))).toBe(
    "VirtualHardwareVersionNotSupported",
  );
  await soap.task("UpgradeVM_Task", VM, "<version>vmx-20</version>");
  expect(await soap.text(VM, "config.version")).toBe("vmx-20");
  expect(await faultOf(soap.task("UpgradeVM_Task", VM, "<version>vmx-20</version>"))).toBe("AlreadyUpgraded");
});

describe("a machine doesn't power on", () => {
  it.each<[string, Parameters<typeof withVirtualMachine>[0], string]>([
    ["M1: with an ACPI board on BIOS firmware", { firmware: "bios" }, "InvalidVmConfig"],
    [
      "M2: with passthrough devices and not all memory reserved",
      { memoryReservationLockedToMax: false, fixedPassthruHotPlugEnabled: false, devices: [A] },
      "InvalidVmConfig",
    ],
    ["N2: with hot plug of devices and of CPUs", { cpuHotAddEnabled: true }, "InvalidVmConfig"],
    ["as a template", { template: true }, "NotSupported"],
  ])("%s", async (_, machine, fault) => {
    const { soap } = await start(withVirtualMachine({ ...machine, ...off }));
    expect(await faultOf(soap.task("PowerOnVM_Task", VM))).toBe(fault);
    expect(await soap.text(VM, "runtime.powerState")).toBe("poweredOff");
  });

  it("with a device id in decimal, which was taken in silence while it was off", async () => {
    const { soap, add } = await start(withVirtualMachine(off));
    await soap.reconfigure("vm-42", await add("0000:5e:00.0", { deviceId: "43044" }));
    expect(await faultOf(soap.task("PowerOnVM_Task", VM))).toBe("GenericVmConfigFault");
  });

  it("with a device that another running machine has", async () => {
    const { soap, add } = await start(withVirtualMachine(off));
    const change = await add(A);
    await soap.reconfigure("vm-42", change);
    await soap.reconfigure("vm-43", change);
    expect(await faultOf(soap.task("PowerOnVM_Task", VM))).toBe("ResourceInUse");
  });

  it("and does without any of these", async () => {
    const { soap } = await start(withVirtualMachine({ ...off, devices: [A] }));
    await soap.task("PowerOnVM_Task", VM);
    expect(await faultOf(soap.task("PowerOnVM_Task", VM))).toBe("InvalidPowerState");
  });
});

it("M6: takes several devices at once, and other changes beside, while it is off", async () => {
  const { soap, add } = await start(withVirtualMachine(off));
  await soap.reconfigure("vm-42", `<annotation>x</annotation>${await add(A)}${await add("0000:5e:00.0", { key: -2 })}`);
  expect(Object.keys(await soap.attached("vm-42"))).toEqual([A, "0000:5e:00.0"]);
  await soap.reconfigure("vm-42", removeChange(13000) + removeChange(13001));
  expect(await soap.attached("vm-42")).toEqual({});
});

describe("a guest that is asked to shut down", () => {
  it("does after a while", async () => {
    const { soap, vcenter } = await start();
    await soap.call("ShutdownGuest", VM);
    expect(await soap.text(VM, "runtime.powerState")).toBe("poweredOn");
    await vcenter.world.sleep(1000);
    expect(await soap.text(VM, "runtime.powerState")).toBe("poweredOff");
  });

  it("may not listen", async () => {
    const { soap, vcenter } = await start(withVirtualMachine({ ignoresShutdown: true }));
    await soap.call("ShutdownGuest", VM);
    await vcenter.world.sleep(60_000);
    expect(await soap.text(VM, "runtime.powerState")).toBe("poweredOn");
  });

  it.each(["notRunning", "notInstalled"] as const)("can't be asked when its Tools are %s", async (tools) => {
    const { soap } = await start(withVirtualMachine({ tools }));
    expect(await faultOf(soap.call("ShutdownGuest", VM))).toBe("ToolsUnavailable");
  });
});

it(
  "N7: a machine with passthrough devices is not suspended, nor is its running state saved; one that is " +
    "suspended or a template takes none",
  async () => {
    const { soap } = await start(withVirtualMachine({ devices: [A] }));
    expect(await faultOf(soap.task("SuspendVM_Task", VM))).toBe("NotSupported");
    expect(
      await faultOf(
        soap.task("CreateSnapshot_Task", VM, "<name>s</name><memory>false</memory><quiesce>false</quiesce>"),
      ),
    ).toBe("SnapshotFault");
    for (const machine of [{ powerState: "suspended" }, { template: true, powerState: "poweredOff" }] as const) {
      const { soap: other, add } = await start(withVirtualMachine(machine));
      expect(await faultOf(other.reconfigure("vm-42", await add(A)))).toMatch(/InvalidPowerState|NotSupported/);
    }
  },
);

it("N7: moves to another host, unless it runs with passthrough devices", async () => {
  const inventory = withVirtualMachine({ devices: [A] });
  const { soap } = await start({ ...inventory, hosts: [...inventory.hosts, { id: "host-14", name: "esx03" }] });
  const move = (vm: string): Promise<string> =>
    faultOf(
      soap.task("RelocateVM_Task", `VirtualMachine:${vm}`, `<spec><host type="HostSystem">host-14</host></spec>`),
    );
  expect(await move("vm-42")).toBe("MigrationFault");
  expect(await move("vm-43")).toBe("none");
  await soap.task("PowerOffVM_Task", VM);
  expect(await move("vm-42")).toBe("none");
  expect([
    await soap.text(VM, "runtime.host"),
    await soap.text("VirtualMachine:vm-43", "summary.runtime.host"),
  ]).toEqual(["host-14", "host-14"]);
});

it("takes snapshots and removes them", async () => {
  const { soap, add } = await start(withVirtualMachine({}));
  await soap.task("CreateSnapshot_Task", VM, "<name>s</name><memory>false</memory><quiesce>false</quiesce>");
  const { snapshot } = await soap.read(VM, "snapshot");
  expect(all(snapshot!, "name").map(({ text }) => text)).toEqual(["s"]);
  expect(await faultOf(soap.reconfigure("vm-42", await add(A)))).toBe("DeviceHotPlugNotSupported");
  await soap.task("RemoveAllSnapshots_Task", VM);
  await soap.reconfigure("vm-42", await add(A));
});

it("makes a machine, off and unready, and destroys it", async () => {
  const { soap } = await start();
  const info = await soap.task(
    "CreateVM_Task",
    "Folder:group-v4",
    "<config><name>new</name><version>vmx-20</version><numCPUs>2</numCPUs><memoryMB>2048</memoryMB>" +
      "<firmware>efi</firmware></config><pool " +
      `type="ResourcePool">${await soap.text("VirtualMachine:vm-42", "resourcePool")}</pool>`,
  );
  const made = `VirtualMachine:${find(info, "result")!.text}`;
  expect(await soap.text(made, "config.hardware.motherboardLayout")).toBe("i440bxHostBridge");
  expect([
    await soap.text(made, "config.firmware"),
    await soap.text(made, "runtime.powerState"),
    await soap.text(made, "config.fixedPassthruHotPlugEnabled"),
  ]).toEqual(["efi", "poweredOff", "false"]);
  await soap.task("Destroy_Task", made);
  expect(await faultOf(soap.read(made, "name"))).toBe("ManagedObjectNotFound");
});

it.each<[string, Parameters<typeof withVirtualMachine>, string, string]>([
  [
    "whose host doesn't answer",
    [{}, { host: { connectionState: "notResponding" } }],
    "HostNotConnected",
    "disconnected",
  ],
  ["that is orphaned", [{ connectionState: "orphaned" }], "InvalidState", "orphaned"],
])("refuses changes of a machine %s, and shows it as that", async (_, inventory, fault, state) => {
  const { soap } = await start(withVirtualMachine(...inventory));
  expect(await faultOf(soap.reconfigure("vm-42", removeChange(13000)))).toBe(fault);
  expect(await soap.text(VM, "runtime.connectionState")).toBe(state);
});
