import { all, faultOf, find, type SoapRequests } from "../support/soap-requests";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> => {
  running?.vcenter.stop();
  return (running = await startInProcess(...options));
};
afterEach(() => running?.vcenter.stop());

const HOST = "HostSystem:host-12";
const PASSTHRU = "HostPciPassthruSystem:pciPassthruSystem-12";
const A = "0000:3b:00.0";
const nvme = (address: string, more = {}) => ({ address, vendor: "144d", device: "a824", ...more });
const toggle = (soap: SoapRequests, passthruEnabled: boolean, ...addresses: string[]): Promise<unknown> =>
  soap.call(
    "UpdatePassthruConfig",
    PASSTHRU,
    addresses
      .map(
        (id) =>
          `<config><id>${id}</id><passthruEnabled>${passthruEnabled}</passthruEnabled>` +
          "<applyNow>true</applyNow></config>",
      )
      .join(""),
  );
const info = async (soap: SoapRequests, address: string): Promise<Record<string, string>> => {
  const read = await soap.read(PASSTHRU, "pciPassthruInfo");
  const one = all(read["pciPassthruInfo"]!, "HostPciPassthruInfo").find((each) => find(each, "id")!.text === address);
  return Object.fromEntries((one?.children ?? []).map(({ name, text }) => [name, text]));
};

describe("H4: passthrough", () => {
  it("is switched at once where the host can", async () => {
    const { soap, add } = await start();
    await toggle(soap, false, A);
    expect(await info(soap, A)).toMatchObject({ passthruEnabled: "false", passthruActive: "false" });
    expect(await faultOf(soap.reconfigure("vm-42", await add(A)))).toBe("InvalidDeviceBacking");
    await toggle(soap, true, A);
    await soap.reconfigure("vm-42", await add(A));
  });

  it("waits for a restart where the host can't, and says so", async () => {
    const { soap, vcenter } = await start(
      withVirtualMachine({}, { host: { rebindWithoutReboot: false, devices: [nvme(A, { passthrough: "disabled" })] } }),
    );
    await toggle(soap, true, A);
    expect(await info(soap, A)).toMatchObject({ passthruEnabled: "true", passthruActive: "false" });
    expect(await soap.text(HOST, "summary.rebootRequired")).toBe("true");
    await soap.task("RebootHost_Task", HOST, "<force>true</force>");
    await vcenter.world.sleep(10_000);
    expect(await info(soap, A)).toMatchObject({ passthruActive: "true" });
  });

  it("is not switched on for what can't be passed through, nor off under a running machine", async () => {
    const { soap } = await start(
      withVirtualMachine(
        { devices: [A] },
        { host: { devices: [nvme(A), nvme("0000:3c:00.0", { passthrough: "unsupported" })] } },
      ),
    );
    expect(await faultOf(toggle(soap, true, "0000:3c:00.0"))).toBe("InvalidArgument");
    expect(await faultOf(toggle(soap, false, A))).toBe("HostConfigFault");
  });
});

describe("H5: a drive that the host uses is not taken", () => {
  it.each([["boot"], ["coredump"], ["vsan"], [{ datastore: "db1" }]] as const)("for %j", async (usedFor) => {
    const { soap } = await start(
      withVirtualMachine(
        {},
        {
          host: {
            devices: [nvme(A, { passthrough: "disabled", usedFor }), nvme("0000:3c:00.0", { passthrough: "disabled" })],
          },
        },
      ),
    );
    expect(await faultOf(toggle(soap, true, A))).toBe("HostConfigFault");
    expect(await faultOf(toggle(soap, true, "0000:3c:00.0"))).toBe("none");
  });

  it("shows what it uses a drive for: adapter, disk, extent", async () => {
    const devices = [
      nvme(A, { passthrough: "disabled", usedFor: { datastore: "db1" } }),
      nvme("0000:3c:00.0", { passthrough: "disabled", usedFor: "coredump" }),
      nvme("0000:3d:00.0", { passthrough: "disabled", usedFor: "vsan" }),
    ];
    const { soap } = await start(withVirtualMachine({}, { host: { devices } }));
    const { config } = await soap.read(HOST, "config");
    const adapter = all(config!, "hostBusAdapter").find((one) => find(one, "pci")!.text === A)!;
    const topology = all(find(config!, "scsiTopology")!, "adapter")
      .filter(({ children }) => children.length > 0)
      .find((one) => find(one, "adapter")!.text === find(adapter, "key")!.text)!;
    const lun = all(config!, "scsiLun").find((one) => find(one, "key")?.text === find(topology, "scsiLun")!.text)!;
    const volume = all(config!, "volume").find((one) => find(one, "name")!.text === "db1")!;
    expect(find(volume, "diskName")!.text).toBe(find(lun, "canonicalName")!.text);
    expect(find(find(config!, "activeDiagnosticPartition")!, "diskName")).toBeDefined();
    expect(all(find(config!, "diskMapping")!, "ssd")).toHaveLength(2);
  });

  it("and devices that depend on each other go together", async () => {
    const other = "0000:3b:00.1";
    const { soap } = await start(
      withVirtualMachine(
        {},
        {
          host: {
            devices: [
              nvme(A, { passthrough: "disabled" }),
              nvme(other, { passthrough: "disabled", dependentDevice: A }),
            ],
          },
        },
      ),
    );
    expect(await faultOf(toggle(soap, true, A))).toBe("HostConfigFault");
    expect(await faultOf(toggle(soap, true, A, other))).toBe("none");
  });
});

describe("H2: the kernel's setting", () => {
  const esxcli = async (soap: SoapRequests, method: string, args: Record<string, string>): Promise<string> => {
    const executer = (await soap.call("RetrieveManagedMethodExecuter", HOST)).children[0]!;
    const argument = Object.entries(args)
      .map(
        ([name, value]) =>
          `<argument><name>${name}</name><val>&lt;${name}&gt;${value}&lt;/${name}&gt;</val></argument>`,
      )
      .join("");
    const answer = await soap.call(
      "ExecuteSoap",
      `${executer.attributes.get("type")!}:${executer.text}`,
      "<moid>ha-cli-handler-system-settings-kernel</moid><version>urn:vim25/5.0</version>" +
        `<method>vim.EsxCLI.system.settings.kernel.${method}</method>${argument}`,
    );
    return find(answer, "response")?.text ?? `fault: ${find(answer, "faultDetail")!.text}`;
  };

  it.each([
    ["8.0.1", 1024],
    ["8.0.2", 1024],
    ["8.0.3", 4096],
  ])("is, on ESXi %s, %d", async (version, value) => {
    const { soap } = await start(withVirtualMachine({}, { host: { version } }));
    expect(await esxcli(soap, "list", { option: "maxIntrCookies" })).toMatch(
      new RegExp(`<Configured>${value}</Configured>.*<Runtime>${value}</Runtime>`),
    );
  });

  it("is set at once, and holds from the next start on", async () => {
    const { soap, vcenter } = await start(withVirtualMachine({}, { host: { version: "8.0.1" } }));
    await esxcli(soap, "set", { setting: "maxIntrCookies", value: "4096" });
    expect(await esxcli(soap, "list", { option: "maxIntrCookies" })).toMatch(/<Configured>4096<.*<Runtime>1024</);
    await soap.task("RebootHost_Task", HOST, "<force>true</force>");
    await vcenter.world.sleep(10_000);
    expect(await esxcli(soap, "list", { option: "maxIntrCookies" })).toMatch(/<Configured>4096<.*<Runtime>4096</);
  });

  it.each([
    ["set", { setting: "nonsense", value: "1" }],
    ["set", { setting: "maxIntrCookies", value: "many" }],
    ["list", { option: "nonsense" }],
  ])("%s %j is refused", async (method, args) => {
    const { soap } = await start();
    expect(await esxcli(soap, method, args as never)).toMatch(/^fault: .*(nonsense|many)/);
  });
});

describe("H3: maintenance mode", () => {
  it("waits for machines that can't move, until its time is over or they are off", async () => {
    const { soap, vcenter } = await start(withVirtualMachine({ devices: [A] }));
    await soap.task("PowerOffVM_Task", "VirtualMachine:vm-43");
    expect(await faultOf(soap.task("EnterMaintenanceMode_Task", HOST, "<timeout>30</timeout>"))).toBe("Timedout");
    expect(await soap.text(HOST, "runtime.inMaintenanceMode")).toBe("false");
    const entering = soap.task("EnterMaintenanceMode_Task", HOST, "<timeout>0</timeout>");
    await vcenter.world.sleep(1000);
    await soap.task("PowerOffVM_Task", "VirtualMachine:vm-42");
    await entering;
    expect(await soap.text(HOST, "runtime.inMaintenanceMode")).toBe("true");
    expect(await faultOf(soap.task("PowerOnVM_Task", "VirtualMachine:vm-42"))).toBe("InvalidHostState");
    await soap.task("ExitMaintenanceMode_Task", HOST, "<timeout>0</timeout>");
    await soap.task("PowerOnVM_Task", "VirtualMachine:vm-42");
  });

  it("can be cancelled while it waits", async () => {
    const { soap, vcenter } = await start(withVirtualMachine({ devices: [A] }));
    const task = await soap.reference("EnterMaintenanceMode_Task", HOST, "<timeout>0</timeout>");
    await vcenter.world.sleep(5000);
    expect(await soap.text(task, "info.state")).toBe("running");
    await soap.call("CancelTask", task);
    await vcenter.world.sleep(1000);
    expect([await soap.text(task, "info.state"), await soap.text(HOST, "runtime.inMaintenanceMode")]).toEqual([
      "error",
      "false",
    ]);
  });

  it("moves what can move to another host of the cluster", async () => {
    const inventory = withVirtualMachine({ devices: [A], powerState: "poweredOff" }, { host: { cluster: "prod" } });
    const { soap } = await start({
      ...inventory,
      hosts: [...inventory.hosts, { id: "host-14", name: "esx03", cluster: "prod" }],
    });
    await soap.task("EnterMaintenanceMode_Task", HOST, "<timeout>60</timeout>");
    expect(await soap.text("VirtualMachine:vm-43", "runtime.host")).toBe("host-14");
  });

  it("comes before a restart, unless it is forced", async () => {
    const { soap, vcenter } = await start(withVirtualMachine({}));
    expect(await faultOf(soap.task("RebootHost_Task", HOST, "<force>false</force>"))).toBe("InvalidState");
    expect(await soap.text("VirtualMachine:vm-42", "runtime.powerState")).toBe("poweredOn");
    for (const vm of ["vm-42", "vm-43"]) await soap.task("PowerOffVM_Task", `VirtualMachine:${vm}`);
    await soap.task("EnterMaintenanceMode_Task", HOST, "<timeout>0</timeout>");
    const before = await soap.text(HOST, "runtime.bootTime");
    await soap.task("RebootHost_Task", HOST, "<force>false</force>");
    expect([await soap.text(HOST, "runtime.connectionState"), (await soap.read(HOST, "config"))["config"]]).toEqual([
      "notResponding",
      undefined,
    ]);
    await vcenter.world.sleep(10_000);
    expect(await soap.text(HOST, "runtime.connectionState")).toBe("connected");
    expect(await soap.text(HOST, "runtime.inMaintenanceMode")).toBe("true");
    expect(await soap.text(HOST, "runtime.bootTime")).not.toBe(before);
  });
});

describe("hands on the hardware", () => {
  const model = async (soap: SoapRequests, address: string): Promise<string | undefined> => {
    const { "hardware.pciDevice": devices } = await soap.read(HOST, "hardware.pciDevice");
    const one = devices!.children.find((each) => find(each, "id")!.text === address);
    return one && find(one, "deviceId")!.text;
  };

  it(
    "C3, V6: a pulled device is shown neither by the machine nor by the host, at once, and those who wait hear " +
      "of it",
    async () => {
      const { soap, hardware, client } = await start(withVirtualMachine({ devices: [A, "0000:5e:00.0"] }));
      const watcher = client();
      await watcher.login();
      await watcher.call(
        "CreateFilter",
        "PropertyCollector:propertyCollector",
        "<spec><propSet><type>VirtualMachine</type><pathSet>config.hardware.device</pathSet></propSet>" +
          "<objectSet><obj " +
          'type="VirtualMachine">vm-42</obj></objectSet></spec><partialUpdates>false</partialUpdates>',
      );
      const version = find(
        await watcher.call("WaitForUpdatesEx", "PropertyCollector:propertyCollector"),
        "version",
      )!.text;
      const waiting = watcher.call(
        "WaitForUpdatesEx",
        "PropertyCollector:propertyCollector",
        `<version>${version}</version>`,
      );
      hardware.pull("esx01.example.test", A);
      expect(
        all(await waiting, "VirtualDevice").filter(({ xsiType }) => xsiType?.name === "VirtualPCIPassthrough"),
      ).toHaveLength(1);
      expect(Object.keys(await soap.attached("vm-42"))).toEqual(["0000:5e:00.0"]);
      expect(await model(soap, A)).toBeUndefined();
      expect(() => hardware.pull("host-12", A)).toThrow(/no device in the slot/);
    },
  );

  it("V6: a machine that is off keeps a pulled device, and doesn't power on without it", async () => {
    const { soap, hardware } = await start(withVirtualMachine({ devices: [A], powerState: "poweredOff" }));
    hardware.pull("host-12", A);
    expect(Object.keys(await soap.attached("vm-42"))).toEqual([A]);
    expect(await faultOf(soap.task("PowerOnVM_Task", "VirtualMachine:vm-42"))).toBe("GenericVmConfigFault");
    hardware.plug("host-12", A);
    await soap.task("PowerOnVM_Task", "VirtualMachine:vm-42");
  });

  it("V6: may be noticed only by a refresh, and the machine's device is then removed by its key", async () => {
    const { soap, hardware } = await start(withVirtualMachine({ devices: [A] }), {
      assumptions: { pulledDeviceLeavesHost: "at refresh", pulledDeviceLeavesVm: "at refresh" },
    });
    hardware.pull("host-12", A);
    expect(Object.keys(await soap.attached("vm-42"))).toEqual([A]);
    expect(await model(soap, A)).toBeDefined();
    await soap.call("Refresh", PASSTHRU);
    expect([await soap.attached("vm-42"), await model(soap, A)]).toEqual([{}, undefined]);
  });

  it("V8: another model in the same slot is there at once, passed through as the former was", async () => {
    const { soap, hardware, add } = await start(withVirtualMachine({ devices: [A] }));
    hardware.pull("host-12", A);
    hardware.plug("host-12", { address: A, vendor: "1c5c", device: "2839" });
    expect(await model(soap, A)).toBe(String(0x2839));
    await soap.reconfigure("vm-42", await add(A));
    hardware.pull("host-12", A);
    hardware.plug("host-12", A);
    expect(await model(soap, A)).toBe(String(0x2839));
    expect(() => hardware.plug("host-12", A)).toThrow(/holds a device/);
    expect(() => hardware.plug("host-12", "0000:70:00.0")).toThrow(/no device was pulled/);
    expect(() => hardware.plug("elsewhere", A)).toThrow(/no host/);
  });

  it(
    "V4: a device in an empty slot shows after a refresh, and is added once its passthrough is enabled, with no " +
      "restart",
    async () => {
      const { soap, hardware, add } = await start();
      const slot = "0000:70:00.0";
      hardware.plug("host-12", nvme(slot));
      expect(await model(soap, slot)).toBeUndefined();
      await soap.call("Refresh", PASSTHRU);
      expect(await info(soap, slot)).toMatchObject({ passthruEnabled: "false" });
      await toggle(soap, true, slot);
      await soap.reconfigure("vm-42", await add(slot));
      expect(Object.keys(await soap.attached("vm-42"))).toEqual([slot]);
    },
  );

  it("pulled while it is being added: the task fails and nothing stays", async () => {
    const { soap, hardware, add, vcenter } = await start();
    const adding = faultOf(soap.reconfigure("vm-42", await add(A)));
    await vcenter.world.sleep(100);
    hardware.pull("host-12", A);
    expect(await adding).toBe("InvalidDeviceBacking");
    expect(await soap.attached("vm-42")).toEqual({});
  });
});
