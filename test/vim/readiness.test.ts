import { defaultInventory } from "../../lib/simulator/inventory/default-inventory";
import { VimClient } from "../../lib/vim/session/client";
import { readUntil } from "../../lib/vim/session/read-until";
import { readKernelSettings, setKernelSetting } from "../../lib/vim/host/kernel-setting";
import { guestSupportsHotPlugPci } from "../../lib/vim/virtual-machine/environment-browser";
import { readHosts } from "../../lib/vim/host/host";
import { hostDevicesInUse } from "../../lib/vim/host/devices-in-use";
import { enterMaintenanceMode, exitMaintenanceMode, restartHost } from "../../lib/vim/host/maintenance";
import { readInventory } from "../../lib/vim/inventory";
import { refreshPciDevices, updatePassthrough } from "../../lib/vim/host/pci-passthru-system";
import { powerOff, powerOn } from "../../lib/vim/virtual-machine/power";
import { grantedPrivileges, leastRoles } from "../../lib/vim/privileges";
import { readVirtualMachines, type VirtualMachine } from "../../lib/vim/virtual-machine/virtual-machine";
import { reconfigureSettings, upgradeHardware } from "../../lib/vim/virtual-machine/settings";
import { startTestVcenter, type TestVcenter } from "../support/vcenter";

const limit = { taskTimeoutSeconds: 30 };
const old = { type: "VirtualMachine", value: "vm-45" };
const host = { type: "HostSystem", value: "host-13" };

const OLD_RUNS = {
  ...defaultInventory,
  virtualMachines: defaultInventory.virtualMachines!.map((vm) => ({ ...vm, powerState: "poweredOn" as const })),
};

let server: TestVcenter;
let client: VimClient;
beforeEach(async () => {
  server = await startTestVcenter({
    inventory: OLD_RUNS,
    timings: { hostRebootMs: 200, powerMs: 20, reconfigureMs: 10 },
  });
  client = new VimClient({
    server: server.vcenter.server,
    user: "u",
    password: "p",
    ca: server.vcenter.caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
});
jest.setTimeout(30_000);
afterEach(async () => {
  await client.close();
  await server.stop();
});
const read = async (): Promise<VirtualMachine> => (await readVirtualMachines(client, [old]))[0]!;

test("an unready VM becomes ready by one power cycle and five changes, each by itself", async () => {
  let vm = await read();
  expect(vm).toMatchObject({
    powerState: "poweredOn",
    hardwareVersion: 19,
    motherboardLayout: "i440bxHostBridge",
    fixedPassthruHotPlugEnabled: false,
  });
  await reconfigureSettings(
    client,
    old,
    { memoryReservationLockedToMax: true, changeVersion: vm.changeVersion },
    limit,
  );
  await powerOff(client, old, limit);
  expect((await read()).powerState).toBe("poweredOff");
  await upgradeHardware(client, old, 20, limit);
  await reconfigureSettings(
    client,
    old,
    { motherboardLayout: "acpiHostBridges", changeVersion: (await read()).changeVersion },
    limit,
  );
  await reconfigureSettings(
    client,
    old,
    { fixedPassthruHotPlugEnabled: true, changeVersion: (await read()).changeVersion },
    limit,
  );
  await powerOn(client, old, limit);
  vm = await read();
  expect(vm).toMatchObject({
    powerState: "poweredOn",
    hardwareVersion: 20,
    motherboardLayout: "acpiHostBridges",
    memoryReservationLockedToMax: true,
    fixedPassthruHotPlugEnabled: true,
  });
});

test("a property that doesn't become as wanted is told within its limit", async () => {
  const isOff = { properties: { "runtime.powerState": "string" }, timeoutSeconds: 0 } as const;
  expect(
    await readUntil(client, old, { ...isOff, done: (read) => read["runtime.powerState"] === "poweredOff" }),
  ).toBeUndefined();
});

test("passthrough is enabled for the devices named and no others", async () => {
  const state = async (): Promise<unknown[]> =>
    (await readHosts(client, [host]))[0]!.pciDevices.map(({ address, passthrough }) => [address, passthrough?.enabled]);
  const before = await state();
  await updatePassthrough(client, host, [{ address: "0000:5e:00.0", enabled: true, applyNow: true }]);
  const after = await state();
  expect(after).toContainEqual(["0000:5e:00.0", true]);
  expect(after.filter((device) => !JSON.stringify(device).includes("5e:00.0"))).toEqual(
    before.filter((device) => !JSON.stringify(device).includes("5e:00.0")),
  );
});

test("a device put in while the host runs is found by a refresh", async () => {
  const addresses = async (): Promise<string[]> =>
    (await readHosts(client, [host]))[0]!.pciDevices.map(({ address }) => address);
  server.vcenter.plugDevice("host-13", {
    address: "0000:7e:00.0",
    vendor: "144d",
    device: "a824",
    name: "new",
    vendorName: "Samsung",
  });
  const before = await addresses();
  await refreshPciDevices(client, host);
  expect([before.includes("0000:7e:00.0"), (await addresses()).includes("0000:7e:00.0")]).toEqual([false, true]);
});

test(
  "whether a guest OS supports hot plug is asked of the environment browser, and unknown for one " + "it doesn't know",
  async () => {
    const { environmentBrowser, guestId } = await read();
    expect(
      typeof (await guestSupportsHotPlugPci(client, environmentBrowser, {
        guestId: guestId!,
        host,
        hardwareVersion: 20,
      })),
    ).toBe("boolean");
    expect(await guestSupportsHotPlugPci(client, environmentBrowser, { guestId: "noSuchGuest", host })).toBeUndefined();
  },
);

test("an administrator lacks no privilege", async () => {
  const privileges = leastRoles.prepareVirtualMachine;
  expect((await grantedPrivileges(client, [old], { privileges })).get(old.value)).toEqual(new Set(privileges));
});

test("the drives that a host itself uses are told by what they are used for", async () => {
  expect((await hostDevicesInUse(client, host)).map(({ address, use, detail }) => [address, use, detail])).toEqual([
    ["0000:3b:00.0", "boot", "the disk that the host booted from"],
    ["0000:3c:00.0", "datastore", 'datastore "esx02-nvme", partition 1'],
  ]);
});

test("a boot setting is configured at once and runs after a restart, in maintenance mode", async () => {
  const setting = async () => (await readKernelSettings(client, host)).get("maxIntrCookies");
  expect(await setting()).toEqual({ runtime: "1024", configured: "1024" });
  await setKernelSetting(client, host, "maxIntrCookies", { value: "4096" });
  expect(await setting()).toEqual({ runtime: "1024", configured: "4096" });
  await powerOff(client, old, limit);
  await enterMaintenanceMode(client, host, limit);
  await restartHost(client, host, { ...limit, timeoutSeconds: 20 });
  await exitMaintenanceMode(client, host, limit);
  expect(await setting()).toEqual({ runtime: "4096", configured: "4096" });
  expect((await readKernelSettings(client, host)).get("noSuchSetting")).toBeUndefined();
});

test("the whole inventory takes one request", async () => {
  await client.sessionKey();
  const before = server.vcenter.calls().length;
  const { hosts, virtualMachines, unreadable } = await readInventory(client);
  expect(server.vcenter.calls().length - before).toBe(1);
  expect(hosts.map(({ name }) => name).sort()).toEqual(["esx01.example.test", "esx02.example.test"]);
  expect(virtualMachines.map(({ name }) => name).sort()).toEqual(["cache", "db", "old", "spare"]);
  expect(unreadable).toEqual([]);
});

test("200 VMs on 20 hosts take a request for each hundred objects", async () => {
  const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 + i);
  const hosts = numbers(20).map((n) => ({ id: `host-${n}`, name: `esx${n}.example.test`, devices: [] }));
  const virtualMachines = numbers(200).map((n) => ({ id: `vm-${n}`, name: `vm${n}`, host: `host-${100 + (n % 20)}` }));
  const large = await startTestVcenter({ inventory: { ...defaultInventory, hosts, virtualMachines } });
  const reader = new VimClient({
    server: large.vcenter.server,
    user: "u",
    password: "p",
    ca: large.vcenter.caPem,
    apiTimeoutSeconds: 20,
    userAgent: "cdktf-vsphere-hotplug/test",
  });
  const read = await readInventory(reader);
  expect([read.hosts.length, read.virtualMachines.length, read.unreadable]).toEqual([20, 200, []]);
  expect(large.vcenter.calls().map(({ operation }) => operation)).toEqual([
    "RetrieveServiceContent",
    "Login",
    "RetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
    "ContinueRetrievePropertiesEx",
  ]);
  await reader.close();
  await large.stop();
});

test("the inventory of some hosts is theirs alone", async () => {
  const { hosts, virtualMachines } = await readInventory(client, { hosts: [host] });
  expect([hosts.map(({ reference }) => reference.value), virtualMachines.map(({ name }) => name)]).toEqual([
    ["host-13"],
    ["old"],
  ]);
});
