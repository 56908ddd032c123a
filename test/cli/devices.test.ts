import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import type { Inventory } from "../../lib/simulator/inventory/inventory";
import * as hostStorage from "../../lib/simulator/objects/host/host-storage";
import { runCli } from "../support/cli";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

jest.mock("../../lib/simulator/objects/host/host-storage", () => {
  const actual = jest.requireActual<typeof hostStorage>("../../lib/simulator/objects/host/host-storage");
  return { ...actual, storageDevice: jest.fn(actual.storageDevice) };
});

const [esx01, esx02] = defaultInventory.hosts;
const [db, cache] = defaultInventory.virtualMachines!;
const INVENTORY: Inventory = {
  hosts: [esx01!, esx02!],
  virtualMachines: [
    { ...db!, devices: ["0000:3b:00.0", "0000:5e:00.0"] },
    { ...cache!, name: "ca\u009b31mche", devices: ["0000:3c:00.0"] },
  ],
};

let site: TestVcenter;
beforeEach(async () => (site = await startTestVcenter({ inventory: INVENTORY })));
afterEach(() => site.stop());

const devices = (...args: string[]): ReturnType<typeof runCli> => runCli(["devices", ...args], site.environment);

interface Listed {
  address: string;
  on_host: boolean;
  virtual_machines: { id: string; name: string }[];
  used_by_host: string[] | null;
  [key: string]: unknown;
}
async function listed(...args: string[]): Promise<Record<string, Listed[]>> {
  const { hosts } = JSON.parse((await devices("--json", ...args)).stdout) as {
    hosts: { id: string; devices: Listed[] }[];
  };
  return Object.fromEntries(hosts.map((host) => [host.id, host.devices]));
}

test("every NVMe device is listed with its ids, its states and whoever uses it", async () => {
  const { status, stdout } = await devices("--host", "host-12");
  expect(status).toBe(0);
  expect(stdout.split("\n")[1]).toMatch(/^ADDRESS +SLOT +IDS +PASSTHROUGH +USED BY +NAME$/);
  expect(stdout).toMatch(/^0000:3b:00\.0 {2}- {5}8086:0a54 {2}active {7}db \(vm-42\) {2,}NVMe/m);
  expect(stdout).not.toContain("0000:17:00.0");
  expect(stdout.replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  expect(stdout).toContain("ca\\u{9b}31mche");
});

test("what the host itself uses is named", async () => {
  const { "host-13": all } = await listed();
  expect(all!.map(({ address, used_by_host: uses }) => [address, (uses ?? []).length > 0])).toEqual([
    ["0000:3b:00.0", true],
    ["0000:3c:00.0", true],
    ["0000:5e:00.0", false],
    ["0000:5f:00.0", false],
  ]);
  const { stdout } = await devices("--host", "host-13");
  expect(stdout.replace(/\s+/g, " ")).toMatch(/the host: .*esx02-nvme/);
});

test("where it can't be told what the host itself uses, that is unknown, and none is called free", async () => {
  const { storageDevice } = jest.requireActual<typeof hostStorage>("../../lib/simulator/objects/host/host-storage");
  jest.mocked(hostStorage.storageDevice).mockImplementation((host) => ({ ...storageDevice(host), hostBusAdapter: [] }));
  const { status, stdout } = await devices("--host", "host-13");
  const { "host-13": all } = await listed("--host", "host-13");
  const doctor = await runCli(["doctor", "--host", "host-13"], site.environment);
  jest.mocked(hostStorage.storageDevice).mockImplementation(storageDevice);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^0000:3c:00\.0 .* {2}unknown {2}/m);
  expect(stdout).not.toContain("free");
  expect(all!.map(({ used_by_host: uses }) => uses)).toEqual([null, null, null, null]);
  expect(doctor.stdout).toMatch(/^ *by hand +H5 /m);
  expect((await devices("--host", "host-13")).stdout).not.toContain("unknown");
});

test.each([
  ["active", "active"],
  ["enabled", "enabled, waits for a restart"],
  ["disabled", "capable"],
  ["unsupported", "not capable"],
] as const)("passthrough that is %s is told as: %s", async (passthrough, text) => {
  const host = {
    ...esx01!,
    devices: [{ ...esx01!.devices!.find(({ address }) => address === "0000:3b:00.0")!, name: "SSD", passthrough }],
  };
  const one = await startTestVcenter({ inventory: { hosts: [host] } });
  const { stdout } = await runCli(["devices"], one.environment);
  await one.stop();
  expect(stdout).toMatch(new RegExp(`^0000:3b:00\\.0 {2}- {5}8086:0a54 {2}${text} +free +SSD$`, "m"));
});

test("--all lists every class, --vm only what one virtual machine has", async () => {
  expect((await listed("--all", "--host", "host-12"))["host-12"]!.map(({ address }) => address)).toContain(
    "0000:17:00.0",
  );
  expect((await listed("--vm", "vm-42"))["host-12"]!.map(({ address }) => address)).toEqual([
    "0000:3b:00.0",
    "0000:5e:00.0",
  ]);
});

test("ids above 0x7fff and states are told as they are", async () => {
  const { "host-12": all } = await listed("--host", "host-12");
  expect(all!.find(({ address }) => address === "0000:5e:00.0")).toMatchObject({
    class_id: "0108",
    vendor_id: "144d",
    device_id: "a824",
    on_host: true,
    passthrough: { capable: true, enabled: true, active: true },
    virtual_machines: [{ id: "vm-42", name: "db" }],
    used_by_host: [],
  });
});

test("a drive that somebody else has in use is not told as free to a read-only account", async () => {
  const reading = await startTestVcenter({
    inventory: { ...INVENTORY, users: [{ name: "reader", password: "p", role: "ReadOnly", noAccess: ["vm-43"] }] },
  });
  const { status, stderr } = await runCli(["devices"], reading.environment);
  await reading.stop();
  expect({ status, stderr }).toEqual({
    status: 1,
    stderr: expect.stringMatching(/vm-43.*can't be read, and what it uses isn't known/),
  });
});

test("a host that isn't connected is said to be so, and is not taken for empty", async () => {
  const away = await startTestVcenter({
    inventory: {
      hosts: [{ ...esx01!, connectionState: "notResponding" }],
      virtualMachines: [{ ...db!, devices: ["0000:3b:00.0"] }],
    },
  });
  const { status, stdout } = await runCli(["devices"], away.environment);
  await away.stop();
  expect(status).toBe(1);
  expect(stdout).toMatch(/Host esx01\.example\.test \(host-12\): notResponding, its devices can't be seen/);
  expect(stdout).not.toMatch(/has no|not on the host/);
});

test("a drive that was pulled out and that a virtual machine still has is listed as not on the host", async () => {
  const away = await startTestVcenter({
    inventory: { hosts: [esx01!], virtualMachines: [{ ...db!, devices: ["0000:3b:00.0"], powerState: "poweredOff" }] },
  });
  away.vcenter.pullDevice("host-12", "0000:3b:00.0");
  const { status, stdout } = await runCli(["devices", "--vm", "vm-42"], away.environment);
  await away.stop();
  expect(status).toBe(0);
  expect(stdout).toMatch(/^0000:3b:00\.0 {2}- {5}8086:0a54 {2}unknown +db \(vm-42\) {2}not on the host$/m);
});

test.each([
  [["--vm", "vm-42"], "Virtual machine db (vm-42) has no NVMe passthrough device."],
  [["--vm", "vm-42", "--all"], "Virtual machine db (vm-42) has no PCI passthrough device."],
  [[], "It has no NVMe device."],
])("where there is none, it says of whom: %j", async (args, sentence) => {
  const empty = await startTestVcenter({
    inventory: { hosts: [{ ...esx01!, devices: [] }], virtualMachines: [{ ...db!, devices: [] }] },
  });
  const { status, stdout } = await runCli(["devices", ...args], empty.environment);
  await empty.stop();
  expect({ status, stdout }).toEqual({ status: 0, stdout: `Host esx01.example.test (host-12)\n${sentence}\n` });
});

test("what nobody has is free, what somebody has is not, and what the host itself has neither", async () => {
  const { "host-12": esx01, "host-13": esx02 } = await listed();
  expect([...esx01!, ...esx02!].map(({ free }) => free)).toEqual([
    ...[false, false, true, true, false, true, true, true],
    ...[false, false, true, true],
  ]);
  const { stdout } = await devices("--host", "esx01");
  expect(stdout).toMatch(/^0000:3d:00\.0 .* {2}free {2}/m);
});

test("the slot is told by what is written on it, where the host tells", async () => {
  const [young] = esx01!.devices!.slice(-1);
  const one = await startTestVcenter({
    inventory: { vcenter: { version: "9.0.0" }, hosts: [{ ...esx01!, version: "9.0.0", devices: [young!] }] },
  });
  const { stdout } = await runCli(["devices"], one.environment);
  const json = JSON.parse((await runCli(["devices", "--json"], one.environment)).stdout) as {
    hosts: { devices: Listed[] }[];
  };
  await one.stop();
  expect(stdout).toMatch(/^0000:61:00\.0 {2}9 {5}144d:a824/m);
  expect(json.hosts[0]!.devices[0]).toMatchObject({ physical_slot: 9 });
});
