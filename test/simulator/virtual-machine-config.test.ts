import { all, faultOf, find } from "../support/soap-requests";
import { create, devices } from "./device-specs";
import { type InProcess, startInProcess, withVirtualMachine } from "./in-process";

let running: InProcess | undefined;
const start = async (...options: Parameters<typeof startInProcess>): Promise<InProcess> =>
  (running = await startInProcess(...options));
afterEach(() => running?.vcenter.stop());

/** Fields of a specification, where each is read, and what is read then. */
const FIELDS: [field: string, spec: string, path: string, text: string][] = [
  ["alternateGuestName", "<alternateGuestName>mine</alternateGuestName>", "config.alternateGuestName", "mine"],
  [
    "tools",
    "<tools><beforeGuestReboot>true</beforeGuestReboot><syncTimeWithHost>true</syncTimeWithHost></tools>",
    "config.tools.syncTimeWithHost",
    "true",
  ],
  ["flags", "<flags><enableLogging>false</enableLogging></flags>", "config.flags.enableLogging", "false"],
  ["cpuAllocation", "<cpuAllocation><limit>500</limit></cpuAllocation>", "config.cpuAllocation.limit", "500"],
  [
    "cpuAllocation's shares",
    "<cpuAllocation><shares><shares>0</shares><level>high</level></shares></cpuAllocation>",
    "config.cpuAllocation.shares.shares",
    "8000",
  ],
  [
    "memoryAllocation",
    "<memoryAllocation><limit>20000</limit></memoryAllocation>",
    "config.memoryAllocation.limit",
    "20000",
  ],
  [
    "latencySensitivity",
    "<latencySensitivity><level>high</level></latencySensitivity>",
    "config.latencySensitivity.level",
    "high",
  ],
  ["swapPlacement", "<swapPlacement>hostLocal</swapPlacement>", "config.swapPlacement", "hostLocal"],
  [
    "bootOptions",
    "<bootOptions><bootRetryDelay>5000</bootRetryDelay></bootOptions>",
    "config.bootOptions.bootRetryDelay",
    "5000",
  ],
  [
    "changeTrackingEnabled",
    "<changeTrackingEnabled>true</changeTrackingEnabled>",
    "config.changeTrackingEnabled",
    "true",
  ],
  ["managedBy", "<managedBy><extensionKey>k</extensionKey><type>t</type></managedBy>", "config.managedBy.type", "t"],
  ["nestedHVEnabled", "<nestedHVEnabled>true</nestedHVEnabled>", "config.nestedHVEnabled", "true"],
  ["vPMCEnabled", "<vPMCEnabled>true</vPMCEnabled>", "config.vPMCEnabled", "true"],
  [
    "powerOpInfo",
    "<powerOpInfo><powerOffType>hard</powerOffType></powerOpInfo>",
    "config.defaultPowerOps.powerOffType",
    "hard",
  ],
  ["name", "<name>other</name>", "name", "other"],
];

it.each(FIELDS)("keeps %s of a specification, beside what was there", async (_, spec, path, text) => {
  const { soap } = await start();
  expect(await soap.text("VirtualMachine:vm-44", path)).not.toBe(text);
  await soap.reconfigure("vm-44", spec);
  await soap.reconfigure("vm-44", "<annotation>later</annotation><bootOptions><bootDelay>7</bootDelay></bootOptions>");
  expect(await soap.text("VirtualMachine:vm-44", path)).toBe(text);
  expect(await soap.text("VirtualMachine:vm-44", "config.bootOptions.bootDelay")).toBe("7");
  expect(await soap.text("VirtualMachine:vm-44", "config.tools.afterPowerOn")).toBe("true");
});

it("changes nested virtualisation only while the machine is off, and takes what is so already", async () => {
  const { soap } = await start();
  const nested = (on: boolean): string => `<nestedHVEnabled>${on}</nestedHVEnabled>`;
  expect(await faultOf(soap.reconfigure("vm-42", nested(true)))).toBe("InvalidPowerState");
  await soap.reconfigure("vm-42", nested(false));
});

it("gives a running machine more CPUs and memory where hot plug of them is on, never fewer", async () => {
  const hot = { cpuHotAddEnabled: true, memoryHotAddEnabled: true, fixedPassthruHotPlugEnabled: false };
  const { soap } = await start(withVirtualMachine({ ...hot, memoryReservationLockedToMax: false }));
  await soap.reconfigure("vm-42", "<numCPUs>6</numCPUs><memoryMB>32768</memoryMB>");
  expect(await soap.text("VirtualMachine:vm-42", "config.hardware.numCPU")).toBe("6");
  expect(await faultOf(soap.reconfigure("vm-42", "<numCPUs>2</numCPUs>"))).toBe("InvalidPowerState");
  expect(await faultOf(soap.reconfigure("vm-43", "<numCPUs>8</numCPUs>"))).toBe("InvalidPowerState");
});

it("takes the version that it has, and a newer one while the machine is off", async () => {
  const { soap } = await start();
  await soap.reconfigure("vm-42", "<version>vmx-20</version>");
  expect(await faultOf(soap.reconfigure("vm-42", "<version>vmx-21</version>"))).toBe("InvalidPowerState");
  await soap.reconfigure("vm-44", "<version>vmx-21</version>");
  expect(await soap.text("VirtualMachine:vm-44", "config.version")).toBe("vmx-21");
  expect(await faultOf(soap.reconfigure("vm-44", "<version>vmx-20</version>"))).toBe("AlreadyUpgraded");
});

it("still refuses what it doesn't keep, with nothing changed", async () => {
  const { soap } = await start();
  const spec = "<annotation>x</annotation><vmOpNotificationTimeout>5</vmOpNotificationTimeout>";
  expect(await faultOf(soap.reconfigure("vm-44", spec))).toBe("NotSupported");
  expect(await soap.text("VirtualMachine:vm-44", "config.annotation")).toBe("");
});

it("each machine has an environment browser, which tells of its own hardware version", async () => {
  const { soap } = await start();
  const browser = async (vm: string): Promise<string> =>
    `EnvironmentBrowser:${await soap.text(`VirtualMachine:${vm}`, "environmentBrowser")}`;
  const made = await create(soap, "<version>vmx-18</version>");
  const versions = [];
  for (const vm of ["vm-42", "vm-45", made])
    versions.push(find(await soap.call("QueryConfigOption", await browser(vm)), "version")!.text);
  expect(versions).toEqual(["vmx-20", "vmx-19", "vmx-18"]);
  const gone = await browser(made);
  await soap.task("Destroy_Task", `VirtualMachine:${made}`);
  expect(await faultOf(soap.call("QueryConfigOption", gone))).toBe("ManagedObjectNotFound");
});

it("tells of the devices that every machine has", async () => {
  const { soap } = await start();
  const compute = await soap.text("HostSystem:host-12", "parent");
  const browser = await soap.text(`ComputeResource:${compute}`, "environmentBrowser");
  const option = await soap.call("QueryConfigOption", `EnvironmentBrowser:${browser}`);
  const made = await devices(soap, await create(soap, ""));
  expect(all(option, "defaultDevice").map(({ xsiType }) => xsiType!.name)).toEqual(made.map(({ type }) => type));
});

it("tells the addresses of a guest whose Tools run, and of no other", async () => {
  const { soap } = await start();
  const net = (await soap.read("VirtualMachine:vm-42", "guest.net"))["guest.net"]!;
  const address = await soap.text("VirtualMachine:vm-42", "guest.ipAddress");
  expect(address).toMatch(/^198\.1[89]\.\d+\.\d+$/);
  expect(find(net, "ipAddress")!.text).toBe(address);
  expect(find(net, "deviceConfigId")!.text).toBe("4000");
  const stack = (await soap.read("VirtualMachine:vm-42", "guest.ipStack"))["guest.ipStack"]!;
  expect(find(find(stack, "gateway")!, "ipAddress")!.text).toMatch(/^198\.19\./);
  expect(await soap.text("VirtualMachine:vm-43", "guest.ipAddress")).not.toBe(address);
  expect(await soap.text("VirtualMachine:vm-44", "guest.ipAddress")).toBeUndefined();
});

it("takes xsd:string where nobody declared the prefix, and no other undeclared prefix", async () => {
  const { soap } = await start();
  const envelope = (prefix: string): string =>
    '<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body><ReconfigVM_Task xmlns="urn:vim25">' +
    '<_this type="VirtualMachine">vm-42</_this><spec>' +
    '<extraConfig xmlns:X="http://www.w3.org/2001/XMLSchema-instance" ' +
    `X:type="OptionValue"><key>c.d</key><value X:type="${prefix}:string">e</value></extraConfig></spec>` +
    "</ReconfigVM_Task></Body></Envelope>";
  expect(await faultOf(soap.raw(envelope("xs")))).toBe("InvalidRequest");
  const task = find(await soap.raw(envelope("xsd")), "returnval")!.text;
  await running!.vcenter.world.sleep(60_000);
  expect(await soap.text(`Task:${task}`, "info.state")).toBe("success");
  expect((await soap.read("VirtualMachine:vm-42", "config.extraConfig"))["config.extraConfig"]!.children).toHaveLength(
    1,
  );
});
